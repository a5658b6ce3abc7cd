/** How records are found and made where a field refers to them. */
import {
  fieldsOf,
  recordList,
  save,
  search,
  territoryAdopt,
  territorySearch,
  type EntityName,
  type RecordView,
} from "$lib/api";
import { entityName, label, shown, t } from "$lib/messages";
import type { Choice } from "./choices";
import { entityIcon } from "./icons";
import { tell } from "./toasts.svelte";

const AT_MOST = 12;
const REFERENCE = "territory!";

/** Finds records of `target`, or of any kind, as the person types; territories also come from the reference. */
export async function findRecords(target: EntityName | null, typed: string): Promise<Choice[]> {
  if (target === null) {
    if (typed.trim() === "") return [];
    const { hits } = await search(typed, AT_MOST);
    return hits.map((hit) => ({
      value: `${hit.entity}/${hit.id}`,
      label: shown(hit.title),
      detail: entityName(hit.entity),
      icon: entityIcon(hit.entity),
    }));
  }
  const page = await recordList({ entity: target, text: typed.trim() || null, limit: AT_MOST });
  const own = page.rows.map((row) => ({ value: row.id, label: shown(row.title), icon: entityIcon(target) }));
  if (target !== "territory" || typed.trim() === "") return own;
  const known = new Set(page.rows.flatMap((row) => [row.fields.insee_code, row.fields.siren]));
  const hits = (await territorySearch(typed, AT_MOST)).filter((hit) => !known.has(hit.code));
  return [
    ...own,
    ...hits.map((hit) => ({
      value: `${REFERENCE}${hit.kind}!${hit.code}`,
      label: shown(hit.name),
      detail: shown([label(`enum.territory_kind.${hit.kind}`), hit.detail].filter(Boolean).join(", ")),
      icon: "map",
    })),
  ];
}

/** Puts a territory of the reference into the carnet when that is what was picked; returns the choice to keep. */
export async function adopted(choice: Choice): Promise<Choice> {
  if (!choice.value.startsWith(REFERENCE)) return choice;
  const [, kind = "", code = ""] = choice.value.split("!");
  const { record } = await territoryAdopt(kind, code);
  return { ...choice, value: record.id, label: record.title };
}

/** Returns the field that names a record of this entity: what was typed goes there. */
export function namingField(entity: EntityName): string | null {
  const fields = fieldsOf(entity);
  const naming =
    fields.find((field) => field.required && field.kind === "text") ??
    fields.find((field) => field.required && field.kind === "long") ??
    fields.find((field) => field.kind === "text");
  return naming?.name ?? null;
}

/** Makes a record from its name alone, where that is all it needs; null where more must be asked. */
export async function createNamed(entity: EntityName, name: string): Promise<RecordView | null> {
  const naming = namingField(entity);
  const required = fieldsOf(entity).filter((field) => field.required);
  if (!naming || required.some((field) => field.name !== naming)) return null;
  const saved = await save({
    entity,
    id: null,
    patch: { [naming]: name },
    label: t("kit.created", { what: entityName(entity), name }),
  });
  tell(t("kit.created_notice", { what: entityName(entity), name: shown(saved.record.title) }), saved.commit);
  return saved.record;
}
