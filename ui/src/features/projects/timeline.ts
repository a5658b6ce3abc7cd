/** What happened around a project, from every record that says so, the latest first. */
import { numberOf, recordList, textOf, type Filter, type RecordView } from "$lib/api";
import { entityName, enumName, fieldName, shown, showMinutes, t } from "$lib/messages";
import { enumerationOf, type StateField } from "./steps";

/** One moment of the project. */
export interface Moment {
  record: RecordView;
  /** The day, or the day and the time. */
  at: string;
  title: string;
  detail: string;
}

const by = (field: string, op: Filter["op"], value: Filter["value"]): Filter => ({ field, op, value });

/** Returns the latest moments of a project, at most `limit` of each kind and of all together. */
export async function momentsOf(project: Pick<RecordView, "id">, limit: number): Promise<Moment[]> {
  const own = by("project", "is", project.id);
  const rows = async (entity: string, field: string, filters: Filter[]) =>
    (await recordList({ entity, filters, sort: [{ field, descending: true }], limit })).rows;
  const supports = await rows("support", "opened_on", [by("projects", "contains", project.id)]);
  const ofSupports = by(
    "support",
    "one_of",
    supports.map((one) => one.id),
  );
  const [changes, decisions, events, named, supported, states] = await Promise.all([
    rows("project_change", "noticed_on", [own]),
    rows("decision", "decided_on", [own]),
    rows("event", "starts_at", [own]),
    rows("session", "starts_at", [by("projects", "contains", project.id)]),
    supports.length > 0 ? rows("session", "starts_at", [ofSupports]) : Promise.resolve([]),
    rows("status_change", "changed_on", [by("subject", "is", `project/${project.id}`)]),
  ]);
  const known = new Set(named.map((one) => one.id));
  const moments = [
    ...changes.map((record) => moment(record, "noticed_on", record.title, changeDetail(record))),
    ...decisions.map((record) => moment(record, "decided_on", record.title, entityName("decision"))),
    ...events.map((record) => moment(record, "starts_at", record.title, meetingDetail(record, "event_kind"))),
    ...[...named, ...supported.filter((one) => !known.has(one.id))].map((record) =>
      moment(record, "starts_at", record.title, meetingDetail(record, "session_kind")),
    ),
    ...states.map((record) => moment(record, "changed_on", stateTitle(record), textOf(record, "reason"))),
  ];
  return latest(moments).slice(0, limit);
}

/** Returns moments from the latest to the earliest. */
export const latest = (moments: readonly Moment[]): Moment[] =>
  moments.filter((one) => one.at !== "").toSorted((a, b) => b.at.localeCompare(a.at));

const moment = (record: RecordView, field: string, title: string, detail: string): Moment => ({
  record,
  at: textOf(record, field),
  title: shown(title),
  detail: shown(detail),
});

const changeDetail = (record: RecordView) =>
  [entityName("project_change"), enumName("change_source", textOf(record, "source"))]
    .filter(Boolean)
    .join(", ");

function meetingDetail(record: RecordView, kinds: string): string {
  const status = textOf(record, "status");
  return [
    enumName(kinds, textOf(record, "kind")),
    status === "held" || status === "logged" ? "" : enumName("meeting_status", status).toLocaleLowerCase(),
    textOf(record, "place"),
    showMinutes(numberOf(record, "duration_min")),
  ]
    .filter(Boolean)
    .join(", ");
}

function stateTitle(record: RecordView): string {
  const field = textOf(record, "field") as StateField;
  const words = (name: string) => enumName(enumerationOf(field), textOf(record, name));
  const isCorrection = record.fields.is_correction === true;
  return t(isCorrection ? "projects.state_corrected" : "projects.state_changed", {
    field: fieldName("project", field),
    from: words("from_value"),
    to: words("to_value"),
  });
}
