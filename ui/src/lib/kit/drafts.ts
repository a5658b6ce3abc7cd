/** Text typed in a field and the value the core keeps, for the kinds that are typed on one line. Pure. */
import type { FieldKind, Value } from "$lib/api";
import { readMinutes, readNumber, readTime, showMinutes, showTime } from "$lib/messages";

/** Returns a stored value as it is edited. */
export function toDraft(kind: FieldKind, value: Value | undefined): string {
  if (value === null || value === undefined) return "";
  if (kind === "min") return showMinutes(value) || String(value);
  if (kind === "time") return showTime(value) || String(value);
  if (typeof value === "number") return String(value).replace(".", ",");
  return String(value);
}

/** Returns what to hand to the core for a draft. What cannot be read goes as typed: the core says why it refuses. */
export function fromDraft(kind: FieldKind, draft: string): Value {
  const text = draft.trim();
  if (text === "") return null;
  if (kind === "int" || kind === "num" || kind === "eur") return readNumber(text) ?? text;
  if (kind === "min") return readMinutes(text) ?? text;
  if (kind === "time") return readTime(text);
  return kind === "long" ? draft : text;
}
