import type { Dialogs, Route } from "$lib/navigation";

export const routes: Route[] = [];

export const dialogs: Dialogs = { export: () => import("./ExportDialog.svelte") };
