/** How a conflict reads: where each value was written, by whom and when, what keeping both would write. */
import { fieldMeta, type ConflictHead, type ConflictView, type Settlement, type Value } from "$lib/api";
import {
  isoDateTime,
  shown,
  showNear,
  showTime,
  t,
  daysBetween,
  type IsoDate,
  type IsoDateTime,
} from "$lib/messages";
import { href } from "$lib/navigation";
import { fieldTitle, MERGED_INTO, splitField, valueInWords } from "./changes";

/** Returns the name of a side: here, there, or the device when « there » would not tell which. */
export function sideName(head: ConflictHead, heads: readonly ConflictHead[]): string {
  if (head.is_here) return head.typed === null ? t("kit.conflict.here") : t("kit.conflict.typed");
  const elsewhere = heads.filter((one) => !one.is_here);
  return elsewhere.length === 1 && heads.length > 1 ? t("kit.conflict.there") : shown(head.device_name);
}

/** Returns a day as it stands in a sentence: « lundi », « le 20 oct. ». */
export function onDay(when: IsoDateTime, today: IsoDate): string {
  const near = showNear(when, today);
  return Math.abs(daysBetween(today, when.slice(0, 10))) < 7 ? near : t("kit.on_day", { day: near });
}

/** Returns a moment as people say it: « lundi à 17 h 05 ». */
export function moment(wallTime: string, today: IsoDate): string {
  const when = isoDateTime(new Date(wallTime));
  return t("kit.when", { day: onDay(when, today), time: showTime(when) });
}

/** Returns who wrote a value, on which device, when; that it waits, where it is in no commit yet. */
export function signature(head: ConflictHead, today: IsoDate): string {
  const who =
    head.typed === null ? [head.author] : [t("kit.conflict.waits"), head.is_here ? "" : head.author];
  const parts = [...who, head.is_here ? "" : head.device_name, moment(head.wall_time, today)];
  return parts.filter(Boolean).map(shown).join(", ");
}

/** Returns a value of the field in words. */
export function conflictValue(conflict: ConflictView, value: Value): string {
  if (isOfUnion(conflict)) {
    const named = conflict.refs[`${conflict.entity}/${String(value)}`];
    if (named) return t("kit.conflict.united", { record: shown(named.title) });
    if (value === null) return t("kit.conflict.apart");
  }
  return valueInWords(conflict.entity, conflict.field, value, conflict.refs) || t("kit.field.none");
}

/** Says whether what is to settle is if a record is one with another. */
export const isOfUnion = (conflict: Pick<ConflictView, "field">): boolean => conflict.field === MERGED_INTO;

/** Returns what a button says that keeps a value. */
export function keepWords(head: ConflictHead, conflict: Pick<ConflictView, "field" | "heads">): string {
  if (isOfUnion(conflict)) return t(head.value === null ? "kit.conflict.leave_apart" : "kit.conflict.unite");
  return t("kit.conflict.keep", { side: sideName(head, conflict.heads) });
}

/** Returns the address where the two records of such a conflict are set side by side; null for another conflict. */
export function comparedAt(
  conflict: Pick<ConflictView, "entity" | "row" | "field" | "heads">,
): string | null {
  const into = conflict.heads.find((head) => typeof head.value === "string")?.value;
  const isParted = isOfUnion(conflict) && conflict.heads.some((head) => head.value === null);
  return isParted && typeof into === "string"
    ? href("/structures/doublons", { paire: [conflict.entity, into, conflict.row].join("~") })
    : null;
}

/**
 * Says whether the choice can be taken back at once: undoing one between values that stood side by side would choose the
 * other, and is done from the history.
 */
export const canTakeBack = (conflict: Pick<ConflictView, "field">): boolean => isOfUnion(conflict);

export const conflictField = (conflict: ConflictView) => fieldTitle(conflict.entity, conflict.field);

/** Says whether the values are texts that can stand one under the other. */
export const canKeepBoth = (conflict: ConflictView): boolean =>
  conflict.is_text &&
  conflict.heads.every((head) => typeof head.value === "string" && head.value.trim() !== "");

/** Returns the text that holds every value: on one line after the other, or under one another in a note. */
export function bothTexts(conflict: ConflictView): string {
  const texts = conflict.heads.map((head) => String(head.value).trim());
  const kind = fieldMeta(conflict.entity, splitField(conflict.field).name)?.kind;
  return texts.join(kind === "long" ? "\n\n" : " / ");
}

/** Says whether another value can be written: an element of a list is in it or not, nothing else. */
export const canWriteAnother = (conflict: ConflictView): boolean =>
  splitField(conflict.field).element === "" && fieldMeta(conflict.entity, conflict.field) !== undefined;

/** Returns the value that its field shows now: what was typed here and waits, else the one that stands there. */
export function valueShown(conflict: ConflictView): Value {
  const { device, seq } = conflict.shown;
  const typed = typedHere([conflict]);
  const standing = conflict.heads.find((head) => head.device === device && head.seq === seq);
  return (typed ?? standing)?.value ?? conflict.before;
}

/** Returns the values with the one written here first: on the left, under key 1. */
export const hereFirst = (heads: readonly ConflictHead[]): ConflictHead[] =>
  heads.toSorted((a, b) => Number(b.is_here) - Number(a.is_here));

/** Returns what the field becomes when one of the values is kept. */
export const keeping = ({ device, seq, typed, value }: ConflictHead): Settlement => ({
  keep: typed === null ? { device, seq } : null,
  typed,
  value,
});

/** Returns what the field becomes when another value is written. */
export const writing = (value: Value): Settlement => ({ keep: null, typed: null, value });

/** Returns the same side of a conflict as it is now: words being typed go on. */
export const sideNow = (head: ConflictHead, now: ConflictView): ConflictHead =>
  now.heads.find((one) => sideKey(one) === sideKey(head)) ?? head;

/** Returns a name for one side of a conflict. */
export const sideKey = ({ device, seq, typed }: ConflictHead): string => `${device}:${seq}:${typed ?? ""}`;

/** Returns what was typed here in a field and waits, among its conflicts. */
export const typedHere = (conflicts: readonly ConflictView[]): ConflictHead | undefined =>
  conflicts.flatMap((one) => one.heads).findLast((head) => head.typed !== null && head.is_here);
