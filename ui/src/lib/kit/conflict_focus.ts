/**
 * Going from one thing to be decided on screen to the next, and arriving somewhere when there is none left: values in
 * conflict, records that came back from the bin.
 */

const ANY = "[data-conflict]";
/** The control of a card that answers first: the value pointed at, else its first act. */
const FIRST = "input:checked, input[type=radio], [data-first]";

const onScreen = () => [...document.querySelectorAll<HTMLElement>(ANY)];

/** Returns the name of the first on screen. */
export const firstConflict = (): string | null => onScreen()[0]?.dataset.conflict ?? null;

/** Returns the name of the one that comes after this one on screen, the first after the last. */
export function nextConflict(from: HTMLElement): string | null {
  const all = onScreen();
  const next = all[(all.indexOf(from) + 1) % all.length];
  return next && next !== from ? (next.dataset.conflict ?? null) : null;
}

/**
 * Gives focus to one; when it is not there, to `home`, to where the list of them stood or to the content of the screen.
 * Returns whether it was.
 */
export function goToConflict(id: string | null, home: HTMLElement | null = null): boolean {
  const dialog = document.querySelector<HTMLElement>("dialog[open]");
  const row = onScreen().findLast((one) => one.dataset.conflict === id);
  const target = row?.querySelector<HTMLElement>(FIRST) ?? row;
  const list = document.querySelector<HTMLElement>("[data-conflicts]");
  const stays = home?.isConnected ? home : null;
  (target ?? stays ?? dialog ?? list ?? document.getElementById("contenu"))?.focus();
  row?.scrollIntoView({ block: "nearest" });
  return row !== undefined;
}
