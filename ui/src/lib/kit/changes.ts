/** What a commit changed in a record, field by field, in words. Pure but for the names of linked records. */
import {
  fieldMeta,
  splitRef,
  type FieldKind,
  type HistoryChange,
  type Level,
  type RefTitle,
  type Value,
} from "$lib/api";
import { fieldName, shown, t } from "$lib/messages";
import { levelName } from "./levels";
import { showValue } from "./values";

export interface Change {
  /** The field as the log names it, its elements gathered. */
  name: string;
  /** Its label. */
  field: string;
  before: string;
  after: string;
}

/** A change of one field of a record. */
export interface Changed extends Pick<HistoryChange, "entity" | "field"> {
  before?: Value;
  after?: Value;
}

const DELETED = "deleted";
/** Field of the log that says which record took the place of this one. */
export const MERGED_INTO = "merged_into";
/** First part of the fields of the log that erase: a record, a field of it, or a value, named by its commit before it. */
const ERASED = "erased";
const LEVEL = "confidentiality";
const FIELD_LEVELS = "field_levels";

function element(entity: string, field: string, value: string, names: Names): string {
  const meta = fieldMeta(entity, field);
  if (!meta) return value;
  if (meta.kind === "refs" || meta.kind === "any_refs") return nameOf(value, meta.target, names);
  return showValue(meta, [value]);
}

/** Names of linked records, by `entity/id`. */
export type Names = Record<string, Pick<RefTitle, "title"> | undefined>;

function nameOf(reference: string, target: string | null, names: Names): string {
  const { entity, id } = splitRef(reference, target);
  return shown(names[`${entity}/${id}`]?.title ?? t("kit.ref.missing"));
}

function words(entity: string, field: string, value: Value | undefined, names: Names): string {
  if (value === null || value === undefined || value === "") return "";
  const meta = fieldMeta(entity, field);
  if (!meta) return typeof value === "string" ? shown(value) : String(value);
  if (isReference(meta.kind)) {
    const references = Array.isArray(value) ? value : [String(value)];
    return references.map((one) => nameOf(one, meta.target, names)).join(", ");
  }
  return showValue(meta, value);
}

const isReference = (kind: FieldKind) => /ref/u.test(kind);
const level = (value: Value | undefined) =>
  typeof value === "string" ? levelName(value as Level) : t("kit.level.default");

/** Splits `name/element`; the element is empty for a field that holds one value. */
export function splitField(field: string): { name: string; element: string } {
  const at = field.indexOf("/");
  return at < 0 ? { name: field, element: "" } : { name: field.slice(0, at), element: field.slice(at + 1) };
}

/** Says whether a change of this field is a change of the record itself or of who may read it, not of its words. */
export const isOfTheRecord = (field: string) =>
  [DELETED, MERGED_INTO, ERASED, LEVEL, FIELD_LEVELS].includes(splitField(field).name);

/** Returns the label of a field as the log names it: `name`, `name/element`, a level, the record itself. */
export function fieldTitle(entity: string, field: string): string {
  const { name, element: rest } = splitField(field);
  if (name === DELETED || name === MERGED_INTO) return t("kit.history.record");
  if (name === ERASED) return rest ? fieldTitle(entity, rest.replace(/^.*:/u, "")) : t("kit.history.record");
  if (name === LEVEL) return t("kit.level.label");
  if (name === FIELD_LEVELS) return t("kit.history.level_of", { field: fieldName(entity, rest) });
  return fieldName(entity, name);
}

/** Returns one value of a field as the log names it, in words; "" when nothing is noted. */
export function valueInWords(entity: string, field: string, value: Value | undefined, names: Names): string {
  const { name, element: rest } = splitField(field);
  if (name === DELETED) return value ? t("kit.history.removed") : t("kit.history.present");
  if (name === MERGED_INTO) return value ? t("kit.history.united") : t("kit.history.present");
  if (name === ERASED) return t("kit.history.erased");
  if (name === LEVEL || name === FIELD_LEVELS) return level(value);
  if (!rest) return words(entity, name, value, names);
  const what = element(entity, name, rest, names);
  return value ? t("kit.history.with", { what }) : t("kit.history.without", { what });
}

/** Returns the changes of one commit, the elements of a same list gathered in one line. */
export function changesInWords(changes: readonly Changed[], names: Names): Change[] {
  const lines = new Map<string, { field: string; before: string[]; after: string[] }>();
  const line = (key: string, field: string) => {
    const known = lines.get(key) ?? { field, before: [], after: [] };
    lines.set(key, known);
    return known;
  };
  for (const { entity, field, before, after } of changes) {
    const { name, element: rest } = splitField(field);
    const title = fieldTitle(entity, field);
    if (name === DELETED) {
      const one = line(field, title);
      if (before) one.before.push(t("kit.history.removed"));
      one.after.push(after ? t("kit.history.removed") : t("kit.history.brought_back"));
    } else if (name === MERGED_INTO)
      line(field, title).after.push(after ? t("kit.history.united") : t("kit.history.separated"));
    else if (name === ERASED) line(`${name}/${title}`, title).after = [t("kit.history.erased")];
    else if (name === LEVEL || name === FIELD_LEVELS) {
      const one = line(field, title);
      if (typeof before === "string") one.before.push(level(before));
      one.after.push(level(after));
    } else if (rest) {
      const one = line(name, title);
      (after ? one.after : one.before).push(element(entity, name, rest, names));
    } else {
      const one = line(name, title);
      const [old, next] = [words(entity, name, before, names), words(entity, name, after, names)];
      if (old) one.before.push(old);
      if (next) one.after.push(next);
    }
  }
  return [...lines].map(([name, { field, before, after }]) => ({
    name,
    field,
    before: before.join(", "),
    after: after.join(", "),
  }));
}

/** Returns the records that changes refer to, as `entity/id`. */
export function referencesOf(changes: readonly Changed[]): string[] {
  const found = new Set<string>();
  for (const { entity, field, before, after } of changes) {
    const { name, element: rest } = splitField(field);
    const meta = fieldMeta(entity, name);
    if (!meta || !isReference(meta.kind)) continue;
    const values = rest ? [rest] : [before, after].flat();
    for (const value of values)
      if (typeof value === "string") {
        const reference = splitRef(value, meta.target);
        found.add(`${reference.entity}/${reference.id}`);
      }
  }
  return [...found];
}
