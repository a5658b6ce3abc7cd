/** The history of a record read field by field: which fields changed, and the values that one of them had. Pure. */
import { fieldMeta, type HistoryEntry, type RecordView, type Value } from "$lib/api";
import { fieldTitle, splitField } from "./changes";

/** A value that a field had, and the commit that wrote it. */
export interface PastValue {
  value: Value;
  entry: HistoryEntry;
  /** It is the one that shows now. */
  isShown: boolean;
}

/** Returns the fields that these commits changed in the record, by their label. */
export function changedFields(
  record: Pick<RecordView, "entity" | "id">,
  entries: readonly HistoryEntry[],
): { value: string; label: string }[] {
  const names = new Set<string>();
  for (const entry of entries)
    for (const change of entry.changes) if (change.row === record.id) names.add(wholeName(change.field));
  return [...names]
    .map((value) => ({ value, label: fieldTitle(record.entity, value) }))
    .toSorted((a, b) => a.label.localeCompare(b.label));
}

/** The elements of a list are told together; a level is told for its own field. */
function wholeName(field: string): string {
  const { name } = splitField(field);
  return name === "field_levels" ? field : name;
}

/** Returns the commits that changed a field, each with its changes of that field alone. */
export function entriesOf(entries: readonly HistoryEntry[], id: string, field: string): HistoryEntry[] {
  return entries
    .map((entry) => ({
      ...entry,
      changes: entry.changes.filter((change) => change.row === id && wholeName(change.field) === field),
    }))
    .filter((entry) => entry.changes.length > 0);
}

/** Says whether the values of a field follow one another, so that one can be put back. */
export function holdsOneValue(entity: string, field: string): boolean {
  if (field === "confidentiality" || field.startsWith("field_levels/")) return true;
  const kind = fieldMeta(entity, field)?.kind;
  return kind !== undefined && !["enums", "steps", "refs", "any_refs", "languages"].includes(kind);
}

/** Returns the commit that wrote what a field of one value holds, where it is among these. */
export const writtenIn = (
  entries: readonly HistoryEntry[],
  id: string,
  field: string,
  value: Value,
): HistoryEntry | undefined => pastValues(entries, id, field, value).find((past) => past.isShown)?.entry;

/** Returns the values that a field had, the latest first; the one that shows is told apart once. */
export function pastValues(
  entries: readonly HistoryEntry[],
  id: string,
  field: string,
  shown: Value,
): PastValue[] {
  let isFound = false;
  return entriesOf(entries, id, field).flatMap((entry) =>
    entry.changes.slice(-1).map((change) => {
      const isShown = !isFound && (change.after ?? null) === (shown ?? null);
      isFound ||= isShown;
      return { value: change.after ?? null, entry, isShown };
    }),
  );
}
