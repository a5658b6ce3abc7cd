import { describe, expect, it } from "vitest";
import { fromDraft, toDraft } from "./drafts";

describe("drafts", () => {
  it.each([
    ["eur", 1234.5, "1234,5"],
    ["min", 90, "1\u00a0h\u00a030"],
    ["time", "09:30", "9\u00a0h\u00a030"],
    ["int", 12, "12"],
  ] as const)("of kind %s show %j as %j and read it back", (kind, value, draft) => {
    expect(toDraft(kind, value)).toBe(draft);
    expect(fromDraft(kind, draft)).toBe(value);
  });

  it("hand what cannot be read to the core, as typed", () => {
    expect(fromDraft("eur", "12 40o")).toBe("12 40o");
    expect(fromDraft("min", "longtemps")).toBe("longtemps");
    expect(toDraft("min", "longtemps")).toBe("longtemps");
  });

  it("keep codes with their zeros and notes with their line breaks", () => {
    expect(fromDraft("text", " 01004 ")).toBe("01004");
    expect(fromDraft("long", "a\nb\n")).toBe("a\nb\n");
  });

  it("empty a field with nothing", () => {
    expect(fromDraft("text", "  ")).toBeNull();
    expect(toDraft("text", null)).toBe("");
  });
});
