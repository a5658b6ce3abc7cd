import { carnet, exchange } from "$lib/carnet";
import { t } from "$lib/messages";
import type { Action, Route } from "$lib/navigation";
import { backUp, exchangeNow, pickCopy } from "./acts";

export const routes: Route[] = [
  { path: "/echanges", title: "app.nav.exchange", screen: () => import("./ExchangeScreen.svelte") },
  {
    path: "/echanges/lots/:batch",
    title: "exchange.changes.title",
    screen: () => import("./ChangesScreen.svelte"),
  },
  {
    path: "/echanges/apercu",
    title: "exchange.preview.title",
    screen: () => import("./PreviewScreen.svelte"),
  },
  {
    path: "/echanges/sauvegardes",
    title: "exchange.backups.title",
    screen: () => import("./BackupsScreen.svelte"),
  },
  {
    path: "/echanges/sauvegardes/contenu",
    title: "exchange.backup.inside",
    screen: () => import("./BackupScreen.svelte"),
  },
];

export const actions = (): Action[] => {
  if (carnet.info?.is_read_only) return [];
  return [
    ...(exchange.state?.folder
      ? [
          {
            id: "exchange-now",
            label: t("exchange.now"),
            icon: "folder-sync",
            also: t("exchange.also"),
            run: () => void exchangeNow(),
          },
        ]
      : []),
    { id: "merge-file", label: t("exchange.merge_file"), icon: "download", run: () => void pickCopy() },
    { id: "back-up", label: t("exchange.backup.now"), icon: "archive", run: () => void backUp() },
  ];
};
