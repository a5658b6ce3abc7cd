/** Puts the drawings into the page once, so that each `<use href="#i-…">` finds its own without a request. */
import sprite from "../styles/icons.svg?raw";

export function addSprite(): void {
  const svg = new DOMParser().parseFromString(sprite, "image/svg+xml").documentElement;
  svg.setAttribute("class", "sprite");
  svg.setAttribute("aria-hidden", "true");
  document.body.prepend(document.importNode(svg, true));
}
