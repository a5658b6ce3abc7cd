import type { ConflictHead, ConflictView } from "$lib/api";
import { describe, expect, it } from "vitest";
import {
  bothTexts,
  canKeepBoth,
  canTakeBack,
  canWriteAnother,
  comparedAt,
  conflictValue,
  hereFirst,
  keepWords,
  keeping,
  moment,
  sideName,
  sideNow,
  signature,
  typedHere,
  valueShown,
} from "./conflict_words";

const head = (value: ConflictHead["value"], more: Partial<ConflictHead> = {}): ConflictHead => ({
  device: "b",
  seq: 1,
  typed: null,
  device_name: "Poste du bureau",
  is_here: false,
  author: "Mathieu Roche",
  wall_time: "2026-10-05T11:30:00",
  value,
  ...more,
});
const here = (value: ConflictHead["value"]) =>
  head(value, { device: "a", is_here: true, author: "Claire Vasseur" });
const conflict = (field: string, heads: ConflictHead[], more: Partial<ConflictView> = {}): ConflictView => ({
  id: "c",
  entity: "project",
  row: "p",
  title: "Laine",
  subtitle: null,
  field,
  before: null,
  is_text: true,
  merged: null,
  shown: { device: "b", seq: 1 },
  heads,
  standing: [],
  refs: {},
  ...more,
});
/** What was typed here and waits. */
const typed = (value: ConflictHead["value"], number: number) =>
  head(value, { device: "a", seq: 0, typed: number, is_here: true, author: "Claire Vasseur" });

describe("where a value was written", () => {
  it("says here and there when there are two sides", () => {
    const heads = [here("a"), head("b")];
    expect(heads.map((one) => sideName(one, heads))).toEqual(["Ici", "Là-bas"]);
  });

  it("names the devices when more than one is elsewhere, or when none is here", () => {
    const third = head("c", { device: "c", device_name: "Portable de secours" });
    const three = [here("a"), head("b"), third];
    expect(three.map((one) => sideName(one, three))).toEqual([
      "Ici",
      "Poste du bureau",
      "Portable de secours",
    ]);
    const none = [head("b"), third];
    expect(none.map((one) => sideName(one, none))).toEqual(["Poste du bureau", "Portable de secours"]);
  });

  it("signs with who and when, and with the device when it is another", () => {
    expect(signature(head("b"), "2026-10-06")).toBe(
      "Mathieu Roche, Poste du bureau, hier à 11\u00a0h\u00a030",
    );
    expect(signature(here("a"), "2026-10-06")).toBe("Claire Vasseur, hier à 11\u00a0h\u00a030");
  });

  it("puts what was written here under key 1", () => {
    expect(hereFirst([head("b"), here("a")]).map((one) => one.value)).toEqual(["a", "b"]);
  });

  it("knows which value its field shows: what was typed here, else the one that stands there", () => {
    const third = head("c", { device: "c" });
    expect(valueShown(conflict("title", [here("a"), third, head("b")]))).toBe("b");
    const typed = head("d", { device: "a", is_here: true, typed: 4 });
    expect(valueShown(conflict("title", [typed, head("b")]))).toBe("d");
  });

  it("says a near day by its name and a far one by its date", () => {
    expect(moment("2026-10-05T11:30:00", "2026-10-07")).toBe("lundi à 11\u00a0h\u00a030");
    expect(moment("2026-09-05T11:30:00", "2026-10-07")).toBe("le 5 sept. à 11\u00a0h\u00a030");
  });
});

describe("keeping both", () => {
  it("puts notes one under the other and titles on one line, every word kept", () => {
    expect(bothTexts(conflict("wording", [here("Un. "), head("Deux.")]))).toBe("Un.\n\nDeux.");
    expect(bothTexts(conflict("title", [here("Un"), head("Deux")]))).toBe("Un / Deux");
  });

  it("is offered for texts that both say something, and for nothing else", () => {
    expect(canKeepBoth(conflict("wording", [here("Un"), head("Deux")]))).toBe(true);
    expect(canKeepBoth(conflict("wording", [here("Un"), head(null)]))).toBe(false);
    expect(
      canKeepBoth(conflict("starts_on", [here("2026-01-01"), head("2026-02-01")], { is_text: false })),
    ).toBe(false);
  });
});

describe("a value of a conflict", () => {
  it("is said in words, with the titles of what it refers to", () => {
    const refs = { "organisation/o1": { title: "GAL Ouest", subtitle: null, is_deleted: false } };
    const one = conflict("organisation", [], { is_text: false, refs });
    expect(conflictValue(one, "o1")).toBe("GAL Ouest");
    expect(conflictValue(one, null)).toBe("Non noté");
  });

  it("says with which record one is one, and leads to both side by side", () => {
    const refs = { "project/p0": { title: "Laine", subtitle: null, is_deleted: false } };
    const one = conflict("merged_into", [here(null), head("p0")], { is_text: false, refs });
    expect(conflictValue(one, "p0")).toBe("Réunie avec «\u00a0Laine\u00a0»");
    expect(conflictValue(one, null)).toBe("À part, avec ce qui y a été écrit");
    expect(one.heads.map((side) => keepWords(side, one))).toEqual(["Laisser à part", "Réunir"]);
    expect(comparedAt(one)).toBe("#/structures/doublons?paire=project%7Ep0%7Ep");
    expect(canTakeBack(one)).toBe(true);
    expect(canTakeBack(conflict("wording", [here("Un"), head("Deux")]))).toBe(false);
    expect(comparedAt(conflict("merged_into", [here("p0"), head("p1")]))).toBeNull();
    expect(comparedAt(conflict("wording", [here("Un"), head(null)]))).toBeNull();
  });

  it("is in the list or not for an element of a list, and cannot be anything else", () => {
    const refs = { "territory/t1": { title: "Sancerre", subtitle: null, is_deleted: false } };
    const one = conflict("territories/t1", [], { is_text: false, refs });
    expect(conflictValue(one, true)).toBe("Avec «\u00a0Sancerre\u00a0»");
    expect(conflictValue(one, null)).toBe("Sans «\u00a0Sancerre\u00a0»");
    expect(canWriteAnother(one)).toBe(false);
    expect(canWriteAnother(conflict("wording", []))).toBe(true);
  });
});

describe("what was typed and waits", () => {
  const there = head("là-bas");

  it("is a side of its own, said to wait", () => {
    const heads = [typed("ici", 3), there];
    expect(heads.map((one) => sideName(one, heads))).toEqual(["Votre saisie", "Là-bas"]);
    expect(signature(typed("ici", 3), "2026-10-05" as never)).toMatch(/^en attente de votre choix, /u);
  });

  it("is found among the conflicts of its field", () => {
    expect(typedHere([conflict("title", [here("a"), there])])).toBeUndefined();
    expect(typedHere([conflict("title", [typed("ici", 3), there])])?.typed).toBe(3);
  });

  it("is kept as it is when somebody chooses, not as it was when it was shown", () => {
    const now = conflict("title", [typed("ici, et la suite", 3), there]);
    expect(keeping(sideNow(typed("ici", 3), now))).toEqual({
      keep: null,
      typed: 3,
      value: "ici, et la suite",
    });
    expect(keeping(sideNow(there, now))).toEqual({
      keep: { device: "b", seq: 1 },
      typed: null,
      value: "là-bas",
    });
  });
});
