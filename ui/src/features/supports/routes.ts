import type { Dialogs, Route } from "$lib/navigation";

export const routes: Route[] = [
  { path: "/appuis", title: "app.nav.supports", screen: () => import("./SupportsScreen.svelte") },
  { path: "/appuis/:id", title: "entity.support", screen: () => import("./SupportScreen.svelte") },
  { path: "/seances/:id", title: "entity.session", screen: () => import("./SessionScreen.svelte") },
];

export const dialogs: Dialogs = {
  "create:support": () => import("./CreateSupport.svelte"),
  "create:session": () => import("./StartSession.svelte"),
  quick_help: () => import("./QuickHelp.svelte"),
};
