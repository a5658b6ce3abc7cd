/** The day and the week as the agenda shows them. Pure: reads records, touches no screen. */
import { numberOf, textOf, type RecordView } from "$lib/api";
import { addDays, mondayOf, type IsoDate, type IsoDateTime } from "$lib/messages";

/** One line of the agenda. */
export interface Appointment {
  record: RecordView;
  starts: IsoDateTime;
  /** Empty when nobody said how long it lasts. */
  ends: IsoDateTime | "";
}

/** How long a session is held to be under way when nobody said. */
const USUAL_MIN = 60;
const WORKING_DAYS = 5;

function plusMinutes(moment: IsoDateTime, minutes: number): IsoDateTime {
  const at = new Date(`${moment.slice(0, 16)}Z`);
  return new Date(at.getTime() + minutes * 60_000).toISOString().slice(0, 16);
}

/** Returns sessions and events in the order of their hours; those without one are left out. */
export function appointments(records: readonly RecordView[]): Appointment[] {
  return records
    .filter((record) => textOf(record, "starts_at") !== "")
    .map((record) => {
      const starts = textOf(record, "starts_at").slice(0, 16);
      const minutes = numberOf(record, "duration_min");
      const ends = textOf(record, "ends_at").slice(0, 16) || (minutes ? plusMinutes(starts, minutes) : "");
      return { record, starts, ends };
    })
    .toSorted((a, b) => a.starts.localeCompare(b.starts));
}

/** Returns the appointments of one day. */
export const ofDay = (all: readonly Appointment[], day: IsoDate) =>
  all.filter((one) => one.starts.slice(0, 10) === day);

/** Says whether an appointment is under way. */
export function isUnderWay(one: Appointment, now: IsoDateTime): boolean {
  return one.starts <= now && now < (one.ends || plusMinutes(one.starts, USUAL_MIN));
}

/** Returns the days of the week to show: Monday to Friday, and the days after them that hold something. */
export function weekDays(day: IsoDate, all: readonly Appointment[]): IsoDate[] {
  const monday = mondayOf(day);
  return Array.from({ length: 7 }, (_, index) => addDays(monday, index)).filter(
    (one, index) => index < WORKING_DAYS || one === day || ofDay(all, one).length > 0,
  );
}
