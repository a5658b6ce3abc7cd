import type { Level, RecordView } from "$lib/api";
import { describe, expect, it } from "vitest";
import { leavingBlocks } from "./leaving";

const record = (fields: RecordView["fields"], level: Level, levels: Record<string, Level> = {}) =>
  ({ fields, level, effective_levels: levels }) as RecordView;
const empty = { needs: [], obstacles: [], proposals: [], decisions: [], tasks: [] };

describe("what leaves in the record of decisions", () => {
  it("decisions, steps and points left go; a need agreed on does not, and is not private either", () => {
    const file = {
      ...empty,
      session: record({ points_left: "Signature" }, "beneficiary"),
      needs: [record({ reformulated: "Écrire qui répond de quoi" }, "beneficiary")],
      decisions: [record({ wording: "Annexe retenue" }, "beneficiary")],
      tasks: [record({ title: "Rédiger l’annexe" }, "beneficiary")],
    };
    expect(leavingBlocks(file)).toEqual({ shown: 3, kept: 0 });
  });

  it("what is private is counted as kept, field by field", () => {
    const file = {
      ...empty,
      session: record({ difficulties: "Le président hésite" }, "beneficiary", { difficulties: "private" }),
      needs: [record({ expressed: "…", perceived: "…" }, "beneficiary", { perceived: "private" })],
      obstacles: [record({ kind: "language" }, "private")],
    };
    expect(leavingBlocks(file)).toEqual({ shown: 0, kept: 3 });
  });

  it("a decision lowered to private stays", () => {
    const file = {
      ...empty,
      session: record({}, "beneficiary"),
      decisions: [record({ wording: "Annexe retenue" }, "private")],
    };
    expect(leavingBlocks(file)).toEqual({ shown: 0, kept: 1 });
  });
});
