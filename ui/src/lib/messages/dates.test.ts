import { describe, expect, it } from "vitest";
import {
  addDays,
  addMonths,
  daysBetween,
  isoDateTime,
  mondayOf,
  monthGrid,
  readDate,
  readMinutes,
  readTime,
} from "./dates";

const TODAY = "2026-10-06";

describe("calendar arithmetic", () => {
  it("counts days across a change of hour and of year", () => {
    expect(addDays("2026-10-24", 2)).toBe("2026-10-26");
    expect(addDays("2026-12-31", 1)).toBe("2027-01-01");
    expect(daysBetween("2026-03-28", "2026-03-30")).toBe(2);
    expect(daysBetween("2026-10-06", "2026-10-01")).toBe(-5);
  });

  it("finds the Monday of a week, Sunday included", () => {
    expect(mondayOf("2026-10-11")).toBe("2026-10-05");
    expect(mondayOf("2026-10-05")).toBe("2026-10-05");
  });

  it("keeps to the last day of a shorter month", () => {
    expect(addMonths("2026-01-31", 1)).toBe("2026-02-28");
    expect(addMonths("2026-03-31", -1)).toBe("2026-02-28");
  });

  it("shows six whole weeks for a month", () => {
    const days = monthGrid("2026-10-15");
    expect(days).toHaveLength(42);
    expect(days[0]).toBe("2026-09-28");
    expect(days).toContain("2026-10-31");
  });

  it("writes local minutes", () => {
    expect(isoDateTime(new Date(2026, 9, 6, 9, 5))).toBe("2026-10-06T09:05");
  });
});

describe("what a person types", () => {
  it.each([
    ["20/10/2026", "2026-10-20"],
    ["20/10", "2026-10-20"],
    ["1.2.27", "2027-02-01"],
    ["2026-10-20", "2026-10-20"],
    ["+2 sem", "2026-10-20"],
    ["+3 j", "2026-10-09"],
    ["+1 mois", "2026-11-06"],
  ])("reads the date %j as %j", (typed, expected) => {
    expect(readDate(typed, TODAY)).toBe(expected);
  });

  it("hands a date that does not exist to the core, which says why", () => {
    expect(readDate("31/09/2026", TODAY)).toBe("31/09/2026");
  });

  it("keeps what is no date as typed", () => {
    expect(readDate("bientôt", TODAY)).toBe("bientôt");
  });

  it.each([
    ["9 h 30", "09:30"],
    ["9h", "09:00"],
    ["14:05", "14:05"],
    ["930", "09:30"],
    ["tôt", "tôt"],
  ])("reads the time %j as %j", (typed, expected) => {
    expect(readTime(typed)).toBe(expected);
  });

  it.each([
    ["1 h 30", 90],
    ["2h", 120],
    ["45", 45],
    ["45 min", 45],
    ["longtemps", null],
  ])("reads the duration %j as %j minutes", (typed, expected) => {
    expect(readMinutes(typed)).toBe(expected);
  });
});
