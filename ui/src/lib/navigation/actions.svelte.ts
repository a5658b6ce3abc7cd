/**
 * Everything a person can do here and now, by name: the command palette lists it, the keyboard starts it.
 *
 * The screen on top registers last, so its shortcut wins over the window's own.
 */

import { untrack } from "svelte";

/** Something the person can start. */
export interface Action {
  id: string;
  /** The words of the menu, of the button and of the palette: the same everywhere. */
  label: string;
  icon?: string;
  /** `Ctrl+Maj+N`, `Alt+1`, `F1`; the key is named as on the keyboard's legend, digits by their physical key. */
  keys?: string;
  /** The other words under which a person may look for it. */
  also?: string;
  run: () => void;
}

// Kept beside the state: a component that goes reads the state as it was before the one that comes.
let lists: readonly (() => readonly Action[])[] = [];
let registered = $state.raw(lists);

/** Offers actions as long as the component lives. Call it while the component is being set up. */
export function offerActions(list: () => readonly Action[]): void {
  $effect.pre(() => {
    untrack(() => (registered = lists = [...lists, list]));
    return () => {
      registered = lists = lists.filter((one) => one !== list);
    };
  });
}

/** Returns the actions on offer, the screen's own first; one per id. */
export function offeredActions(): Action[] {
  const byId = new Map<string, Action>();
  for (const list of registered.toReversed())
    for (const action of list()) if (!byId.has(action.id)) byId.set(action.id, action);
  return [...byId.values()];
}

/** Returns the chord of a key event: `Ctrl+Maj+N`. Digits go by their place, so that AZERTY works with or without Maj. */
export function chordOf(
  event: Pick<KeyboardEvent, "key" | "code" | "ctrlKey" | "metaKey" | "altKey" | "shiftKey">,
): string {
  const digit = /^(?:Digit|Numpad)(\d)$/u.exec(event.code);
  const name = digit?.[1] ?? (event.key.length === 1 ? event.key.toUpperCase() : event.key);
  const isShifted = event.shiftKey && !digit && (name.length > 1 || /\p{L}/u.test(name));
  return [
    event.ctrlKey || event.metaKey ? "Ctrl+" : "",
    event.altKey ? "Alt+" : "",
    isShifted ? "Maj+" : "",
    name,
  ].join("");
}

/** Says whether a key is being typed into a text field, where single keys and Ctrl+Z belong to the text. */
export function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  if (target.isContentEditable || target instanceof HTMLTextAreaElement) return true;
  return (
    target instanceof HTMLInputElement &&
    !["checkbox", "radio", "button", "range", "file"].includes(target.type)
  );
}
