import type { RecordView } from "$lib/api";
import { describe, expect, it } from "vitest";
import { changesOf } from "./moves";

const project = {
  entity: "project",
  id: "p1",
  level: "beneficiary",
  fields: { maturity: "lead", phase: "emergence", status: "set_aside" },
} as unknown as RecordView;
const move = { projects: [project], field: "maturity" as const, on: "2026-11-20", reason: " " };

describe("a move", () => {
  it("is made over what was shown of each project", () => {
    const other = { ...project, id: "p2", fields: { phase: "emergence" } } as unknown as RecordView;
    const patch = { description: "Laine" };
    const changes = changesOf({ ...move, projects: [project, other], to: "pre_project", patch });
    expect(changes.filter((one) => one.entity === "project").map((one) => one.over)).toEqual([
      { maturity: "lead", description: null },
      { maturity: null, description: null },
    ]);
  });

  it("leaves its trace with the day it happened, and no reason where none was given", () => {
    const [change, trace] = changesOf({ ...move, to: "pre_project" });
    expect(change).toMatchObject({ entity: "project", id: "p1", patch: { maturity: "pre_project" } });
    expect(trace?.patch).toMatchObject({
      subject: "project/p1",
      field: "maturity",
      from_value: "lead",
      to_value: "pre_project",
      changed_on: "2026-11-20",
      reason: null,
    });
  });

  it("traces each state that changes, and only those", () => {
    const changes = changesOf({ ...move, to: "lead", patch: { status: "active" } });
    expect(changes.slice(1).map((one) => one.patch.field)).toEqual(["status"]);
  });

  it("gives the level that the officer chose, in the same commit", () => {
    expect(changesOf({ ...move, to: "pre_project", level: "network" })[0]?.levels).toEqual({
      "*": "network",
    });
    expect(changesOf({ ...move, to: "pre_project", level: "beneficiary" })[0]?.levels).toBeUndefined();
  });
});
