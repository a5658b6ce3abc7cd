import type { RecordView } from "$lib/api";
import { describe, expect, it } from "vitest";
import { periodsOf, timelineOf } from "./timeline";

const record = (fields: RecordView["fields"]) => ({ id: "r", fields }) as unknown as RecordView;
const support = record({ opened_on: "2025-03-12", status: "ongoing" });
const change = (on: string, to: string, isCorrection = false) =>
  record({ changed_on: on, to_value: to, is_correction: isCorrection });

describe("the periods of a support", () => {
  it("a suspension is a period of its own, and resuming opens another", () => {
    const changes = [change("2025-11-12", "suspended"), change("2026-01-20", "ongoing")];
    expect(periodsOf(support, changes, "2026-10-06")).toEqual([
      { from: "2025-03-12", to: "2025-11-12", isSuspended: false },
      { from: "2025-11-12", to: "2026-01-20", isSuspended: true },
      { from: "2026-01-20", to: "2026-10-06", isSuspended: false },
    ]);
  });

  it("a correction is not a step", () => {
    const changes = [change("2025-11-12", "suspended", true)];
    expect(periodsOf(support, changes, "2026-10-06")).toHaveLength(1);
  });

  it("a closed support ends on the day it was closed", () => {
    const closed = record({ opened_on: "2025-03-12", status: "closed", closed_on: "2025-09-01" });
    expect(periodsOf(closed, [], "2026-10-06").at(-1)?.to).toBe("2025-09-01");
  });
});

describe("the line of a support", () => {
  const sessions = [record({ starts_at: "2025-06-17T09:00", status: "logged" })];
  const line = timelineOf(support, [], sessions, "2026-10-06");

  it("keeps everything between its ends", () => {
    const places = [...line.periods.flatMap((one) => [one.left, one.left + one.width]), line.now ?? -1];
    expect(places.every((place) => place >= 0 && place <= 100)).toBe(true);
  });

  it("never writes more months than fit", () => {
    expect(line.ticks.length).toBeGreaterThan(2);
    expect(line.ticks.length).toBeLessThanOrEqual(9);
  });

  it("leaves out what was cancelled", () => {
    const cancelled = [record({ starts_at: "2025-06-17T09:00", status: "cancelled" })];
    expect(timelineOf(support, [], cancelled, "2026-10-06").sessions).toEqual([]);
  });
});
