/** The sidebar, in the order of the work. An entry shows once its screen exists. */
import type { MessageKey } from "$lib/messages";
import { routes } from "./screens";

export interface Entry {
  path: string;
  label: MessageKey;
  icon: string;
  /** The entity whose number stands beside the name. */
  counts?: string;
  keys?: string;
  /** Says how much is to settle. */
  alerts?: boolean;
}

const ALL: readonly (readonly Entry[])[] = [
  [
    { path: "/aujourdhui", label: "app.nav.today", icon: "sun" },
    { path: "/appuis", label: "app.nav.supports", icon: "handshake", counts: "support" },
    { path: "/projets", label: "app.nav.projects", icon: "kanban", counts: "project" },
    { path: "/structures", label: "app.nav.organisations", icon: "map" },
  ],
  [
    { path: "/echanges", label: "app.nav.exchange", icon: "folder-sync", alerts: true },
    { path: "/bilan", label: "app.nav.review", icon: "chart-column" },
  ],
  [
    { path: "/reglages", label: "app.nav.settings", icon: "settings" },
    { path: "/aide", label: "app.nav.help", icon: "keyboard", keys: "F1" },
  ],
];

export const groups = ALL.map((group) =>
  group.filter((entry) => routes.some((route) => route.path === entry.path)),
).filter((group) => group.length > 0);
export const entries: readonly Entry[] = groups.flat();
