// A button on each block of code that copies it. In an exchange the ">" and "<" are part of what is shown and copied.
function addCopyButtons(root) {
  for (const code of root.querySelectorAll("[data-copy] pre > code, [data-copy-text]")) {
    const block = code.closest("pre") ?? code;
    const frame = document.createElement("div");
    frame.className = "with-copy";
    const button = document.createElement("button");
    Object.assign(button, { type: "button", className: "copy", textContent: "Copy" });
    button.addEventListener("click", async () => {
      try {
        await navigator.clipboard.writeText(code.textContent.trimEnd());
        button.textContent = "Copied";
      } catch {
        getSelection().selectAllChildren(code);
        button.textContent = "Press Ctrl+C";
      }
      setTimeout(() => { button.textContent = "Copy"; }, 2000);
    });
    if (block === code) {
      code.closest("p").append(button);
    } else {
      block.replaceWith(frame);
      frame.append(block, button);
    }
  }
}
addCopyButtons(document);
