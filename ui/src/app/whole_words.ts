/** What is cut for want of room is told whole under the pointer, wherever it is on screen. */

/** How far up from what is pointed at the cut is looked for. */
const UP = 3;

/** What tells whether the words of an element go beyond it. */
export interface Room {
  scrollWidth: number;
  clientWidth: number;
  scrollHeight: number;
  clientHeight: number;
}

/** Says whether words are cut: on one line with an ellipsis, or after so many lines. */
export function isCut(room: Room, style: { textOverflow: string; webkitLineClamp: string }): boolean {
  if (style.textOverflow === "ellipsis" && room.scrollWidth > room.clientWidth) return true;
  return !["", "none"].includes(style.webkitLineClamp) && room.scrollHeight > room.clientHeight;
}

/** Gives the whole of a cut text as the tip of its element, as long as the pointer is over it. */
export function tellWhole({ target }: Event): void {
  let element = target instanceof HTMLElement ? target : null;
  for (let step = 0; element && step < UP; step += 1) {
    const cut = element;
    if (cut.title) return;
    if (isCut(cut, getComputedStyle(cut))) {
      cut.title = cut.innerText.trim();
      cut.addEventListener("pointerleave", () => cut.removeAttribute("title"), { once: true });
      return;
    }
    element = cut.parentElement;
  }
}
