/** The model's definitions, as the core generates them: what a form needs to know of a field. */
import { ENUMS, MODEL } from "./generated/model";
import type { EntityName, Level, Patch, RecordChange, RecordView, RefTitle, Value } from "./types";

export { DOCUMENTS } from "./generated/model";

export type FieldKind =
  | "text"
  | "long"
  | "date"
  | "time"
  | "datetime"
  | "int"
  | "num"
  | "bool"
  | "eur"
  | "min"
  | "file"
  | "country"
  | "languages"
  | "steps"
  | "enum"
  | "enums"
  | "ref"
  | "refs"
  | "any_ref"
  | "any_refs";

export interface FieldMeta {
  name: string;
  kind: FieldKind;
  /** The enumeration or the entity the field names. */
  target: string | null;
  required: boolean;
  level: Level | null;
  /** One of the few fields a record opens on. */
  is_brief: boolean;
}

export interface GroupMeta {
  name: string;
  fields: FieldMeta[];
}

export interface EntityMeta {
  level: Level;
  groups: GroupMeta[];
}

const model = MODEL as unknown as Record<EntityName, EntityMeta | undefined>;
const enums = ENUMS as unknown as Record<string, string[] | undefined>;

/** Returns the names of all entities. */
export const entityNames = (): EntityName[] => Object.keys(model);

/** What the program writes itself, of what an officer does. */
const WRITTEN_BY_ITSELF: ReadonlySet<EntityName> = new Set([
  "status_change",
  "distinct_pair",
  "export_record",
]);

/** The entities of which an officer makes records. */
export const entitiesByHand = (): EntityName[] =>
  entityNames().filter((entity) => !WRITTEN_BY_ITSELF.has(entity));

/** Returns the definition of an entity; undefined for a name the model does not have. */
export const entityMeta = (entity: EntityName): EntityMeta | undefined => model[entity];

/** Returns all fields of an entity, in the order of the model. */
export const fieldsOf = (entity: EntityName): FieldMeta[] =>
  (model[entity]?.groups ?? []).flatMap((group) => group.fields);

/** Returns the definition of one field. */
export const fieldMeta = (entity: EntityName, field: string): FieldMeta | undefined =>
  fieldsOf(entity).find((one) => one.name === field);

/** Returns the codes of an enumeration, in the order of the model. */
export const enumValues = (enumeration: string): string[] => enums[enumeration] ?? [];

/** Returns a field's text, or "" when it holds none. */
export function textOf(record: RecordView | undefined, field: string): string {
  const value = record?.fields[field];
  return typeof value === "string" ? value : "";
}

/** Returns a field's number, or null. */
export function numberOf(record: RecordView | undefined, field: string): number | null {
  const value = record?.fields[field];
  return typeof value === "number" ? value : null;
}

/** Returns a field's list, empty when it holds none. */
export function listOf(record: RecordView | undefined, field: string): string[] {
  const value: Value | undefined = record?.fields[field];
  return Array.isArray(value) ? value : [];
}

/** Returns what a record on screen holds in the fields of a patch: what an edit of them is made over. */
export const shownIn = (record: Pick<RecordView, "fields">, patch: Patch): Patch =>
  Object.fromEntries(Object.keys(patch).map((field) => [field, record.fields[field] ?? null]));

/** An edit of one record, over what was shown of it. */
export type Edit = RecordChange & { id: string; over: Patch };
/** Makes an edit of a record on screen: refused where anything else stands by now than what the screen showed. */
export const editOf = (record: Pick<RecordView, "entity" | "id" | "fields">, patch: Patch): Edit => ({
  entity: record.entity,
  id: record.id,
  patch,
  over: shownIn(record, patch),
});

/** Splits `entity/id`; a bare id belongs to `target`. */
export function splitRef(reference: string, target: EntityName | null): { entity: EntityName; id: string } {
  const at = reference.indexOf("/");
  if (at > 0) return { entity: reference.slice(0, at), id: reference.slice(at + 1) };
  return { entity: target ?? "", id: reference };
}

/** Returns the title of the record that a reference field points to. */
export function refOf(
  record: RecordView | undefined,
  field: string,
): (RefTitle & { entity: EntityName; id: string }) | null {
  const value = record?.fields[field];
  if (!record || typeof value !== "string" || value === "") return null;
  const target = fieldMeta(record.entity, field)?.target ?? null;
  const { entity, id } = splitRef(value, target);
  const found = record.refs[`${entity}/${id}`];
  return found ? { ...found, entity, id } : null;
}

/** Returns the titles of all the records that a list of references points to. */
export function refsOf(
  record: RecordView | undefined,
  field: string,
): (RefTitle & { entity: EntityName; id: string })[] {
  const target = record ? (fieldMeta(record.entity, field)?.target ?? null) : null;
  return listOf(record, field).flatMap((reference) => {
    const { entity, id } = splitRef(reference, target);
    const found = record?.refs[`${entity}/${id}`];
    return found ? [{ ...found, entity, id }] : [];
  });
}
