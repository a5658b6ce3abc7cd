/** What the list says of a support beside its own fields: last and next session, next step. */
import { recordList, refOf, textOf, type RecordView } from "$lib/api";

export interface FollowUp {
  last: RecordView | null;
  next: RecordView | null;
  step: RecordView | null;
}

const AT_MOST = 1000;

/** Returns the follow-up of the supports of one page. */
export async function followUp(ids: readonly string[]): Promise<Map<string, FollowUp>> {
  const ofThese = { field: "support", op: "one_of" as const, value: [...ids] };
  const [sessions, tasks] = await Promise.all([
    recordList({
      entity: "session",
      filters: [ofThese, { field: "status", op: "is_not", value: "cancelled" }],
      sort: [{ field: "starts_at", descending: false }],
      limit: AT_MOST,
    }),
    recordList({
      entity: "task",
      filters: [ofThese, { field: "state", op: "one_of", value: ["to_do", "in_progress"] }],
      sort: [{ field: "due_on", descending: false }],
      limit: AT_MOST,
    }),
  ]);
  const found = new Map<string, FollowUp>(ids.map((id) => [id, { last: null, next: null, step: null }]));
  for (const session of sessions.rows) {
    const one = found.get(refOf(session, "support")?.id ?? "");
    if (!one) continue;
    if (["held", "logged"].includes(textOf(session, "status"))) one.last = session;
    else one.next ??= session;
  }
  for (const task of tasks.rows) {
    const one = found.get(refOf(task, "support")?.id ?? "");
    // Those without a date come first in the sort, and last for a person.
    if (one && (!one.step || (!textOf(one.step, "due_on") && textOf(task, "due_on")))) one.step = task;
  }
  return found;
}
