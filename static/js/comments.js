// The preview while typing: the form goes to the same address as with the Preview button, and what comes back stands under
// the text. It is not read aloud with every word; that it is there, and that something was masked, is.
for (const form of document.querySelectorAll("[data-comment]")) {
  // Not form.action: the buttons have that name, too.
  const address = form.getAttribute("action");
  const text = form.elements.body;
  const said = document.createElement("p");
  said.className = "unseen";
  said.setAttribute("role", "status");
  form.append(said);
  let region = document.getElementById("preview");
  let waiting;
  let asked = new AbortController();

  const show = (made) => {
    if (!region) {
      region = document.createElement("section");
      Object.assign(region, { id: "preview", className: "preview" });
      region.setAttribute("aria-labelledby", "preview-heading");
      text.closest(".field").after(region);
    }
    region.replaceChildren(...made.childNodes);
    region.hidden = false;
    const words = region.querySelector("[data-masked]")?.textContent ?? "A preview stands under the text.";
    if (said.textContent !== words) said.textContent = words;
  };

  const ask = async () => {
    asked.abort();
    asked = new AbortController();
    if (text.value.trim() === "") {
      if (region) region.hidden = true;
      return;
    }
    const body = new URLSearchParams(new FormData(form));
    body.set("action", "preview");
    try {
      const answer = await fetch(address, {
        method: "POST",
        headers: { Accept: "text/html" },
        body,
        signal: asked.signal,
      });
      if (!answer.ok) return;
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const made = page.getElementById("preview");
      if (made) show(made);
    } catch {
      // The Preview button still works, or shows why not.
    }
  };

  form.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(ask, 500);
  });
}
