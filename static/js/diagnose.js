// The diagnosis without a reload: the same form is posted to the same address, and the answer takes the place of the
// page's content. A file dropped on the field is read into it, here, without being sent anywhere.
{
  const main = document.getElementById("main");

  const submit = async (form, submitter) => {
    const status = form.querySelector("[data-status]");
    const button = submitter ?? form.querySelector("button");
    button.setAttribute("aria-disabled", "true");
    status.textContent = "Reading…";
    try {
      const answer = await fetch(form.action, {
        method: "POST",
        headers: { Accept: "text/html" },
        body: new URLSearchParams(new FormData(form, submitter)),
      });
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const content = page.getElementById("main");
      if (!content) throw new Error("no page");
      main.replaceChildren(...content.childNodes);
      document.title = page.title;
      history.pushState({ diagnosis: true }, "", "/diagnose");
      addCopyButtons(main);
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

  // The answer is not kept, so going back means going to the page that was there before.
  addEventListener("popstate", () => location.reload());

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
    event.target.value = await file.text();
  });
}
