/** One action for each entity that makes sense alone: « Créer : Structure », found by name in the palette. */
import { entitiesByHand } from "$lib/api";
import { entityIcon } from "$lib/kit";
import { entityName, t } from "$lib/messages";
import { createRecord, type Action } from "$lib/navigation";

export function createActions(): Action[] {
  return entitiesByHand().map((entity) => ({
    id: `create:${entity}`,
    label: t("kit.form.create", { what: entityName(entity) }),
    icon: entityIcon(entity),
    also: t("app.action.create_also"),
    run: () => createRecord(entity),
  }));
}
