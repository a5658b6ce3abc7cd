/** Changing the maturity, the phase or the state of projects: one commit, with its trace, its day and its reason. */
import {
  editOf,
  saveAll,
  textOf,
  type Level,
  type Patch,
  type RecordChange,
  type RecordView,
  type SavedAll,
} from "$lib/api";
import type { StateField } from "./steps";

export interface Move {
  /** As they were shown. */
  projects: readonly RecordView[];
  field: StateField;
  to: string;
  /** The day it happened. */
  on: string;
  reason: string;
  isCorrection?: boolean;
  /** What else is written in each project. */
  patch?: Patch;
  /** The level to give them; left out, it stays. */
  level?: Level;
  label: string;
}

/** Returns the changes of a move: each project, and the trace of each of its states that changes. */
export function changesOf(move: Omit<Move, "label">): RecordChange[] {
  const { projects, field, to, on, reason, isCorrection = false, patch = {}, level } = move;
  return projects.flatMap((project) => {
    const fields: Patch = { ...patch, [field]: to };
    const traced = ["maturity", "phase", "status"].filter(
      (name) => name in fields && fields[name] !== project.fields[name],
    );
    return [
      {
        ...editOf(project, fields),
        ...(level && level !== project.level ? { levels: { "*": level } } : {}),
      },
      ...traced.map((name): RecordChange => ({
        entity: "status_change",
        id: null,
        patch: {
          subject: `project/${project.id}`,
          field: name,
          from_value: textOf(project, name) || null,
          to_value: fields[name] ?? null,
          changed_on: on,
          reason: reason.trim() || null,
          is_correction: isCorrection || null,
        },
      })),
    ];
  });
}

/** Writes a move. */
export const moveProjects = (move: Move): Promise<SavedAll> => saveAll(changesOf(move), move.label);
