/**
 * Dragging a card to another lane with the pointer. The keyboard and the card's menu do the same.
 *
 * Knows lanes by their `data-lane`; what a drop means is the board's.
 */
import type { Attachment } from "svelte/attachments";

interface Dragged {
  /** Says over which lane the card is; null over none, or when it is let go. */
  onover: (lane: string | null) => void;
  ondrop: (lane: string) => void;
  isDisabled: () => boolean;
}

/** A click moves a little; a drag moves more. */
const THRESHOLD_PX = 6;
const laneUnder = (x: number, y: number) =>
  document.elementFromPoint(x, y)?.closest<HTMLElement>("[data-lane]")?.dataset.lane ?? null;

/** Returns the image of the card that follows the pointer. */
function ghostOf(card: HTMLElement): HTMLElement {
  const { width } = card.getBoundingClientRect();
  const ghost = card.cloneNode(true) as HTMLElement;
  ghost.inert = true;
  ghost.setAttribute("aria-hidden", "true");
  Object.assign(ghost.style, {
    position: "fixed",
    top: "0",
    left: "0",
    width: `${width}px`,
    zIndex: "90",
    pointerEvents: "none",
    listStyle: "none",
  });
  document.body.append(ghost);
  return ghost;
}

/** Attach to a card that can be dragged. */
export function draggable(dragged: Dragged): Attachment<HTMLElement> {
  return (card) => {
    let stop: (() => void) | undefined;
    function onpointerdown(event: PointerEvent) {
      const isOnControl = (event.target as HTMLElement).closest("button") !== null;
      if (event.button !== 0 || event.pointerType === "touch" || isOnControl || dragged.isDisabled()) return;
      stop?.();
      stop = follow(card, event, dragged);
    }
    card.addEventListener("pointerdown", onpointerdown);
    return () => {
      card.removeEventListener("pointerdown", onpointerdown);
      stop?.();
    };
  };
}

function follow(card: HTMLElement, start: PointerEvent, { onover, ondrop }: Dragged): () => void {
  const box = card.getBoundingClientRect();
  const offset = { x: start.clientX - box.left, y: start.clientY - box.top };
  let ghost: HTMLElement | undefined;

  function onpointermove(event: PointerEvent) {
    const distance = Math.hypot(event.clientX - start.clientX, event.clientY - start.clientY);
    if (!ghost && distance < THRESHOLD_PX) return;
    event.preventDefault();
    if (!ghost) {
      ghost = ghostOf(card);
      card.classList.add("is-dragged");
    }
    ghost.style.transform = `translate(${event.clientX - offset.x}px, ${event.clientY - offset.y}px)`;
    onover(laneUnder(event.clientX, event.clientY));
  }
  function onpointerup(event: PointerEvent) {
    // Where it is let go, not where it was last seen: a busy machine joins the last movements into one.
    const lane = ghost ? laneUnder(event.clientX, event.clientY) : null;
    if (ghost) {
      // The click that ends a drag opens nothing.
      const swallow = (event: Event) => event.preventDefault();
      card.addEventListener("click", swallow, { capture: true, once: true });
      setTimeout(() => card.removeEventListener("click", swallow, { capture: true }));
    }
    stop();
    if (lane) ondrop(lane);
  }
  function onkeydown(event: KeyboardEvent) {
    if (event.key !== "Escape" || !ghost) return;
    event.preventDefault();
    event.stopPropagation();
    stop();
  }
  function stop() {
    window.removeEventListener("pointermove", onpointermove);
    window.removeEventListener("pointerup", onpointerup);
    window.removeEventListener("pointercancel", stop);
    window.removeEventListener("keydown", onkeydown, { capture: true });
    ghost?.remove();
    ghost = undefined;
    card.classList.remove("is-dragged");
    onover(null);
  }
  window.addEventListener("pointermove", onpointermove);
  window.addEventListener("pointerup", onpointerup);
  window.addEventListener("pointercancel", stop);
  window.addEventListener("keydown", onkeydown, { capture: true });
  return stop;
}
