// Two comforts: the table of contents follows the reader, and the theme can be chosen.
{
  const links = [...document.querySelectorAll("[data-contents] a")];
  const headings = links.map((link) => document.getElementById(decodeURIComponent(link.hash.slice(1))));
  if (links.length > 0) {
    const follow = () => {
      const last = headings.findLastIndex((heading) => heading && heading.getBoundingClientRect().top < innerHeight / 3);
      links.forEach((link, index) => {
        if (index === Math.max(last, 0)) link.setAttribute("aria-current", "location");
        else link.removeAttribute("aria-current");
      });
    };
    addEventListener("scroll", follow, { passive: true });
    follow();
  }

  const themes = ["system", "light", "dark"];
  const place = document.querySelector(".theme");
  const root = document.documentElement;
  place.hidden = false;
  const name = place.querySelector("span");
  name.textContent = root.dataset.theme ?? "system";
  place.querySelector("button").addEventListener("click", () => {
    const next = themes[(themes.indexOf(name.textContent) + 1) % themes.length];
    name.textContent = next;
    try {
      if (next === "system") {
        delete root.dataset.theme;
        localStorage.removeItem("theme");
      } else {
        root.dataset.theme = next;
        localStorage.setItem("theme", next);
      }
    } catch {
      // Storage is forbidden: the choice lasts as long as the page.
    }
  });
}
