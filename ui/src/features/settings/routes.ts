import type { Route } from "$lib/navigation";

export const routes: Route[] = [
  { path: "/reglages", title: "app.nav.settings", screen: () => import("./SettingsScreen.svelte") },
];
