/** Why a record waits and since when, in the words of the list. */
import { refOf, textOf, type RecordView } from "$lib/api";
import { daysBetween, enumName, opening, showDate, showNear, t, type IsoDate } from "$lib/messages";
import type { Todo } from "./TodoList.svelte";

const titled = (record: RecordView, ...fields: string[]) =>
  fields
    .map((field) => refOf(record, field)?.title)
    .filter((title): title is string => Boolean(title))
    .join(", ");

/** A task: late, for today, or soon. */
export function taskTodo(record: RecordView, today: IsoDate): Todo {
  const due = textOf(record, "due_on");
  const days = due ? daysBetween(due, today) : 0;
  const why =
    titled(record, "support", "project", "subject") || enumName("task_kind", textOf(record, "kind"));
  if (days > 0) return { record, why, when: t("today.late", { days }), tone: "danger" };
  return {
    record,
    why,
    when: opening(showNear(due || today, today)),
    tone: days === 0 ? "bistre" : "neutral",
  };
}

/** A session that took place and whose record is not up to date. */
export function unloggedTodo(record: RecordView): Todo {
  const held = textOf(record, "starts_at");
  const why = t("today.unlogged", { when: showDate(held, "short") });
  return {
    record,
    why: [titled(record, "support"), why].filter(Boolean).join(". "),
    when: t("today.to_log"),
    tone: "warn",
  };
}

/** A request that nobody has answered, with its age. */
export function requestTodo(record: RecordView, today: IsoDate): Todo {
  const days = Math.max(0, daysBetween(textOf(record, "received_on"), today));
  const who = titled(record, "person", "organisation");
  const why = who || enumName("channel", textOf(record, "channel"));
  return {
    record,
    why,
    when: days === 0 ? opening(t("date.today")) : t("today.age", { days }),
    tone: "neutral",
  };
}

/** A partner to write to again. */
export function contactTodo(record: RecordView, today: IsoDate): Todo {
  const on = textOf(record, "remind_on");
  const why = [titled(record, "project"), enumName("contact_status", textOf(record, "status"))]
    .filter(Boolean)
    .join(", ");
  const days = daysBetween(on, today);
  return days > 0
    ? { record, why, when: t("today.since", { when: showDate(on, "short") }), tone: "neutral" }
    : { record, why, when: opening(showNear(on, today)), tone: "bistre" };
}
