/** What each block of the notes is called. */
import { fieldName, isMessage, label } from "$lib/messages";
import type { BlockName } from "./blocks";

/** Returns the name of a block: its own, else that of the field it holds. */
export function blockTitle(block: BlockName): string {
  const key = `session.block.${block}`;
  return isMessage(key) ? label(key) : fieldName("session", block);
}

/** Returns what stands under the name of a block in the margin, if anything. */
export function blockHint(block: BlockName): string | undefined {
  const key = `session.hint.${block}`;
  return isMessage(key) ? label(key) : undefined;
}
