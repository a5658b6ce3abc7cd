/** What a commit changed in a record, field by field, in words. Pure but for the names of linked records. */
import { fieldMeta, splitRef, type HistoryChange, type RefTitle, type Value } from "$lib/api";
import { fieldName, shown, t } from "$lib/messages";
import { levelName } from "./levels";
import { showValue } from "./values";

export interface Change {
  field: string;
  before: string;
  after: string;
}

const DELETED = "deleted";
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
  if ((meta.kind === "ref" || meta.kind === "any_ref") && typeof value === "string")
    return nameOf(value, meta.target, names);
  return showValue(meta, value);
}

/** Returns the changes of one commit, the elements of a same list gathered in one line. */
export function changesInWords(changes: readonly HistoryChange[], names: Names): Change[] {
  const lines = new Map<string, { field: string; before: string[]; after: string[] }>();
  const line = (key: string, field: string) => {
    const known = lines.get(key) ?? { field, before: [], after: [] };
    lines.set(key, known);
    return known;
  };
  for (const { entity, field, before, after } of changes) {
    const at = field.indexOf("/");
    const [name, rest] = at < 0 ? [field, ""] : [field.slice(0, at), field.slice(at + 1)];
    if (name === DELETED)
      line(field, t("kit.history.record")).after.push(
        after ? t("kit.history.removed") : t("kit.history.brought_back"),
      );
    else if (name === LEVEL || name === FIELD_LEVELS) {
      const of =
        name === LEVEL ? t("kit.level.label") : t("kit.history.level_of", { field: fieldName(entity, rest) });
      const one = line(field, of);
      if (typeof before === "string") one.before.push(levelName(before as Parameters<typeof levelName>[0]));
      one.after.push(
        typeof after === "string"
          ? levelName(after as Parameters<typeof levelName>[0])
          : t("kit.level.default"),
      );
    } else if (rest) {
      const one = line(name, fieldName(entity, name));
      (after ? one.after : one.before).push(element(entity, name, rest, names));
    } else {
      const one = line(name, fieldName(entity, name));
      const [old, next] = [words(entity, name, before, names), words(entity, name, after, names)];
      if (old) one.before.push(old);
      if (next) one.after.push(next);
    }
  }
  return [...lines.values()].map(({ field, before, after }) => ({
    field,
    before: before.join(", "),
    after: after.join(", "),
  }));
}

/** Returns the records that changes refer to, as `entity/id`. */
export function referencesOf(changes: readonly HistoryChange[]): string[] {
  const found = new Set<string>();
  for (const { entity, field, before, after } of changes) {
    const at = field.indexOf("/");
    const meta = fieldMeta(entity, at < 0 ? field : field.slice(0, at));
    if (!meta || !/ref/u.test(meta.kind)) continue;
    const values = at < 0 ? [before, after] : [field.slice(at + 1)];
    for (const value of values)
      if (typeof value === "string") {
        const reference = splitRef(value, meta.target);
        found.add(`${reference.entity}/${reference.id}`);
      }
  }
  return [...found];
}
