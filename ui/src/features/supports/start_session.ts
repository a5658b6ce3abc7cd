/** Beginning a session of a support: the one planned today if there is one, else a new one that takes up what was left. */
import { listOf, recordList, saveAll, textOf, type Patch, type RecordView } from "$lib/api";
import { carnet } from "$lib/carnet";
import { t } from "$lib/messages";
import { navigate } from "$lib/navigation";

async function sessionsOf(support: string): Promise<RecordView[]> {
  const page = await recordList({
    entity: "session",
    filters: [{ field: "support", op: "is", value: support }],
    sort: [{ field: "starts_at", descending: true }],
    limit: 100,
  });
  return page.rows;
}

/** Makes a session of a support and returns it; the points left last time are its agenda. */
export async function makeSession(support: RecordView, initial: Patch): Promise<RecordView | undefined> {
  const before = (await sessionsOf(support.id)).find((one) =>
    ["held", "logged"].includes(textOf(one, "status")),
  );
  const agenda = textOf(before, "points_left");
  const mode = textOf(before, "mode");
  const patch: Patch = {
    kind: "working_session",
    status: "held",
    starts_at: carnet.now,
    projects: listOf(support, "projects"),
    ...(agenda ? { agenda } : {}),
    ...(mode ? { mode } : {}),
    ...initial,
    support: support.id,
  };
  const saved = await saveAll([{ entity: "session", id: null, patch }], t("session.started"));
  return saved.records[0];
}

/** Opens the notes of a support: today's session if one is planned or under way, else a new one. */
export async function takeNotes(support: RecordView): Promise<void> {
  const today = (await sessionsOf(support.id)).find(
    (one) =>
      textOf(one, "starts_at").startsWith(carnet.today) &&
      (["planned", "prepared"].includes(textOf(one, "status")) ||
        (textOf(one, "status") === "held" && !one.fields.duration_min)),
  );
  const session = today ?? (await makeSession(support, {}));
  if (session) navigate(`/seances/${session.id}`);
}
