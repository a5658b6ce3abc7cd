import { describe, expect, it } from "vitest";
import { firstOf } from "./follow_up";

const step = (moment: string) => ({ moment, title: moment, entity: "task" });

describe("the next step of a project", () => {
  it("is nothing where nothing is noted", () => {
    expect(firstOf([])).toBeNull();
  });

  it("is the earliest one, so that a late one comes first", () => {
    expect(firstOf([step("2026-11-30"), step("2026-11-20"), step("2026-11-23T09:30")])?.moment).toBe(
      "2026-11-20",
    );
  });
});
