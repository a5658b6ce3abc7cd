/**
 * What the shell announces: which entities a commit has touched, here or in another copy, the state of the exchange, and
 * that the file manager asks for a carnet.
 */
import { listen } from "@tauri-apps/api/event";
import type { Changed, ExchangeState } from "./generated/types";
import type { EntityName } from "./types";

type Listener = (entities: readonly EntityName[]) => void;
type ExchangeListener = (state: ExchangeState) => void;

const listeners = new Set<Listener>();
const exchangeListeners = new Set<ExchangeListener>();
let isListening = false;

function start(): void {
  if (isListening) return;
  isListening = true;
  const tell = (entities: readonly EntityName[]) => {
    for (const one of listeners) one(entities);
  };
  void listen<Changed>("carnet://changed", (event) => tell(event.payload.entities));
  void listen<ExchangeState>("exchange-changed", (event) => {
    for (const one of exchangeListeners) one(event.payload);
  });
}

/**
 * Calls `listener` after each commit that touches one of `entities` (all when empty), whether it was made here or came
 * from another copy; returns how to stop.
 */
export function onChanged(entities: readonly EntityName[], listener: Listener): () => void {
  start();
  const filtered: Listener = (changed) => {
    if (entities.length === 0 || changed.some((entity) => entities.includes(entity))) listener(changed);
  };
  listeners.add(filtered);
  return () => listeners.delete(filtered);
}

/** Calls `listener` each time the file manager asks for a carnet; returns how to stop. */
export function onAsked(listener: () => void): () => void {
  const listening = listen("carnet-asked", listener);
  return () => void listening.then((stop) => stop());
}

/** Calls `listener` each time the state of the exchange changes; returns how to stop. */
export function onExchange(listener: ExchangeListener): () => void {
  start();
  exchangeListeners.add(listener);
  return () => exchangeListeners.delete(listener);
}
