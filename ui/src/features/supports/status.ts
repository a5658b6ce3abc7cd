/** A change of status with its date, its reason, and whether it corrects an entry (domain.md §4.0). */
import {
  editOf,
  saveAll,
  textOf,
  type Patch,
  type RecordChange,
  type RecordView,
  type SavedAll,
} from "$lib/api";

export interface StatusMove {
  /** As it was shown. */
  record: RecordView;
  to: string;
  /** The day it happened. */
  on: string;
  reason: string;
  isCorrection?: boolean;
  /** What else changes in the record. */
  patch?: Patch;
  /** What else is written in the same commit; references `@0` are the record itself. */
  also?: RecordChange[];
  label: string;
}

/** Changes the status of a support or a session; the move and its trace are one commit. */
export function moveStatus(move: StatusMove): Promise<SavedAll> {
  const { record, to, on, reason, isCorrection = false, patch = {}, also = [], label } = move;
  const trace: Patch = {
    subject: `${record.entity}/${record.id}`,
    field: "status",
    from_value: textOf(record, "status") || null,
    to_value: to,
    changed_on: on,
    reason: reason.trim() || null,
    is_correction: isCorrection || null,
  };
  return saveAll(
    [editOf(record, { ...patch, status: to }), { entity: "status_change", id: null, patch: trace }, ...also],
    label,
  );
}
