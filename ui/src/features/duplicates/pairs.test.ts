import type { ComparedField, DuplicatePair, Keep } from "$lib/api";
import { describe, expect, it } from "vitest";
import { choicesOf, keepOf, pairId, placeOf } from "./pairs";

const title = (name: string) => ({ title: name, subtitle: null, is_deleted: false });
const pair = (kept: string, other: string): DuplicatePair => ({
  entity: "organisation",
  kept,
  other,
  kept_title: title(kept),
  other_title: title(other),
  why: [],
});
const field = (name: string, relation: ComparedField["relation"], keep: Keep): ComparedField => ({
  field: name,
  relation,
  keep,
});

describe("the pair that is looked at", () => {
  const pairs = [pair("a", "b"), pair("c", "d"), pair("e", "f")];

  it("is the one that the address names", () => {
    expect(placeOf(pairs, "organisation~c~d", 0)).toBe(1);
    expect(pairs.map(pairId)[2]).toBe("organisation~e~f");
  });

  it("is the one that came into its place once it is settled, the last one at the end of the list", () => {
    expect(placeOf(pairs, "organisation~x~y", 1)).toBe(1);
    expect(placeOf(pairs, "organisation~x~y", 7)).toBe(2);
    expect(placeOf(pairs, null, 0)).toBe(0);
    expect(placeOf([], null, 0)).toBe(-1);
  });
});

describe("what stays of a field", () => {
  it("is what was chosen, else what is proposed", () => {
    expect(keepOf(field("name", "choose", "kept"), {})).toBe("kept");
    expect(keepOf(field("name", "choose", "kept"), { name: "other" })).toBe("other");
  });

  it("is no choice any more once both have the same, or where lists are joined", () => {
    expect(keepOf(field("country", "same", "kept"), { country: "other" })).toBe("kept");
    expect(keepOf(field("themes", "joined", "both"), { themes: "other" })).toBe("both");
  });

  it("is told to the union as it is on screen, but for what is the same", () => {
    const fields = [
      field("name", "choose", "kept"),
      field("country", "same", "kept"),
      field("themes", "joined", "both"),
      field("strategy", "choose_or_both", "both"),
    ];
    expect(choicesOf({ fields }, { strategy: "other" })).toEqual({
      name: "kept",
      themes: "both",
      strategy: "other",
    });
  });
});
