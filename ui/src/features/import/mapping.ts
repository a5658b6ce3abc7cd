/** How the columns of a file fill the fields of an entity. Pure: no file is read, nothing is asked. */
import {
  fieldMeta,
  fieldsOf,
  type EntityName,
  type FieldMeta,
  type ImportMapping,
  type ImportPlan,
  type Value,
} from "$lib/api";

/** What a person corrects in the reading of the file. */
export type Reading = Pick<ImportMapping, "encoding" | "separator" | "header_line">;

/** Kinds of field whose value may come from several columns, one after the other. */
const GATHERS = new Set(["text", "long", "enums", "steps", "languages", "refs", "any_refs"]);
/** What fills a required field under another name. */
const STANDS_FOR: Record<string, string[]> = { full_name: ["last_name", "first_name"] };

/** Returns the mapping that a plan proposes. */
export function mappingOf(plan: ImportPlan): ImportMapping {
  return {
    entity: plan.entity,
    encoding: plan.encoding,
    separator: plan.separator,
    header_line: plan.header_line,
    columns: Object.fromEntries(plan.columns.map((column) => [column.index, column.field])),
    defaults: Object.fromEntries(Object.entries(plan.defaults).map(([field, { value }]) => [field, value])),
    key: plan.key,
  };
}

/** Returns a mapping that only says how to read the file: columns, defaults and key are proposed anew. */
export function readingOnly(entity: EntityName, reading: Reading): ImportMapping {
  const { encoding, separator, header_line } = reading;
  return { entity, encoding, separator, header_line, columns: {}, defaults: {}, key: [] };
}

/** Returns what some column fills: fields, or fields of linked records (`organisation.name`). */
export function filledFields(mapping: ImportMapping): string[] {
  return [...new Set(Object.values(mapping.columns).filter((field): field is string => field !== null))];
}

/** Returns the fields of the entity itself that some column fills, through a linked record or not. */
export function filledOwn(mapping: ImportMapping): string[] {
  const own = filledFields(mapping)
    .filter((target) => !target.startsWith("+"))
    .flatMap((target) => STANDS_FOR[target] ?? target.split(".", 1));
  return [...new Set(own)];
}

/**
 * Gives a column its field, or leaves it aside. A field that cannot gather several columns is taken from the one that
 * had it, and what no column fills any more recognises no record.
 */
export function withField(mapping: ImportMapping, index: number, field: string | null): ImportMapping {
  const meta = field === null ? undefined : fieldMeta(mapping.entity, field);
  const isSingle = meta !== undefined && (meta.required || !GATHERS.has(meta.kind));
  const columns = Object.fromEntries(
    Object.entries(mapping.columns).map(([at, had]) => [at, isSingle && had === field ? null : had]),
  );
  columns[index] = field;
  const next = { ...mapping, columns };
  const filled = filledOwn(next);
  return { ...next, key: mapping.key.filter((one) => filled.includes(one)) };
}

/** Gives a required field without column its value; emptied, it is still to be given. */
export function withDefault(mapping: ImportMapping, field: string, value: Value): ImportMapping {
  return { ...mapping, defaults: { ...mapping.defaults, [field]: value ?? "" } };
}

/** Returns the fields whose value is the same for every row: required ones without a column, and the plan's own. */
export function sameForAll(mapping: ImportMapping): FieldMeta[] {
  const filled = new Set(filledOwn(mapping));
  return fieldsOf(mapping.entity).filter(
    (field) => !filled.has(field.name) && (field.required || field.name in mapping.defaults),
  );
}

/** Returns the required fields that nothing fills. */
export function missing(mapping: ImportMapping): FieldMeta[] {
  const isEmpty = (value: Value | undefined) => value === undefined || value === null || value === "";
  return sameForAll(mapping).filter((field) => field.required && isEmpty(mapping.defaults[field.name]));
}

/** Returns the mapping to send: a value for every row only where no column fills the field. */
export function toSend(mapping: ImportMapping): ImportMapping {
  const kept = new Set(sameForAll(mapping).map((field) => field.name));
  const filled = new Set(filledOwn(mapping));
  const isKept = ([field, value]: [string, Value]) =>
    value !== null &&
    value !== "" &&
    !filled.has(field) &&
    (kept.has(field) || !fieldMeta(mapping.entity, field));
  return { ...mapping, defaults: Object.fromEntries(Object.entries(mapping.defaults).filter(isKept)) };
}
