/** The words for what the core says of a list: fields, reasons, warnings, in the language on screen. */
import { fieldMeta, type EntityName, type ImportPlan, type ImportRefusal, type RefusedRow } from "$lib/api";
import { entityName, fieldName, isMessage, label, shown, t } from "$lib/messages";

/** Returns the name of what a column fills: a field, or one of a linked record (`affiliation.organisation.name`). */
export function targetName(entity: EntityName, target: string): string {
  const path = target.split(".");
  const last = path.pop() ?? target;
  let at = entity;
  let linkName = "";
  for (const part of path) {
    const link = fieldMeta(at, part);
    linkName = link ? fieldName(at, part) : entityName(part);
    at = link?.target ?? part;
  }
  const name = fieldMeta(at, last) ? fieldName(at, last) : label(`import.target.${last}`);
  return linkName ? t("import.target_of", { link: linkName, field: name }) : name;
}

/** Returns the sentence of a code under `prefix`; what is not a code of ours is shown as it came. */
export function worded(prefix: string, code: string | null, params: Record<string, string> = {}): string {
  if (code === null || code === "") return "";
  const key = `${prefix}.${code}`;
  return isMessage(key) ? label(key, params) : shown(code);
}

/** Returns why a row is refused. */
export function refusalWords(code: string, params: Record<string, string>): string {
  for (const key of [`import.reason.${code}`, `error.invalid.${code}`])
    if (isMessage(key)) return label(key, params);
  return shown(code);
}

/** Returns why a row of the result is refused. */
export function resultWords({ reason }: RefusedRow): string {
  return typeof reason === "string" ? refusalWords(reason, {}) : refusalWords(reason.code, reason.params);
}

/** Returns the title of a column, from its title or its index; empty when the whole row is refused. */
export function columnName(plan: ImportPlan, column: ImportRefusal["column"]): string {
  if (column === null || column === "") return "";
  if (typeof column === "string") return shown(column);
  const header = plan.columns.find((one) => one.index === column)?.header.trim();
  return header ? shown(header) : t("import.column_number", { number: column + 1 });
}

/** Returns the last part of a path. */
export const fileName = (path: string): string => path.split(/[\\/]/u).at(-1) ?? path;
