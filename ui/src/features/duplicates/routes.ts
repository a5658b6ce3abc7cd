import { t } from "$lib/messages";
import { navigate, type Action, type Route } from "$lib/navigation";

const PATH = "/structures/doublons";

export const routes: Route[] = [
  { path: PATH, title: "duplicates.title", screen: () => import("./DuplicatesScreen.svelte") },
];

export const actions = (): Action[] => [
  {
    id: "duplicates",
    label: t("duplicates.title"),
    icon: "copy",
    also: t("duplicates.also"),
    run: () => navigate(PATH),
  },
];
