/** Going from one conflict of the screen to the next, and arriving somewhere when there is none left. */

const ANY = "[data-conflict]";

/** Returns the name of the conflict that comes after this one on screen, the first after the last. */
export function nextConflict(from: HTMLElement): string | null {
  const all = [...document.querySelectorAll<HTMLElement>(ANY)];
  const next = all[(all.indexOf(from) + 1) % all.length];
  return next && next !== from ? (next.dataset.conflict ?? null) : null;
}

/**
 * Gives focus to a conflict; when it is not there, to `home` or to the content of the screen. Returns whether it was.
 */
export function goToConflict(id: string | null, home: HTMLElement | null = null): boolean {
  const all = [...document.querySelectorAll<HTMLElement>(ANY)];
  const dialog = document.querySelector<HTMLElement>("dialog[open]");
  const row = all.findLast((one) => one.dataset.conflict === id);
  const target = row?.querySelector<HTMLElement>("input:checked, input[type=radio]") ?? row;
  (target ?? (home?.isConnected ? home : null) ?? dialog ?? document.getElementById("contenu"))?.focus();
  row?.scrollIntoView({ block: "nearest" });
  return row !== undefined;
}
