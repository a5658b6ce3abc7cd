/** How many blocks of the notes go into the record of decisions, and how many stay private. Pure; says, never decides. */
import type { Level, RecordView } from "$lib/api";
import type { SessionFile } from "./session_file";

const OPEN: readonly Level[] = ["beneficiary", "network", "public"];
const KEPT_FIELDS = [
  "progress_made",
  "context_changes",
  "difficulties",
  "terms_used",
  "coherence_check",
  "tensions",
  "method_used",
  "private_notes",
];
const SENT_FIELDS = ["points_left", "next_session_on"];

type Noted = Pick<SessionFile, "session" | "needs" | "obstacles" | "proposals" | "decisions" | "tasks">;

/** Counts the blocks that hold something: decisions, steps, points left and next meeting go, what is private stays. */
export function leavingBlocks(file: Noted): { shown: number; kept: number } {
  const holds = (record: RecordView, field: string) => Boolean(record.fields[field]);
  const isOpen = (record: RecordView, field: string) =>
    OPEN.includes(record.effective_levels[field] ?? record.level);
  const groups: { isSent: boolean; isOpen: boolean }[] = [];
  for (const field of [...SENT_FIELDS, ...KEPT_FIELDS])
    if (holds(file.session, field))
      groups.push({ isSent: SENT_FIELDS.includes(field), isOpen: isOpen(file.session, field) });
  for (const need of file.needs)
    for (const field of ["expressed", "perceived", "reformulated"])
      if (holds(need, field)) groups.push({ isSent: false, isOpen: isOpen(need, field) });
  const lists = [
    { records: file.obstacles, field: "kind", isSent: false },
    { records: file.proposals, field: "wording", isSent: false },
    { records: file.decisions, field: "wording", isSent: true },
    { records: file.tasks, field: "title", isSent: true },
  ];
  for (const { records, field, isSent } of lists)
    if (records.length > 0) groups.push({ isSent, isOpen: records.some((record) => isOpen(record, field)) });
  return {
    shown: groups.filter((one) => one.isSent && one.isOpen).length,
    kept: groups.filter((one) => !one.isOpen).length,
  };
}
