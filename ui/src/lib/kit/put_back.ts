/** Writing back a value that a field had: a new edit, the history stays whole. */
import {
  listOf,
  recordGet,
  remove,
  restore,
  save,
  type CommitRef,
  type EntityName,
  type Level,
  type Value,
} from "$lib/api";
import { splitField } from "./changes";

/** Writes `value` into a field as the log names it: `name`, `name/element`, a level, the record itself. */
export async function putBack(
  entity: EntityName,
  id: string,
  field: string,
  value: Value,
  label: string,
): Promise<CommitRef | null> {
  const { name, element } = splitField(field);
  if (name === "deleted") return value ? remove({ entity, id, title: label }) : restore(entity, id, label);
  if (name === "confidentiality" || name === "field_levels") {
    const levels = { [element || "*"]: (value ?? null) as Level | null };
    return (await save({ entity, id, patch: {}, levels, label })).commit;
  }
  const wanted = element === "" ? value : await withElement(entity, id, name, element, Boolean(value));
  return (await save({ entity, id, patch: { [name]: wanted }, label })).commit;
}

async function withElement(entity: EntityName, id: string, field: string, element: string, isIn: boolean) {
  const list = listOf(await recordGet(entity, id), field).filter((one) => one !== element);
  return isIn ? [...list, element] : list;
}
