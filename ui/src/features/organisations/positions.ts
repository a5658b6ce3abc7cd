/** A position in an organisation, in words. Pure: reads records, touches no screen. */
import { textOf, type RecordView } from "$lib/api";
import { showDate, t, type IsoDate } from "$lib/messages";

/** Says whether a position is over. */
export function isPast(affiliation: RecordView, today: IsoDate): boolean {
  const ends = textOf(affiliation, "ends_on");
  return ends !== "" && ends <= today;
}

/** Returns since when, or from when to when, a position is held; empty when nobody noted it. */
export function years(affiliation: RecordView): string {
  const since = textOf(affiliation, "starts_on");
  const until = textOf(affiliation, "ends_on");
  const month = (day: string) => showDate(day, "month");
  if (since && until) return t("organisations.from_to", { from: month(since), to: month(until) });
  if (since) return t("organisations.since", { when: month(since) });
  return until ? t("organisations.until", { when: month(until) }) : "";
}

/** Returns the first letters of the first and of the last word of a name. */
export function initialsOf(name: string): string {
  const words = name.split(/\s+/u).filter(Boolean);
  const letters = [words[0], words.length > 1 ? words.at(-1) : undefined];
  return letters.map((word) => word?.charAt(0).toUpperCase() ?? "").join("");
}
