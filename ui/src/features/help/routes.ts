import type { Route } from "$lib/navigation";

export const routes: Route[] = [
  { path: "/aide", title: "app.nav.help", screen: () => import("./HelpScreen.svelte") },
];
