import { t } from "$lib/messages";
import { navigate, type Action, type Route } from "$lib/navigation";

const PATH = "/import";

export const routes: Route[] = [
  { path: PATH, title: "import.title", screen: () => import("./ImportScreen.svelte") },
];

export const actions = (): Action[] => [
  {
    id: "import-list",
    label: t("import.title"),
    icon: "upload",
    also: t("import.also"),
    run: () => navigate(PATH),
  },
];
