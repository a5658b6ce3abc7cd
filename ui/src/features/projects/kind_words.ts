/** What kind of cooperation a project is, in the few words that a card and a row have room for. */
import { textOf, type RecordView } from "$lib/api";
import { enumName, label, t } from "$lib/messages";

/** Returns the scale of a project, else its type of cooperation; "" when neither is noted. */
export function kindInWords(project: RecordView): string {
  const scale = textOf(project, "scale");
  return scale
    ? label(`projects.scale.${scale}`)
    : enumName("cooperation_type", textOf(project, "cooperation_type"));
}

/** Returns where the work is: « Projet, formalisation », « Piste ». */
export function stageInWords(project: RecordView): string {
  const maturity = enumName("project_maturity", textOf(project, "maturity"));
  const phase = textOf(project, "phase");
  if (!phase || phase === "emergence") return maturity;
  return t("projects.stage", { maturity, phase: label(`kit.phase.short.${phase}`).toLocaleLowerCase() });
}
