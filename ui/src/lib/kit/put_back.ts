/** Writing back values that fields had: a new edit, the history stays whole. */
import {
  listOf,
  recordGet,
  remove,
  restore,
  save,
  type CommitRef,
  type EntityName,
  type Level,
  type Patch,
  type Value,
} from "$lib/api";
import { splitField } from "./changes";

/** A value to write into a field as the log names it: `name`, `name/element`, a level, the record itself. */
export interface Wanted {
  field: string;
  value: Value;
  /** What the screen showed there: where anything else stands by now, it stays. */
  over: Value;
}

/** Writes a value back into a field. */
export const putBack = (entity: EntityName, id: string, wanted: Wanted, label: string) =>
  putAllBack(entity, id, [wanted], label);

/** Writes several values back into a record in one edit; a record that goes or comes back does nothing else. */
export async function putAllBack(
  entity: EntityName,
  id: string,
  wanted: readonly Wanted[],
  label: string,
): Promise<CommitRef | null> {
  const deletion = wanted.find((one) => one.field === "deleted");
  if (deletion) return deletion.value ? remove({ entity, id, title: label }) : restore(entity, id, label);
  const levels: Record<string, Level | null> = {};
  const patch: Patch = {};
  const over: Patch = {};
  const lists = new Map<string, string[]>();
  for (const { field, value, over: shown } of wanted) {
    const { name, element } = splitField(field);
    if (name === "confidentiality" || name === "field_levels") levels[element || "*"] = value as Level | null;
    else if (element === "") {
      patch[name] = value;
      over[name] = shown;
    } else {
      const list = lists.get(name) ?? listOf(await recordGet(entity, id), name);
      const others = list.filter((one) => one !== element);
      lists.set(name, value ? [...others, element] : others);
    }
  }
  const request = { entity, id, patch: { ...patch, ...Object.fromEntries(lists) }, over, label };
  const saved = await save(Object.keys(levels).length > 0 ? { ...request, levels } : request);
  return saved.commit;
}
