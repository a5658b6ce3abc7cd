/** One action for each entity that makes sense alone: « Créer : Structure », found by name in the palette. */
import { entityNames } from "$lib/api";
import { entityIcon } from "$lib/kit";
import { entityName, t } from "$lib/messages";
import { createRecord, type Action } from "$lib/navigation";

/** Written by the program itself, never by hand. */
const NOT_BY_HAND = new Set([
  "status_change",
  "distinct_pair",
  "check_answer",
  "check_result",
  "setting",
  "settings",
]);

export function createActions(): Action[] {
  return entityNames()
    .filter((entity) => !NOT_BY_HAND.has(entity))
    .map((entity) => ({
      id: `create:${entity}`,
      label: t("kit.form.create", { what: entityName(entity) }),
      icon: entityIcon(entity),
      also: t("app.action.create_also"),
      run: () => createRecord(entity),
    }));
}
