import { describe, expect, it } from "vitest";
import { moveIn, pagesOf, scrollToShow, visibleSlice } from "./window";

describe("the rows on screen", () => {
  it("are all of a short list", () => {
    expect(visibleSlice(0, 400, 40, 5)).toEqual({ start: 0, end: 5, before: 0, after: 0 });
  });

  it("are a few of a long one, whose height is kept above and below", () => {
    const slice = visibleSlice(4000, 400, 40, 10782);
    expect(slice.start).toBe(92);
    expect(slice.end).toBe(118);
    expect(slice.before + (slice.end - slice.start) * 40 + slice.after).toBe(10782 * 40);
  });

  it("never go past the end, even scrolled too far after rows were removed", () => {
    const slice = visibleSlice(100_000, 400, 40, 20);
    expect(slice.end).toBe(20);
    expect(slice.start).toBeLessThanOrEqual(20);
    expect(slice.after).toBe(0);
  });

  it("are none of an empty list", () => {
    expect(visibleSlice(0, 400, 40, 0).end).toBe(0);
  });
});

describe("showing a row", () => {
  it("scrolls up to it, down to it, or not at all", () => {
    expect(scrollToShow(2, 400, 200, 40)).toBe(80);
    expect(scrollToShow(20, 0, 200, 40)).toBe(640);
    expect(scrollToShow(3, 0, 200, 40)).toBe(0);
  });

  it("keeps clear of a header that sticks", () => {
    expect(scrollToShow(20, 0, 200, 40, 36)).toBe(676);
  });
});

describe("keys in a list", () => {
  it("move within its bounds", () => {
    expect(moveIn("ArrowDown", 9, 10, 5)).toBe(9);
    expect(moveIn("ArrowUp", 0, 10, 5)).toBe(0);
    expect(moveIn("PageDown", 2, 10, 5)).toBe(7);
    expect(moveIn("End", 0, 10, 5)).toBe(9);
    expect(moveIn("Home", 7, 10, 5)).toBe(0);
  });

  it("do nothing in an empty list, nor keys that do not move", () => {
    expect(moveIn("End", 0, 0, 5)).toBeNull();
    expect(moveIn("a", 0, 10, 5)).toBeNull();
  });
});

describe("pages to read", () => {
  it("cover the slice and nothing else", () => {
    expect(pagesOf({ start: 90, end: 210 }, 100)).toEqual([0, 1, 2]);
    expect(pagesOf({ start: 100, end: 200 }, 100)).toEqual([1]);
    expect(pagesOf({ start: 0, end: 0 }, 100)).toEqual([]);
  });
});
