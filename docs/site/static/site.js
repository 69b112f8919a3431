// Whoever has no mouse scrolls a wide table or formula with the keyboard, once it can be reached with it.
const reach = () => {
  for (const box of document.querySelectorAll(".bd-article table, .bd-article .formula, .bd-article .wide")) {
    if (box.scrollWidth > box.clientWidth) box.tabIndex = 0;
    else box.removeAttribute("tabindex");
  }
};
addEventListener("load", reach);
addEventListener("resize", reach);
// The button of the search is called what it shows.
addEventListener("load", () => {
  for (const button of document.querySelectorAll(".search-button-field")) button.removeAttribute("aria-label");
});
