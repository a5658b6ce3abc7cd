import type { RecordView } from "$lib/api";
import { describe, expect, it } from "vitest";
import { sharesOf } from "./plan";

const record = (entity: string, id: string, fields: RecordView["fields"]) =>
  ({
    entity,
    id,
    fields,
    refs: { "organisation/r": { title: "Région", subtitle: null, is_deleted: false } },
  }) as unknown as RecordView;

describe("the plan of a project", () => {
  const funding = record("funding", "f1", { status: "filed", funder: "r", amount_requested: 22368 });

  it("counts an application once: by its line where it has one", () => {
    const line = record("budget_line", "l1", {
      side: "resource",
      label: "Aide",
      amount: 20000,
      funding: "f1",
    });
    expect(sharesOf([line], [funding])).toEqual([{ label: "Aide", amount: 20000, status: "filed" }]);
    expect(sharesOf([], [funding])).toEqual([{ label: "Région", amount: 22368, status: "filed" }]);
  });

  it("leaves expenses and what has no amount out, the largest share first", () => {
    const lines = [
      record("budget_line", "l1", { side: "expense", label: "Étude", amount: 9000 }),
      record("budget_line", "l2", { side: "resource", label: "Autofinancement", amount: 14912 }),
      record("budget_line", "l3", { side: "resource", label: "FEADER", amount: 149120 }),
    ];
    const empty = record("funding", "f2", { status: "to_explore", funder: "r" });
    expect(sharesOf(lines, [empty]).map((one) => one.label)).toEqual(["FEADER", "Autofinancement"]);
  });

  it("says what was granted rather than what was asked", () => {
    const granted = record("funding", "f3", {
      status: "granted",
      funder: "r",
      amount_requested: 9,
      amount_granted: 5,
    });
    expect(sharesOf([], [granted])[0]?.amount).toBe(5);
  });
});
