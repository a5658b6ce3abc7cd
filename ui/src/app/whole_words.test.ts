import { describe, expect, it } from "vitest";
import { isCut } from "./whole_words";

const room = { scrollWidth: 100, clientWidth: 100, scrollHeight: 20, clientHeight: 20 };
const plain = { textOverflow: "clip", webkitLineClamp: "none" };

describe("words that are told whole", () => {
  it("are those cut on one line, or after so many lines", () => {
    expect(isCut({ ...room, scrollWidth: 140 }, { ...plain, textOverflow: "ellipsis" })).toBe(true);
    expect(isCut({ ...room, scrollHeight: 60 }, { ...plain, webkitLineClamp: "2" })).toBe(true);
  });

  it("are not those that fit, nor what only scrolls", () => {
    expect(isCut(room, { ...plain, textOverflow: "ellipsis" })).toBe(false);
    expect(isCut(room, { ...plain, webkitLineClamp: "2" })).toBe(false);
    expect(isCut({ ...room, scrollWidth: 140, scrollHeight: 60 }, plain)).toBe(false);
  });
});
