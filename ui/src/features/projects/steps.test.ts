import { describe, expect, it } from "vitest";
import { fieldMeta } from "$lib/api";
import {
  fieldsAsked,
  fieldsRequired,
  isMeantToCirculate,
  reasonAsked,
  STATE_FIELDS,
  valuesOf,
} from "./steps";

describe("a passage", () => {
  it("asks a reason when it goes back", () => {
    expect(reasonAsked("maturity", "project", "lead")).toBe("asked");
    expect(reasonAsked("phase", "closing", "implementation")).toBe("asked");
    expect(reasonAsked("maturity", "idea", "lead")).toBe("no");
  });

  it("asks a reason when it leaps over a phase, not over a maturity", () => {
    expect(reasonAsked("phase", "emergence", "implementation")).toBe("asked");
    expect(reasonAsked("maturity", "idea", "pre_project")).toBe("no");
  });

  it("needs the reason only where a project is abandoned", () => {
    expect(reasonAsked("status", "active", "abandoned")).toBe("required");
    expect(reasonAsked("status", "active", "on_hold")).toBe("asked");
    expect(reasonAsked("status", "on_hold", "active")).toBe("no");
  });

  it("asks only for fields that a project has", () => {
    for (const field of STATE_FIELDS)
      for (const to of valuesOf(field))
        for (const name of [...fieldsAsked(field, to), ...fieldsRequired(field, to)])
          expect(fieldMeta("project", name), name).toBeDefined();
    expect(fieldsRequired("status", "completed")).toEqual(["sequel"]);
  });

  it("offers the network from the pre-project on", () => {
    expect(valuesOf("maturity").filter(isMeantToCirculate)).toEqual(["pre_project", "project"]);
  });
});
