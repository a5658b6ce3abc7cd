/** What the shell announces: which entities a commit has touched. */
import { listen } from "@tauri-apps/api/event";
import type { Changed } from "./generated/types";
import type { EntityName } from "./types";

type Listener = (entities: readonly EntityName[]) => void;

const listeners = new Set<Listener>();
let isListening = false;

/** Calls `listener` after each commit that touches one of `entities` (all when empty); returns how to stop. */
export function onChanged(entities: readonly EntityName[], listener: Listener): () => void {
  if (!isListening) {
    isListening = true;
    void listen<Changed>("carnet://changed", (event) => {
      for (const one of listeners) one(event.payload.entities);
    });
  }
  const filtered: Listener = (changed) => {
    if (entities.length === 0 || changed.some((entity) => entities.includes(entity))) listener(changed);
  };
  listeners.add(filtered);
  return () => listeners.delete(filtered);
}
