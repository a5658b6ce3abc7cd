import type { Dialogs, Route } from "$lib/navigation";

export const routes: Route[] = [
  {
    path: "/structures",
    title: "app.nav.organisations",
    screen: () => import("./OrganisationsScreen.svelte"),
  },
  {
    path: "/structures/:id",
    title: "app.nav.organisations",
    screen: () => import("./OrganisationScreen.svelte"),
  },
];

export const dialogs: Dialogs = { "create:organisation": () => import("./CreateDialog.svelte") };
