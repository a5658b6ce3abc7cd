/** The next step of a project in words. */
import { daysBetween, showNear, showTime, shown, t, type IsoDate } from "$lib/messages";
import type { NextStep } from "./follow_up";

/** Returns by how many days a step is late; 0 when it is not. */
export const lateness = (step: NextStep, today: IsoDate): number =>
  Math.max(0, daysBetween(step.moment.slice(0, 10), today));

/** Returns when a step comes: « auj., 9 h 30 », « vendredi », « 30 oct. ». */
export function whenOf(step: NextStep, today: IsoDate): string {
  const time = step.moment.length > 10 ? showTime(step.moment) : "";
  return [showNear(step.moment, today), time].filter(Boolean).join(", ");
}

/** Returns when a step comes, or by how many days it is late. */
export function whenInWords(step: NextStep, today: IsoDate): string {
  const days = lateness(step, today);
  return days > 0 ? t("projects.next.late", { count: days }) : whenOf(step, today);
}

/** Returns a step in one line: « Relecture de l'accord, auj., 9 h 30 », « Relevé, en retard de 3 j. ». */
export const stepInWords = (step: NextStep, today: IsoDate): string =>
  t("projects.next.when", { title: shown(step.title), when: whenInWords(step, today) });
