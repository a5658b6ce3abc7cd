/**
 * What the core refuses, and the sentence a person reads.
 *
 * Every code has its sentence in both languages; nobody reads an error's text in code.
 */
import { fieldName, isMessage, label, t, type MessageKey } from "$lib/messages";

/** The error of a command: a code and what the sentence needs. */
export interface AppError {
  code: ErrorCode;
  params: Record<string, string | number | boolean | null>;
}

const SENTENCES = {
  not_found: "error.not_found",
  invalid: "error.invalid",
  unseen: "error.unseen",
  united: "error.united",
  undecided: "error.undecided",
  undo_settles: "error.undo_settles",
  changed_since_parted: "error.changed_since_parted",
  replaced: "error.replaced",
  locked: "error.locked",
  wrong_passphrase: "error.wrong_passphrase",
  not_a_carnet: "error.not_a_carnet",
  newer_format: "error.newer_format",
  torn_copy: "error.torn_copy",
  read_only: "error.read_only",
  disk_full: "error.disk_full",
  io: "error.io",
  cancelled: "error.cancelled",
  already_exists: "error.already_exists",
  unknown_entity: "error.unknown_entity",
  unknown_field: "error.unknown_field",
  no_such_commit: "error.no_such_commit",
  busy: "error.busy",
  damaged: "error.damaged",
  database: "error.database",
  program_data: "error.program_data",
  no_carnet: "error.no_carnet",
  not_offered: "error.not_offered",
  unknown_document: "error.unknown_document",
  audience_refused: "error.audience_refused",
  format_refused: "error.format_refused",
  nothing_to_show: "error.nothing_to_show",
  period_reversed: "error.period_reversed",
  does_not_fit: "error.does_not_fit",
  rendering: "error.rendering",
  wrong_subject: "error.wrong_subject",
  unexpected: "error.unexpected",
  newer_copy: "error.newer_copy",
  other_family: "error.other_family",
  other_passphrase: "error.other_passphrase",
  gap: "error.gap",
  many_deletions: "error.many_deletions",
  no_such_conflict: "error.no_such_conflict",
  no_such_batch: "error.no_such_batch",
  no_folder: "error.no_folder",
  not_verified: "error.not_verified",
  synchronised_folder: "error.synchronised_folder",
  erasure_stays: "error.erasure_stays",
  not_restored: "error.not_restored",
} satisfies Record<string, MessageKey>;

/** A list that cannot be read has a code of its own for each reason, worded where it is found. */
type ImportCode = "import" | `import.${string}`;
export type ErrorCode = keyof typeof SENTENCES | ImportCode;

const isImportCode = (code: string): code is ImportCode => code === "import" || code.startsWith("import.");

/** Says whether something thrown is an error of a command. */
export function isAppError(thrown: unknown): thrown is AppError {
  return (
    typeof thrown === "object" &&
    thrown !== null &&
    "code" in thrown &&
    typeof thrown.code === "string" &&
    (thrown.code in SENTENCES || isImportCode(thrown.code))
  );
}

/** Turns whatever was thrown into an [`AppError`]; what has no code of ours is `unexpected`. */
export function asAppError(thrown: unknown): AppError {
  if (isAppError(thrown)) return { code: thrown.code, params: thrown.params };
  const detail = thrown instanceof Error ? thrown.message : JSON.stringify(thrown);
  return { code: "unexpected", params: { detail } };
}

/** Returns the sentence for an error: what happened, what is kept, what to do. */
export function sentence(thrown: unknown): string {
  const error = asAppError(thrown);
  const params = { ...error.params };
  const { reason, entity, field } = params;
  if (typeof entity === "string" && typeof field === "string") params.label = fieldName(entity, field);
  else if (typeof field === "string") params.label = field;
  if (typeof reason === "string") {
    const why = `error.invalid.${reason}`;
    if (isMessage(why)) params.why = label(why, params);
    const key = `error.${error.code}.${reason}`;
    if (isMessage(key)) return label(key, params);
  }
  if (typeof params.kind === "string") {
    const key = `error.${error.code}.${params.kind}`;
    if (isMessage(key)) return label(key, params);
  }
  const own = `error.${error.code}`;
  if (isImportCode(error.code)) return isMessage(own) ? label(own, params) : t("error.import", params);
  return t(SENTENCES[error.code], params);
}

/** Returns the field an error is about, if it is about one. */
export function refusedField(thrown: unknown): string | null {
  const error = asAppError(thrown);
  return typeof error.params.field === "string" ? error.params.field : null;
}

/** What the core refuses, with everything as it was: nothing failed to be written. */
const REFUSALS: ReadonlySet<ErrorCode> = new Set([
  "invalid",
  "not_found",
  "unseen",
  "united",
  "undecided",
  "undo_settles",
  "changed_since_parted",
  "erasure_stays",
]);
export const isRefusal = (thrown: unknown): boolean => REFUSALS.has(asAppError(thrown).code);

/**
 * Says whether an edit was refused because its field holds a value that nobody was shown here, or because another record
 * stands for its own by now: what was typed can wait where it will be seen.
 */
export const isUnseen = (thrown: unknown): boolean => ["unseen", "united"].includes(asAppError(thrown).code);
