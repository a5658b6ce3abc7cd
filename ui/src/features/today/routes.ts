import { isoDateTime, t } from "$lib/messages";
import { createRecord, navigate, place, type Action, type Route } from "$lib/navigation";

const PATH = "/aujourdhui";
/** The id of the field that a quick note is typed in. */
export const CAPTURE_ID = "note-rapide";

export const routes: Route[] = [
  { path: PATH, title: "app.nav.today", screen: () => import("./TodayScreen.svelte") },
];

function noteQuickly(): void {
  if (place.path === PATH) document.getElementById(CAPTURE_ID)?.focus();
  else navigate(PATH, { noter: "1" });
}

export const actions = (): Action[] => [
  {
    id: "take-notes",
    label: t("today.take_notes"),
    icon: "notebook-pen",
    keys: "Ctrl+N",
    run: () =>
      createRecord("session", {
        kind: "working_session",
        status: "held",
        starts_at: isoDateTime(new Date()),
      }),
  },
  {
    id: "note-quickly",
    label: t("today.note_quickly"),
    icon: "pencil",
    keys: "Ctrl+Maj+N",
    run: noteQuickly,
  },
];
