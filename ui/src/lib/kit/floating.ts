/** Places what floats (menus, lists, calendars) next to what opened it, in the top layer so that nothing clips it. */
import type { Attachment } from "svelte/attachments";

const MARGIN = 8;
const GAP = 4;

export interface Placement {
  anchor: () => HTMLElement | undefined;
  /** As wide as the anchor at least. */
  isWide?: boolean;
  /** Aligned on the anchor's end. */
  atEnd?: boolean;
}

/** Attach to an element with `popover="manual"`: shown as long as it is mounted, and kept beside its anchor. */
export function floating({ anchor, isWide = false, atEnd = false }: Placement): Attachment<HTMLElement> {
  return (element) => {
    element.showPopover();
    const put = () => {
      const beside = anchor()?.getBoundingClientRect();
      if (!beside) return;
      if (isWide) element.style.minWidth = `${beside.width}px`;
      const below = window.innerHeight - beside.bottom - GAP - MARGIN;
      const above = beside.top - GAP - MARGIN;
      const height = element.scrollHeight + 2;
      const isBelow = height <= below || below >= above;
      element.style.maxHeight = `${Math.max(120, isBelow ? below : above)}px`;
      const shownHeight = Math.min(height, isBelow ? below : above);
      element.style.top = `${isBelow ? beside.bottom + GAP : beside.top - GAP - shownHeight}px`;
      const left = atEnd ? beside.right - element.offsetWidth : beside.left;
      element.style.left = `${Math.max(MARGIN, Math.min(left, window.innerWidth - element.offsetWidth - MARGIN))}px`;
    };
    put();
    const watch = new ResizeObserver(put);
    watch.observe(element);
    window.addEventListener("resize", put);
    window.addEventListener("scroll", put, true);
    return () => {
      watch.disconnect();
      window.removeEventListener("resize", put);
      window.removeEventListener("scroll", put, true);
    };
  };
}

/** Attach to what must close when the person points or moves elsewhere. */
export function leaving(
  close: () => void,
  alsoInside: () => HTMLElement | undefined,
): Attachment<HTMLElement> {
  return (element) => {
    const outside = (event: Event) => {
      const target = event.target;
      if (target instanceof Node && !element.contains(target) && !alsoInside()?.contains(target)) close();
    };
    document.addEventListener("pointerdown", outside, true);
    document.addEventListener("focusin", outside, true);
    return () => {
      document.removeEventListener("pointerdown", outside, true);
      document.removeEventListener("focusin", outside, true);
    };
  };
}
