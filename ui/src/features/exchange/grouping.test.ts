import type { RecordChanges } from "$lib/api";
import { describe, expect, it } from "vitest";
import { arranged, byKind, differingFields, differingFirst, lineAfter } from "./grouping";

const record = (entity: string, title: string, more: Partial<RecordChanges> = {}): RecordChanges => ({
  entity,
  id: title,
  title,
  subtitle: null,
  fate: "changed",
  authors: ["Mathieu"],
  devices: ["Bureau"],
  wall_time: "2026-10-05T10:00:00Z",
  fields: [{ field: "title", before: "a", after: "b", is_conflict: false }],
  ...more,
});
const clash = { fields: [{ field: "title", before: "a", after: "b", is_conflict: true }] };
const titles = (records: RecordChanges[], by: "record" | "person" | "date") =>
  arranged(records, by).map((line) => line.record.title);

describe("what changed, by project and person", () => {
  it("reads what belongs to a project under it, projects before structures and people", () => {
    const records = [
      record("person", "Béal"),
      record("funding", "FEADER", { subtitle: "Nuits noires" }),
      record("task", "Relancer", { subtitle: "Nuits noires, 6 oct. 2026" }),
      record("organisation", "GAL Ouest"),
      record("project", "Nuits noires"),
    ];
    expect(titles(records, "record")).toEqual(["Nuits noires", "FEADER", "Relancer", "GAL Ouest", "Béal"]);
  });

  it("puts what is to settle first, with everything of the same project", () => {
    const records = [
      record("project", "Abeilles"),
      record("project", "Laine"),
      record("funding", "Région", { subtitle: "Laine", ...clash }),
    ];
    expect(titles(records, "record")).toEqual(["Laine", "Région", "Abeilles"]);
  });

  it("does not take a longer title for a shorter one", () => {
    const records = [record("task", "Suite", { subtitle: "Laines" }), record("project", "Laine")];
    expect(arranged(records, "record").map((line) => line.group)).toEqual(["Laine", "Laines"]);
  });

  it("reads by author, then by date, the latest first", () => {
    const records = [
      record("project", "Un", { authors: ["Zoé"], wall_time: "2026-10-03T10:00:00Z" }),
      record("project", "Deux", { authors: ["Ada"], wall_time: "2026-10-01T10:00:00Z" }),
      record("project", "Trois", { authors: ["Ada"], wall_time: "2026-10-02T10:00:00Z" }),
    ];
    expect(titles(records, "person")).toEqual(["Trois", "Deux", "Un"]);
    expect(titles(records, "date")).toEqual(["Un", "Trois", "Deux"]);
  });

  it("goes from a record to the next, and from the last to the first", () => {
    const lines = arranged([record("project", "A"), record("project", "B")], "record");
    expect(lineAfter(lines, "project/A")?.record.title).toBe("B");
    expect(lineAfter(lines, "project/B")?.record.title).toBe("A");
    expect(lineAfter(lines, null)?.record.title).toBe("A");
    expect(lineAfter([], null)).toBeUndefined();
  });
});

describe("what would go to the bin", () => {
  it("is told kind by kind, the most numerous first, by title", () => {
    const records = [record("task", "Relancer"), record("person", "Zola"), record("person", "Albe")];
    const told = byKind(records).map((kind) => [kind.entity, kind.records.map((one) => one.title)]);
    expect(told).toEqual([
      ["person", ["Albe", "Zola"]],
      ["task", ["Relancer"]],
    ]);
  });
});

describe("a record beside what it was", () => {
  const field = (name: string, before?: string[] | string, after?: string[] | string) => ({
    field: name,
    is_conflict: false,
    ...(before === undefined ? {} : { before }),
    ...(after === undefined ? {} : { after }),
  });
  const fields = [
    field("title", "a", "a"),
    field("themes", ["x"], ["x"]),
    field("calendar", "b"),
    field("name", "c", "d"),
  ];

  it("shows first what differs, lists compared by what they hold", () => {
    expect(differingFields({ fields }).map((one) => one.field)).toEqual(["calendar", "name"]);
    expect(differingFirst({ fields }).map((one) => one.field)).toEqual([
      "calendar",
      "name",
      "title",
      "themes",
    ]);
  });
});
