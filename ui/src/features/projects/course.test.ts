import { describe, expect, it } from "vitest";
import { daysReached } from "./course";

const change = (from: string, to: string, on: string, isCorrection = false) => ({
  from,
  to,
  on,
  isCorrection,
});

describe("the days on which a project came to each maturity", () => {
  it("begin with the day it was noted", () => {
    expect(daysReached([], "2025-03-04", "idea")).toEqual({ idea: "2025-03-04" });
  });

  it("follow its passages, and say nothing of what was leapt over", () => {
    const days = daysReached(
      [change("idea", "lead", "2025-06-01"), change("lead", "project", "2026-05-20")],
      "2025-03-04",
      "project",
    );
    expect(days).toEqual({ idea: "2025-03-04", lead: "2025-06-01", project: "2026-05-20" });
  });

  it("take the day of the wrong entry that a correction sets right", () => {
    const days = daysReached(
      [change("idea", "project", "2025-06-01"), change("project", "lead", "2025-06-03", true)],
      "2025-03-04",
      "lead",
    );
    expect(days).toEqual({ idea: "2025-03-04", lead: "2025-06-01" });
  });
});
