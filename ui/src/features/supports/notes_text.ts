/** The notes of a session as plain text, to take them elsewhere when the carnet cannot be written. */
import { enumName, fieldName, t } from "$lib/messages";
import { textOf } from "$lib/api";
import { TEXT_BLOCKS } from "./blocks";
import type { NoteDraft } from "./note_draft.svelte";
import type { SessionFile } from "./session_file";

/** Returns every block that holds something, its name above it; words being typed included. */
export function notesAsText(file: SessionFile, draft: NoteDraft, needs: readonly NoteDraft[]): string {
  const parts: [string, string][] = [
    ...needs.flatMap((need): [string, string][] => [
      [t("session.need.expressed"), need.text("expressed")],
      [t("session.need.perceived"), need.text("perceived")],
      [t("session.need.reformulated"), need.text("reformulated")],
    ]),
    ...[...TEXT_BLOCKS, "next_step", "points_treated", "points_left"].map((field): [string, string] => [
      fieldName("session", field),
      draft.text(field),
    ]),
    [
      t("session.block.obstacles"),
      file.obstacles.map((one) => enumName("obstacle_kind", one.fields.kind)).join("\n"),
    ],
    [t("session.proposals"), file.proposals.map((one) => textOf(one, "wording")).join("\n")],
    [t("session.decisions"), file.decisions.map((one) => textOf(one, "wording")).join("\n")],
  ];
  return [
    draft.text("topic"),
    ...parts.filter(([, text]) => text.trim() !== "").map(([name, text]) => `${name}\n${text}`),
  ].join("\n\n");
}
