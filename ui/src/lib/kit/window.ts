/** Which rows of a long list stand on screen. Pure arithmetic: no element is touched here. */

export interface Slice {
  /** First row to draw. */
  start: number;
  /** One past the last row to draw. */
  end: number;
  /** Height of what is not drawn above and below, in pixels. */
  before: number;
  after: number;
}

/** Rows drawn beyond each edge, so that a turn of the wheel shows no gap. */
const MARGIN_ROWS = 8;

/** Returns the rows to draw for a zone scrolled by `scrollTop`, `viewport` pixels high. */
export function visibleSlice(scrollTop: number, viewport: number, rowHeight: number, total: number): Slice {
  if (total <= 0 || rowHeight <= 0) return { start: 0, end: 0, before: 0, after: 0 };
  const first = Math.floor(Math.max(0, scrollTop) / rowHeight);
  const count = Math.ceil(viewport / rowHeight);
  const start = Math.min(Math.max(0, first - MARGIN_ROWS), total);
  const end = Math.min(total, Math.max(start, first + count + MARGIN_ROWS));
  return { start, end, before: start * rowHeight, after: (total - end) * rowHeight };
}

/** Returns how far to scroll so that `index` is wholly in view under a header of `headHeight`; unchanged if it is. */
export function scrollToShow(
  index: number,
  scrollTop: number,
  viewport: number,
  rowHeight: number,
  headHeight = 0,
): number {
  const top = index * rowHeight;
  if (top < scrollTop) return top;
  const bottom = top + rowHeight + headHeight;
  return bottom > scrollTop + viewport ? bottom - viewport : scrollTop;
}

/** Returns the row a key moves to from `active`, or null when the key does not move. */
export function moveIn(key: string, active: number, total: number, pageRows: number): number | null {
  const last = total - 1;
  if (last < 0) return null;
  const to = {
    ArrowDown: active + 1,
    ArrowUp: active - 1,
    PageDown: active + pageRows,
    PageUp: active - pageRows,
    Home: 0,
    End: last,
  }[key];
  return to === undefined ? null : Math.min(last, Math.max(0, to));
}

/** Returns the pages of `size` rows that a slice needs. */
export function pagesOf(slice: Pick<Slice, "start" | "end">, size: number): number[] {
  if (slice.end <= slice.start) return [];
  const first = Math.floor(slice.start / size);
  const last = Math.floor((slice.end - 1) / size);
  return Array.from({ length: last - first + 1 }, (_, index) => first + index);
}
