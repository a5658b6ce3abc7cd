/** A support and all that was noted in it, read together. */
import {
  listOf,
  numberOf,
  recordGet,
  recordList,
  refOf,
  textOf,
  type Filter,
  type RecordView,
} from "$lib/api";
import type { IsoDate } from "$lib/messages";
import { listed } from "./session_file";

export interface SupportFile {
  support: RecordView;
  request: RecordView | null;
  /** Oldest first. */
  sessions: RecordView[];
  needs: RecordView[];
  obstacles: RecordView[];
  proposals: RecordView[];
  decisions: RecordView[];
  tasks: RecordView[];
  attendances: RecordView[];
  /** Changes of its status, oldest first. */
  changes: RecordView[];
  documents: RecordView[];
  officers: ReadonlySet<string>;
}

/** What the file reads: it is read again after a commit on any of these. */
export const SUPPORT_READS = [
  "support",
  "session",
  "need",
  "obstacle",
  "proposal",
  "decision",
  "task",
  "attendance",
  "person",
  "organisation",
  "project",
  "request",
  "status_change",
  "document",
];

/** Reads the file of a support. */
export async function readSupport(id: string): Promise<SupportFile> {
  const support = await recordGet("support", id);
  const here: Filter[] = [{ field: "support", op: "is", value: id }];
  const requestId = refOf(support, "origin_request")?.id;
  const [request, sessions, needs, obstacles, proposals, decisions, tasks, changes, documents, officers] =
    await Promise.all([
      requestId ? recordGet("request", requestId) : null,
      listed("session", here, "starts_at"),
      listed("need", here, "created_at", true),
      listed("obstacle", here, "noted_on", true),
      listed("proposal", here, "proposed_on", true),
      listed("decision", here, "decided_on", true),
      listed("task", here, "due_on"),
      listed("status_change", [{ field: "subject", op: "is", value: `support/${id}` }], "changed_on"),
      listed("document", [{ field: "subjects", op: "contains", value: `support/${id}` }], "title"),
      recordList({ entity: "person", filters: [{ field: "is_officer", op: "is", value: true }] }),
    ]);
  const ids = sessions.map((one) => one.id);
  const attendances =
    ids.length > 0
      ? await listed("attendance", [{ field: "session", op: "one_of", value: ids }], "created_at")
      : [];
  return {
    support,
    request,
    sessions,
    needs: needs.toSorted((a, b) => needDay(b, sessions).localeCompare(needDay(a, sessions))),
    obstacles,
    proposals,
    decisions,
    tasks,
    attendances,
    changes,
    documents,
    officers: new Set(officers.rows.map((one) => one.id)),
  };
}

export const isHeld = (session: RecordView) => ["held", "logged"].includes(textOf(session, "status"));
export const isToCome = (session: RecordView) => ["planned", "prepared"].includes(textOf(session, "status"));

/** The day of the session in which a need was said; the day it was noted when it was said in none. */
export function needDay(need: RecordView, sessions: readonly RecordView[]): IsoDate {
  const session = sessions.find((one) => one.id === textOf(need, "session"));
  return (textOf(session, "starts_at") || need.created_at).slice(0, 10);
}

/** Minutes worked in the sessions that took place. */
export const workedMinutes = (sessions: readonly RecordView[]): number =>
  sessions.filter(isHeld).reduce((sum, one) => sum + (numberOf(one, "duration_min") ?? 0), 0);

/** Full months from one day to another. */
export function monthsBetween(from: IsoDate, to: IsoDate): number {
  const [fromYear = 0, fromMonth = 0, fromDay = 0] = from.split("-").map(Number);
  const [toYear = 0, toMonth = 0, toDay = 0] = to.split("-").map(Number);
  return Math.max(0, (toYear - fromYear) * 12 + toMonth - fromMonth - (toDay < fromDay ? 1 : 0));
}

export interface Recalled {
  person: string;
  name: string;
  /** The day the frame was recalled; empty when it was not yet. */
  on: IsoDate | "";
}

/** Everybody who came, and when the frame was first recalled to them; the officer, who recalls it, left out. */
export function framedPeople(file: Pick<SupportFile, "attendances" | "officers">): Recalled[] {
  const people = new Map<string, Recalled>();
  for (const one of file.attendances) {
    const person = refOf(one, "person");
    if (!person || one.fields.was_present === false || file.officers.has(person.id)) continue;
    const on = textOf(one, "frame_restated_on");
    const known = people.get(person.id) ?? { person: person.id, name: person.title, on: "" };
    if (on && (!known.on || on < known.on)) known.on = on;
    people.set(person.id, known);
  }
  return [...people.values()].toSorted((a, b) => (a.on || "9").localeCompare(b.on || "9"));
}

/** The session to complete: held, its log not done; the latest one. */
export const sessionToLog = (sessions: readonly RecordView[]): RecordView | undefined =>
  sessions.findLast((one) => textOf(one, "status") === "held");

export const projectsOf = (support: RecordView): string[] => listOf(support, "projects");
