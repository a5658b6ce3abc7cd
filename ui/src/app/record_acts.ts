/** What can be done with a record opened over the screen, beside editing it. */
import { textOf, type RecordView } from "$lib/api";
import { t } from "$lib/messages";
import { openDialog, overScreen } from "$lib/navigation";

export function recordActs(record: RecordView): { label: string; icon: string; run: () => void }[] {
  if (record.entity !== "request" || textOf(record, "status") !== "open") return [];
  const run = () => {
    overScreen.close();
    openDialog("create:support", { initial: { origin_request: record.id } });
  };
  return [{ label: t("supports.from_request"), icon: "handshake", run }];
}
