/** Taking a project out of the carnet, and bringing it back. */
import { remove, restore, type RecordView } from "$lib/api";
import { tell, tellProblem } from "$lib/kit";
import { shown, t } from "$lib/messages";
import { navigate } from "$lib/navigation";

/** Deletes a project and goes back to the list; the notice takes it back. */
export async function drop(project: RecordView): Promise<void> {
  try {
    const commit = await remove(project);
    navigate("/projets");
    tell(t("kit.record.deleted", { title: shown(project.title) }), commit);
  } catch (thrown) {
    tellProblem(thrown);
  }
}

/** Brings a deleted project back. */
export async function bringBack(project: RecordView): Promise<void> {
  try {
    await restore("project", project.id, t("projects.restored", { title: project.title }));
  } catch (thrown) {
    tellProblem(thrown);
  }
}
