import type { HistoryChange, HistoryEntry } from "$lib/api";
import { describe, expect, it } from "vitest";
import { changedFields, entriesOf, holdsOneValue, pastValues, writtenIn } from "./history";

const change = (
  field: string,
  before: NonNullable<HistoryChange["before"]> | null,
  after: NonNullable<HistoryChange["after"]>,
  row = "p",
): HistoryChange => ({
  entity: "project",
  row,
  field,
  ...(before === null ? {} : { before }),
  after,
});
const entry = (seq: number, ...changes: HistoryChange[]): HistoryEntry => ({
  device: "d",
  device_name: "Portable",
  seq,
  author: "Claire",
  wall_time: "2026-10-05T17:05:00",
  label: `saisie ${seq}`,
  changes,
});
const entries = [
  entry(4, change("title", "Deux", "Un"), change("territories/t2", null, true)),
  entry(3, change("title", "Un", "Deux"), change("title", null, "Autre fiche", "q")),
  entry(2, change("territories/t1", null, true), change("field_levels/wording", null, "private")),
  entry(1, change("title", null, "Un")),
];
const record = { entity: "project", id: "p" };

describe("the commit that wrote what a field holds", () => {
  it("is the latest that wrote this value in it, or none where it is out of reach", () => {
    expect(writtenIn(entries, "p", "title", "Un")?.seq).toBe(4);
    expect(writtenIn(entries, "p", "title", "Deux")?.seq).toBe(3);
    expect(writtenIn(entries, "p", "wording", "Mots")).toBeUndefined();
    expect(writtenIn(entries, "q", "title", "Un")).toBeUndefined();
  });
});

describe("a history read by field", () => {
  it("names each field once, a list as a whole, other records left out", () => {
    expect(
      changedFields(record, entries)
        .map((one) => one.value)
        .toSorted(),
    ).toEqual(["field_levels/wording", "territories", "title"]);
  });

  it("keeps the commits of one field, with nothing else in them", () => {
    const kept = entriesOf(entries, "p", "territories");
    expect(kept.map((one) => one.seq)).toEqual([4, 2]);
    expect(kept.flatMap((one) => one.changes.map((each) => each.field))).toEqual([
      "territories/t2",
      "territories/t1",
    ]);
  });

  it("lists the values a field had, and tells the one that shows even when it came twice", () => {
    const values = pastValues(entries, "p", "title", "Un");
    expect(values.map((one) => [one.value, one.isShown])).toEqual([
      ["Un", true],
      ["Deux", false],
      ["Un", false],
    ]);
  });

  it("offers to put back a value or a level, not the whole of a list", () => {
    expect(holdsOneValue("project", "title")).toBe(true);
    expect(holdsOneValue("project", "field_levels/wording")).toBe(true);
    expect(holdsOneValue("project", "territories")).toBe(false);
    expect(holdsOneValue("project", "deleted")).toBe(false);
  });
});
