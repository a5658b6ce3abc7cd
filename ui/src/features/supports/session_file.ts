/** A session and all that was noted in it, read together. */
import { listOf, recordGet, recordList, refOf, textOf, type Filter, type RecordView } from "$lib/api";

export interface SessionFile {
  session: RecordView;
  support: RecordView | null;
  request: RecordView | null;
  needs: RecordView[];
  obstacles: RecordView[];
  proposals: RecordView[];
  decisions: RecordView[];
  tasks: RecordView[];
  attendances: RecordView[];
  /** Every session of the support, oldest first, this one included. */
  sessions: RecordView[];
  /** Attendances of the other sessions of the support. */
  elsewhere: RecordView[];
  documents: RecordView[];
  /** Ids of the officers: the frame is theirs to recall. */
  officers: ReadonlySet<string>;
}

/** What the file reads: it is read again after a commit on any of these. */
export const SESSION_READS = [
  "session",
  "support",
  "need",
  "obstacle",
  "proposal",
  "decision",
  "task",
  "attendance",
  "person",
  "document",
  "request",
];

const AT_MOST = 500;

export async function listed(entity: string, filters: Filter[], sort: string, descending = false) {
  const page = await recordList({ entity, filters, sort: [{ field: sort, descending }], limit: AT_MOST });
  return page.rows;
}

/** Reads the file of a session. */
export async function readSession(id: string): Promise<SessionFile> {
  const session = await recordGet("session", id);
  const here: Filter[] = [{ field: "session", op: "is", value: id }];
  const supportId = refOf(session, "support")?.id;
  const requestId = refOf(session, "request")?.id;
  const [support, request, sessions, officers, needs, obstacles, proposals, decisions, tasks, attendances] =
    await Promise.all([
      supportId ? recordGet("support", supportId) : null,
      requestId ? recordGet("request", requestId) : null,
      supportId
        ? listed("session", [{ field: "support", op: "is", value: supportId }], "starts_at")
        : [session],
      listed("person", [{ field: "is_officer", op: "is", value: true }], "last_name"),
      listed("need", here, "created_at"),
      listed("obstacle", here, "created_at"),
      listed("proposal", here, "created_at"),
      listed("decision", here, "created_at"),
      listed("task", here, "created_at"),
      listed("attendance", here, "created_at"),
    ]);
  const others = sessions.map((one) => one.id).filter((one) => one !== id);
  const subjects = [`session/${id}`, ...(supportId ? [`support/${supportId}`] : [])];
  const [elsewhere, ...documents] = await Promise.all([
    others.length > 0
      ? listed("attendance", [{ field: "session", op: "one_of", value: others }], "created_at")
      : [],
    ...subjects.map((subject) =>
      listed("document", [{ field: "subjects", op: "contains", value: subject }], "title"),
    ),
  ]);
  return {
    session,
    support,
    request,
    needs,
    obstacles,
    proposals,
    decisions,
    tasks,
    attendances,
    sessions,
    elsewhere,
    documents: documents.flat(),
    officers: new Set(officers.map((one) => one.id)),
  };
}

/** The session of the support that comes just before; null for the first. */
export function sessionBefore(file: SessionFile): RecordView | null {
  const at = textOf(file.session, "starts_at");
  const before = file.sessions.filter(
    (one) => textOf(one, "starts_at") < at && ["held", "logged"].includes(textOf(one, "status")),
  );
  return before.at(-1) ?? null;
}

/** The next session already planned after this one; null when there is none. */
export function sessionAfter(file: SessionFile): RecordView | null {
  const at = textOf(file.session, "starts_at");
  return (
    file.sessions.find(
      (one) => textOf(one, "starts_at") > at && ["planned", "prepared"].includes(textOf(one, "status")),
    ) ?? null
  );
}

/**
 * Returns the attendances of people to whom nobody has recalled the frame in this support yet (R12).
 *
 * The officer, who recalls it, is left out.
 */
export function newcomers(file: Pick<SessionFile, "attendances" | "elsewhere" | "officers">): RecordView[] {
  const personOf = (one: RecordView) => textOf(one, "person");
  const heard = new Set(
    [...file.attendances, ...file.elsewhere].filter((one) => textOf(one, "frame_restated_on")).map(personOf),
  );
  return file.attendances.filter(
    (one) =>
      one.fields.was_present !== false && !heard.has(personOf(one)) && !file.officers.has(personOf(one)),
  );
}

/** Ids of the people who were there, the officers last. */
export function presentPeople(file: SessionFile): { id: string; title: string }[] {
  const present = file.attendances
    .filter((one) => one.fields.was_present !== false)
    .flatMap((one) => refOf(one, "person") ?? []);
  return present.toSorted((a, b) => Number(file.officers.has(a.id)) - Number(file.officers.has(b.id)));
}

/** The role of someone who joins: those the support serves are its beneficiaries. */
export const roleOf = (file: SessionFile, person: string): string =>
  file.support && listOf(file.support, "beneficiaries").includes(person)
    ? "beneficiary"
    : file.officers.has(person)
      ? "facilitator"
      : "guest";
