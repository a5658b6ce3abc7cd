/** Where a support stands among its five moments (domain.md §4.1), told by the sessions held. Pure. */
import { listOf, textOf, type RecordView } from "$lib/api";
import type { IsoDate } from "$lib/messages";

export const MOMENTS = ["make_contact", "start", "unblock", "close_working_time", "keep_record"] as const;
export type MomentName = (typeof MOMENTS)[number];

export interface Moment {
  name: MomentName;
  state: "done" | "now" | "todo";
  /** The first day, for a moment that comes once. */
  on: IsoDate | "";
  /** How many times, for one that comes back. */
  times: number;
}

const IN_TURN: readonly MomentName[] = ["make_contact", "start", "unblock"];

/** Returns the five moments of a support whose sessions, oldest first, are given. */
export function momentsOf(sessions: readonly RecordView[], isOpen: boolean): Moment[] {
  const held = sessions.filter((one) => ["held", "logged"].includes(textOf(one, "status")));
  const having = (name: MomentName) => held.filter((one) => listOf(one, "moments").includes(name));
  const latest = held.findLast((one) =>
    listOf(one, "moments").some((moment) => IN_TURN.includes(moment as MomentName)),
  );
  const current = isOpen ? IN_TURN.findLast((name) => listOf(latest, "moments").includes(name)) : undefined;
  const isLogged = held.length > 0 && held.every((one) => textOf(one, "status") === "logged");
  return MOMENTS.map((name) => {
    const found = having(name);
    const isDone = name === "keep_record" ? isLogged : found.length > 0;
    return {
      name,
      state: name === current ? "now" : isDone ? "done" : "todo",
      on: textOf(found[0], "starts_at").slice(0, 10),
      times: found.length,
    };
  });
}
