import type { Dialogs, Route } from "$lib/navigation";

export const routes: Route[] = [
  { path: "/projets", title: "app.nav.projects", screen: () => import("./ProjectsScreen.svelte") },
  { path: "/projets/:id", title: "entity.project", screen: () => import("./ProjectScreen.svelte") },
];

export const dialogs: Dialogs = { "create:project": () => import("./CreateProject.svelte") };
