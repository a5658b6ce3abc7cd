import type { RecordView } from "$lib/api";
import { describe, expect, it } from "vitest";
import { momentsOf } from "./moments";

const session = (day: string, moments: string[], status = "logged") =>
  ({ fields: { starts_at: `${day}T09:00`, status, moments } }) as unknown as RecordView;
const states = (sessions: RecordView[], isOpen = true) => momentsOf(sessions, isOpen).map((one) => one.state);

describe("the moments of a support", () => {
  it("none has come before the first session took place", () => {
    expect(states([session("2026-10-01", ["make_contact"], "planned")])).toEqual(Array(5).fill("todo"));
  });

  it("the furthest moment of the latest session is the current one", () => {
    const sessions = [session("2026-03-12", ["make_contact"]), session("2026-06-17", ["start", "unblock"])];
    expect(states(sessions)).toEqual(["done", "done", "now", "todo", "done"]);
  });

  it("a closed support has no current moment", () => {
    expect(states([session("2026-03-12", ["make_contact"])], false)[0]).toBe("done");
  });

  it("the record is to keep as long as one session has no log", () => {
    const sessions = [session("2026-03-12", ["start"]), session("2026-06-17", ["start"], "held")];
    expect(momentsOf(sessions, true).at(-1)?.state).toBe("todo");
  });

  it("a moment that comes back is counted, and dated from the first time", () => {
    const sessions = [
      session("2026-03-12", ["close_working_time"]),
      session("2026-06-17", ["close_working_time"]),
    ];
    expect(momentsOf(sessions, true)[3]).toMatchObject({ times: 2, on: "2026-03-12" });
  });
});
