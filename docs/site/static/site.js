// Whoever has no mouse scrolls a wide table or formula with the keyboard, once it can be reached with it.
const reach = () => {
  for (const box of document.querySelectorAll(".bd-article table, .bd-article .formula, .bd-article .wide")) {
    if (box.scrollWidth > box.clientWidth) box.tabIndex = 0;
    else box.removeAttribute("tabindex");
  }
};
addEventListener("load", reach);
addEventListener("resize", reach);
