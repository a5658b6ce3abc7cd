/** Small acts on one record, with what a person sees of them: a notice that takes them back, or why not. */
import { editOf, remove, save, type Level, type Patch, type RecordView } from "$lib/api";
import { tell, tellProblem } from "$lib/kit";
import { fieldName, t } from "$lib/messages";

/** Gives a field, or the whole record (`*`), another level; null goes back to the default. */
export async function setLevel(record: RecordView, field: string, level: Level | null): Promise<void> {
  const name = field === "*" ? record.title : fieldName(record.entity, field);
  await change(record, {}, t("supports.level_changed", { name }), { [field]: level });
}

/** Changes fields of a record; a refusal is told. Returns whether it was done. */
export async function change(
  record: Pick<RecordView, "entity" | "id" | "fields">,
  patch: Patch,
  label: string,
  levels?: Record<string, Level | null>,
): Promise<boolean> {
  try {
    await save({ ...editOf(record, patch), label, ...(levels ? { levels } : {}) });
    return true;
  } catch (thrown) {
    tellProblem(thrown);
    return false;
  }
}

/** Takes a record away, with a notice that brings it back. */
export async function drop(record: RecordView): Promise<boolean> {
  try {
    const commit = await remove(record);
    tell(t("kit.record.deleted", { title: record.title }), commit);
    return true;
  } catch (thrown) {
    tellProblem(thrown);
    return false;
  }
}
