/** In which order the records of a batch are read: by project and person, by author, or by date. Pure. */
import type { RecordChanges } from "$lib/api";

export type Arrangement = "record" | "person" | "date";
export const ARRANGEMENTS: readonly Arrangement[] = ["record", "person", "date"];

/** Where changes are read from: what came in, a copy not yet taken over, a backup beside the carnet of today. */
export type Origin = "batch" | "copy" | "backup";

/** One line of the list. */
export interface Line {
  /** `entity/id`: what the list and the address call it. */
  id: string;
  record: RecordChanges;
  conflicts: number;
  /** The title of what it belongs to; its own for what belongs to nothing. */
  group: string;
}

/** Records that others belong to, in the order of the work. */
const OWNERS = ["project", "support", "organisation", "person", "event"];
const rankOf = (entity: string) => {
  const at = OWNERS.indexOf(entity);
  return at < 0 ? OWNERS.length : at;
};

/** Returns the title under which a record is read: a funding goes with its project. */
function groupOf(record: RecordChanges, owners: readonly RecordChanges[]): string {
  if (OWNERS.includes(record.entity)) return record.title;
  const subtitle = record.subtitle ?? "";
  const owner = owners.find(({ title }) => subtitle === title || subtitle.startsWith(`${title}, `));
  return owner?.title ?? (subtitle || record.title);
}

/** Returns the lines in reading order; what is to settle comes first when read by record. */
export function arranged(records: readonly RecordChanges[], by: Arrangement): Line[] {
  const owners = records.filter((one) => OWNERS.includes(one.entity) && one.title !== "");
  const lines = records.map((record) => ({
    id: `${record.entity}/${record.id}`,
    record,
    conflicts: record.fields.filter((one) => one.is_conflict).length,
    group: groupOf(record, owners),
  }));
  const latest = (a: Line, b: Line) => b.record.wall_time.localeCompare(a.record.wall_time);
  if (by === "date") return lines.toSorted(latest);
  if (by === "person")
    return lines.toSorted(
      (a, b) => a.record.authors.join().localeCompare(b.record.authors.join()) || latest(a, b),
    );
  const groups = new Map<string, { conflicts: number; rank: number }>();
  for (const line of lines) {
    const known = groups.get(line.group) ?? { conflicts: 0, rank: OWNERS.length };
    known.conflicts += line.conflicts;
    known.rank = Math.min(known.rank, rankOf(line.record.entity));
    groups.set(line.group, known);
  }
  const of = (line: Line) => groups.get(line.group) ?? { conflicts: 0, rank: OWNERS.length };
  return lines.toSorted(
    (a, b) =>
      Number(of(b).conflicts > 0) - Number(of(a).conflicts > 0) ||
      of(a).rank - of(b).rank ||
      a.group.localeCompare(b.group) ||
      rankOf(a.record.entity) - rankOf(b.record.entity) ||
      a.record.title.localeCompare(b.record.title),
  );
}

/** Returns the line after this one, the first after the last. */
export function lineAfter(lines: readonly Line[], id: string | null): Line | undefined {
  const at = lines.findIndex((line) => line.id === id);
  return lines[(at + 1) % Math.max(1, lines.length)];
}

/** Returns the records of each kind, the most numerous first, in the order of their titles. */
export function byKind(records: readonly RecordChanges[]): { entity: string; records: RecordChanges[] }[] {
  return [...new Set(records.map((one) => one.entity))]
    .map((entity) => ({ entity, of: records.filter((one) => one.entity === entity) }))
    .map(({ entity, of }) => ({ entity, records: of.toSorted((a, b) => a.title.localeCompare(b.title)) }))
    .toSorted((a, b) => b.records.length - a.records.length || a.entity.localeCompare(b.entity));
}

const differs = ({ before, after }: RecordChanges["fields"][number]) =>
  JSON.stringify(before) !== JSON.stringify(after);

/** Returns the fields that are not the same on both sides. */
export const differingFields = (record: Pick<RecordChanges, "fields">) => record.fields.filter(differs);

/** Returns all the fields, those that are not the same on both sides first. */
export const differingFirst = (record: Pick<RecordChanges, "fields">) =>
  record.fields.toSorted((a, b) => Number(differs(b)) - Number(differs(a)));
