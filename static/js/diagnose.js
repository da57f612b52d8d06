// The diagnosis without a reload: the same form is posted to the same address, and the answer takes the place of the
// page's content. A small file dropped on the field is read into it, here; a large one is attached.
{
  const main = document.getElementById("main");
  /** What stood here before the first answer, so that going back finds the text that was typed. */
  let before;
  /** The text as it was typed. The server gives it back with its secrets masked, so that no page has them. */
  let typed;
  /** The files as they were chosen. No page can give them back. */
  let chosen;
  /** The largest file whose text is put into the field, in bytes. */
  const READABLE = 200_000;

  /** What a form sends: in parts with a file, as short as it can be without one. */
  const body = (form, submitter) => {
    const data = new FormData(form, submitter);
    if (form.elements.file?.files.length) return data;
    data.delete("file");
    return new URLSearchParams(data);
  };

  const submit = async (form, submitter) => {
    const status = form.querySelector("[data-status]");
    const button = submitter ?? form.querySelector("button");
    button.setAttribute("aria-disabled", "true");
    status.textContent = "Reading…";
    typed = form.elements.text.value;
    if (form.elements.file) chosen = form.elements.file.files;
    try {
      const answer = await fetch(form.action, {
        method: "POST",
        headers: { Accept: "text/html" },
        body: body(form, submitter),
      });
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const content = page.getElementById("main");
      if (!content) throw new Error("no page");
      if (!before) {
        before = { nodes: [...main.childNodes], title: document.title };
        history.pushState(null, "", "/diagnose");
      }
      main.replaceChildren(...content.childNodes);
      document.title = page.title;
      for (const field of main.querySelectorAll('textarea[name="text"]')) field.value = typed;
      for (const field of main.querySelectorAll('input[name="file"]')) if (chosen) field.files = chosen;
      for (const field of main.querySelectorAll("[data-from-secret]")) field.remove();
      addCopyButtons(main);
      button.removeAttribute("aria-disabled");
      status.textContent = "";
      main.querySelector("h1").focus({ preventScroll: true });
      scrollTo({ top: 0 });
    } catch {
      // The plain way still works, or shows why not.
      form.removeAttribute("data-diagnose");
      form.requestSubmit(submitter);
    }
  };

  document.addEventListener("submit", (event) => {
    const form = event.target.closest("[data-diagnose]");
    if (!form) return;
    event.preventDefault();
    if (form.querySelector("[aria-disabled]")) return;
    submit(form, event.submitter);
  });

  addEventListener("popstate", () => {
    // A step to a mark or a note changes the fragment and nothing else.
    if (location.hash || !before) return;
    if (location.pathname === "/diagnose") return location.reload();
    main.replaceChildren(...before.nodes);
    document.title = before.title;
    before = undefined;
  });

  document.addEventListener("keydown", (event) => {
    const form = event.target.closest?.("[data-diagnose]");
    if (form && event.key === "Enter" && (event.ctrlKey || event.metaKey)) form.requestSubmit();
  });

  document.addEventListener("dragover", (event) => {
    if (event.target.matches?.("textarea.paste")) event.preventDefault();
  });
  document.addEventListener("drop", async (event) => {
    const [file] = event.dataTransfer?.files ?? [];
    if (!file || !event.target.matches?.("textarea.paste")) return;
    event.preventDefault();
    const attached = event.target.form.elements.file;
    if (file.size > READABLE && attached) attached.files = event.dataTransfer.files;
    else event.target.value = await file.text();
  });
}
