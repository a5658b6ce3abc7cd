/** What can be done to a session beside writing in it, by its status (domain.md §4.2). */
import { textOf, type RecordView } from "$lib/api";
import { carnet } from "$lib/carnet";
import { tellProblem, type MenuItem } from "$lib/kit";
import { t } from "$lib/messages";
import { moveStatus } from "./status";

interface Openers {
  cancel: () => void;
  correct: () => void;
  details: () => void;
  export: () => void;
  history: () => void;
  remove: () => void;
}

/** Returns the other acts of a session. */
export function sessionActs(session: RecordView, open: Openers): (MenuItem | "separator")[] {
  const status = textOf(session, "status");
  const disabled = carnet.info?.is_read_only ?? false;
  const prepare = () =>
    moveStatus({
      record: session,
      to: "prepared",
      on: carnet.today,
      reason: "",
      label: t("session.prepared"),
    }).catch(tellProblem);
  return [
    ...(status === "planned"
      ? [{ label: t("session.mark_prepared"), icon: "check", disabled, run: () => void prepare() }]
      : []),
    { label: t("session.export"), icon: "download", keys: "Ctrl+E", run: open.export },
    { label: t("session.details"), icon: "pencil", run: open.details },
    { label: t("kit.history.title"), icon: "history", run: open.history },
    "separator",
    ...(["planned", "prepared"].includes(status)
      ? [{ label: t("session.cancel"), icon: "x", disabled, run: open.cancel }]
      : []),
    { label: t("supports.correct_status"), icon: "undo-2", disabled, run: open.correct },
    { label: t("session.delete"), icon: "trash-2", danger: true, disabled, run: open.remove },
  ];
}
