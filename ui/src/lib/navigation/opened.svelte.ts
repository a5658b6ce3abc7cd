/** Opening a record wherever it is met: on its own screen, or over the current one when it has none. */
import type { EntityName, Patch } from "$lib/api";
import { hasDialog, openDialog } from "./dialogs.svelte";
import { navigate } from "./router.svelte";
import { recordPath } from "./routes";

interface Opened {
  entity: EntityName;
  /** Null for one being created. */
  id: string | null;
  initial: Patch;
}

const state = $state<{ opened: Opened | null }>({ opened: null });

/** The record open over the screen, if any; drawn by the shell. */
export const overScreen = {
  get record() {
    return state.opened;
  },
  close() {
    state.opened = null;
  },
};

/** Opens a record on its screen, or over this one. */
export function openRecord(entity: EntityName, id: string): void {
  const path = recordPath(entity, id);
  if (path) navigate(path);
  else state.opened = { entity, id, initial: {} };
}

/** Asks for a new record over this screen, with what is already known of it: in a dialog of its own if it has one. */
export function createRecord(entity: EntityName, initial: Patch = {}): void {
  const own = `create:${entity}`;
  if (hasDialog(own)) return openDialog(own as "create:organisation", { initial });
  state.opened = { entity, id: null, initial };
}
