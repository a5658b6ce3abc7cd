/** The keyboard of the window: starts the action on offer under a chord, and goes from zone to zone. */
import { chordOf, isTyping, offeredActions } from "$lib/navigation";

const ZONES = ["sidebar", "topbar", "content", "panel"];
const FOCUSABLE = "a[href], button:not([disabled]), input, select, textarea, [tabindex='0']";
/** Inside a text these belong to the text. */
const OF_THE_TEXT = new Set(["Ctrl+Z", "Ctrl+Maj+Z", "Alt+ArrowLeft", "Alt+ArrowRight"]);

/** Moves focus to the next zone of the window: sidebar, title bar, content, panel. */
export function goToZone(step: 1 | -1): void {
  const zones = ZONES.flatMap((name) => [...document.querySelectorAll<HTMLElement>(`[data-zone="${name}"]`)]);
  if (zones.length === 0) return;
  const at = zones.findIndex((zone) => zone.contains(document.activeElement));
  const zone = zones[(at + step + zones.length) % zones.length];
  const inside = zone?.dataset.zone === "content" ? null : zone?.querySelector<HTMLElement>(FOCUSABLE);
  (inside ?? zone)?.focus();
}

/** Handles a key of the window; a dialog that is open keeps its keys. */
export function onWindowKey(event: KeyboardEvent): void {
  if (event.defaultPrevented || event.isComposing) return;
  const chord = chordOf(event);
  if (isTyping(event.target) && (OF_THE_TEXT.has(chord) || chord.length === 1)) return;
  const isInDialog = document.querySelector("dialog[open]") !== null;
  if (isInDialog && chord !== "Ctrl+K" && chord !== "Ctrl+Maj+K") return;
  if (chord === "F6" || chord === "Maj+F6") {
    event.preventDefault();
    goToZone(chord === "F6" ? 1 : -1);
    return;
  }
  const action = offeredActions().find((one) => one.keys === chord);
  if (!action) return;
  event.preventDefault();
  action.run();
}
