/** The words for what the core says of a list: fields, reasons, warnings, in the language on screen. */
import { fieldMeta, type EntityName } from "$lib/api";
import {
  entitiesName,
  entityName,
  fieldName,
  isMessage,
  label,
  showCount,
  shown,
  t,
  type MessageParams,
} from "$lib/messages";

/** Returns the name of what a column fills: a field, or one of a linked record (`affiliation.organisation.name`). */
export function targetName(entity: EntityName, target: string): string {
  if (target.startsWith("+")) return t("import.appended_to", { field: targetName(entity, target.slice(1)) });
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

/** Returns the sentence of a code under `prefix`; nothing for a code that has none. */
export function worded(prefix: string, code: string | null, params: MessageParams = {}): string {
  const key = `${prefix}.${code ?? ""}`;
  return isMessage(key) ? label(key, params) : "";
}

/** Returns why a row is refused. */
export function refusalWords(code: string, params: Record<string, string>): string {
  for (const key of [`import.reason.${code}`, `error.invalid.${code}`])
    if (isMessage(key)) return label(key, params);
  return shown(code);
}

/** Returns what was made beside the rows themselves: « 12 structures, 3 territoires » in the words of the model. */
export function linkedWords(linked: Record<EntityName, number>): string {
  return Object.entries(linked)
    .filter(([, count]) => count > 0)
    .map(([entity, count]) =>
      t("import.linked_one", { entity: entitiesName(entity), shown: showCount(count) }),
    )
    .join(", ");
}

/** Returns the last part of a path. */
export const fileName = (path: string): string => path.split(/[\\/]/u).at(-1) ?? path;
