import type { RecordView, Value } from "$lib/api/types";
import { describe, expect, it, vi } from "vitest";

vi.mock("@tauri-apps/api/core", () => ({ invoke: vi.fn() }));
vi.mock("@tauri-apps/api/event", () => ({ listen: vi.fn() }));
const { appointments, isUnderWay, ofDay, weekDays } = await import("./day");

function session(id: string, fields: Record<string, Value>): RecordView {
  return {
    entity: "session",
    id,
    title: id,
    fields,
    level: "beneficiary",
    default_level: "beneficiary",
    field_levels: {},
    effective_levels: {},
    created_at: "",
    created_by: "",
    modified_at: "",
    modified_by: "",
    is_deleted: false,
    united_with: null,
    refs: {},
  };
}

describe("the agenda of a day", () => {
  const all = appointments([
    session("later", { starts_at: "2026-10-06T14:00" }),
    session("first", { starts_at: "2026-10-06T09:30", duration_min: 120 }),
    session("saturday", { starts_at: "2026-10-10T10:00", ends_at: "2026-10-10T12:00" }),
    session("undated", { starts_at: null }),
  ]);

  it("follows the hours and leaves out what has none", () => {
    expect(ofDay(all, "2026-10-06").map((one) => one.record.id)).toEqual(["first", "later"]);
    expect(all).toHaveLength(3);
  });

  it("ends when it is said to, or after its duration", () => {
    expect(all[0]?.ends).toBe("2026-10-06T11:30");
    expect(all[1]?.ends).toBe("");
    expect(all[2]?.ends).toBe("2026-10-10T12:00");
  });

  it("tells what is under way, an hour when nobody said how long", () => {
    const [first, later] = all;
    expect(first && isUnderWay(first, "2026-10-06T11:29")).toBe(true);
    expect(first && isUnderWay(first, "2026-10-06T11:30")).toBe(false);
    expect(later && isUnderWay(later, "2026-10-06T14:59")).toBe(true);
    expect(later && isUnderWay(later, "2026-10-06T13:59")).toBe(false);
  });

  it("shows the working days, and a day of the week-end only when it holds something", () => {
    expect(weekDays("2026-10-06", all)).toEqual([
      "2026-10-05",
      "2026-10-06",
      "2026-10-07",
      "2026-10-08",
      "2026-10-09",
      "2026-10-10",
    ]);
    expect(weekDays("2026-10-13", [])).toHaveLength(5);
  });
});
