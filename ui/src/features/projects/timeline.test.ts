import type { RecordView } from "$lib/api";
import { describe, expect, it } from "vitest";
import { latest } from "./timeline";

const moment = (at: string) => ({ record: {} as RecordView, at, title: at, detail: "" });

describe("what happened around a project", () => {
  it("goes from the latest, times of one day in their order, what has no day left out", () => {
    const days = ["2026-09-08", "2026-11-23T09:30", "", "2026-11-23T14:00", "2025-01-01"];
    expect(latest(days.map(moment)).map((one) => one.at)).toEqual([
      "2026-11-23T14:00",
      "2026-11-23T09:30",
      "2026-09-08",
      "2025-01-01",
    ]);
  });
});
