/** How exchanges, devices and backups are told. */
import { onDay } from "$lib/kit";
import type { Backup, Batch, ExchangeDevice, ExchangeDone, ExchangeState, RecordChanges } from "$lib/api";
import {
  isoDateTime,
  kindName,
  opening,
  showCount,
  showDate,
  showNumber,
  showTime,
  shown,
  t,
  type IsoDate,
} from "$lib/messages";

/** Returns what remains to be decided, by kind: « 2 valeurs modifiées des deux côtés, une fiche revenue… ». */
export function toSettleInWords({
  conflicts,
  revived,
}: Pick<ExchangeState, "conflicts" | "revived">): string {
  const parts = [
    conflicts > 0 ? t("exchange.to_settle_of.conflicts", { count: conflicts }) : "",
    revived > 0 ? t("exchange.to_settle_of.revived", { count: revived }) : "",
  ];
  return parts.filter(Boolean).join(", ");
}

/** Returns what an exchange did: how much came, how much left, what is to settle. */
export function doneInWords({ merged, written }: ExchangeDone): string {
  if (merged.commits === 0 && written === 0) return t("exchange.done_nothing");
  return [
    t("exchange.done", {
      received: merged.commits,
      shown_received: showCount(merged.commits),
      sent: written,
      shown_sent: showCount(written),
    }),
    merged.conflicts_opened > 0 ? t("exchange.done_conflicts", { count: merged.conflicts_opened }) : "",
  ]
    .filter(Boolean)
    .join(" ");
}

/** Returns what an exchange did whose deletions, so many, were refused: what came in counts them, and is not told. */
export function refusedInWords(deletions: number, { merged, batch }: ExchangeDone): string {
  return [
    t("exchange.refused", { count: deletions, shown: showCount(deletions) }),
    batch === null ? "" : t("exchange.refused_rest"),
    merged.conflicts_opened > 0 ? t("exchange.done_conflicts", { count: merged.conflicts_opened }) : "",
  ]
    .filter(Boolean)
    .join(" ");
}

/** Returns a moment of the log in full: « lundi 5 octobre, 18 h 42 ». */
export function dayAndTime(wallTime: string): string {
  const when = isoDateTime(new Date(wallTime));
  return [showDate(when, "weekday"), showTime(when)].join(", ");
}

/** Returns when a device was last seen, and by whom. */
export function deviceInWords(device: ExchangeDevice, today: IsoDate): string {
  const when = device.last_seen_at ? isoDateTime(new Date(device.last_seen_at)) : null;
  const seen = device.is_here
    ? ""
    : when
      ? t("exchange.device.seen", { day: onDay(when, today) })
      : t("exchange.device.never");
  return opening([device.author ? shown(device.author) : "", seen].filter(Boolean).join(", "));
}

const KILO = 1000;
const UNITS = ["o", "ko", "mo", "go"] as const;

/** Returns a size: « 48 Mo ». */
export function sizeInWords(bytes: number): string {
  let value = bytes;
  let unit = 0;
  while (value >= KILO && unit < UNITS.length - 1) {
    value /= KILO;
    unit += 1;
  }
  const digits = value < 10 && unit > 1 ? 1 : 0;
  return t(`exchange.size.${UNITS[unit] ?? "o"}`, { size: showNumber(value, digits) });
}

/** Returns the end of a path: what a person calls the file or the folder. */
export const nameOfPath = (path: string): string => path.split(/[\\/]/u).findLast(Boolean) ?? path;

/** Returns how many records of each kind, the most numerous first: « 7 personnes, 3 séances ». */
export function countedByKind(records: readonly Pick<RecordChanges, "entity">[], atMost = 3): string {
  const counts = new Map<string, number>();
  for (const { entity } of records) counts.set(entity, (counts.get(entity) ?? 0) + 1);
  return [...counts]
    .toSorted(([, a], [, b]) => b - a)
    .slice(0, atMost)
    .map(([entity, count]) => `${showCount(count)} ${kindName(entity, count)}`)
    .join(", ");
}

/** Returns who put records in the bin, each with the computer: « Mathieu Roche (Poste du bureau) ». */
export function deletersInWords(records: readonly Pick<RecordChanges, "authors" | "devices">[]): string {
  const who = records.map(({ authors, devices }) => {
    const person = authors.filter(Boolean).map(shown).join(", ");
    const computer = devices.filter(Boolean).map(shown).join(", ");
    return person && computer ? t("exchange.who_where", { person, computer }) : person || computer;
  });
  return [...new Set(who)].filter(Boolean).join(", ");
}

/** Returns who wrote what came in, and from where. */
export function batchInWords(batch: Batch): string {
  const authors = batch.authors.filter(Boolean).map(shown).join(", ");
  const source = nameOfPath(batch.source);
  return [
    authors ? t("exchange.batch.by", { authors }) : "",
    source ? t("exchange.batch.from", { source }) : "",
  ]
    .filter(Boolean)
    .join(", ");
}

export const BACKUP_PATH = "/echanges/sauvegardes/contenu";

/** Returns the backups, the latest first. */
export const latestFirst = (backups: readonly Backup[]): Backup[] =>
  backups.toSorted((a, b) => b.made_at.localeCompare(a.made_at));
