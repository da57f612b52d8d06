// The queue by keyboard: j and k go to the next and the last comment, p publishes, h hides, s marks as spam, x chooses it for
// all at once. Each key presses a button that is on the page anyway.
const items = [...document.querySelectorAll(".desk .item[data-item]")];
if (items.length > 0) {
  const keys = { p: "publish", h: "hide", s: "spam" };
  let at = -1;

  const go = (to) => {
    if (to < 0 || to >= items.length) return;
    at = to;
    items[at].focus();
  };

  for (const [place, item] of items.entries()) {
    item.tabIndex = -1;
    item.addEventListener("focusin", () => {
      at = place;
    });
  }

  addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest("input, select, textarea")) return;
    if (event.key === "j") return go(at + 1);
    if (event.key === "k") return go(at - 1);
    const item = items[at];
    if (!item) return;
    if (event.key === "x") item.querySelector("input[name=id]")?.click();
    const ruling = keys[event.key];
    if (ruling) item.querySelector(`button[value=${ruling}]`)?.click();
  });
  // After a decision the next comment stands where the last one was.
  if (document.querySelector(".desk .done")) go(0);
}
