/** What the menu of a project offers: each passage has its words there, whatever the pointer can do. */
import { textOf, type RecordView } from "$lib/api";
import { carnet } from "$lib/carnet";
import type { MenuItem } from "$lib/kit";
import { enumName, t } from "$lib/messages";
import { navigate } from "$lib/navigation";
import { isClosed, neighbour } from "./lanes";
import type { StateField } from "./steps";

type Ask = (field: StateField, to: string | null) => void;

/** Returns the passages of state open to a project, in words. */
export function statusItems(project: RecordView, ask: Ask): MenuItem[] {
  const disabled = carnet.info?.is_read_only ?? false;
  const status = textOf(project, "status");
  const items: MenuItem[] = [];
  if (status !== "active")
    items.push({
      label: t("projects.status.active"),
      icon: "play",
      disabled,
      run: () => ask("status", "active"),
    });
  if (status === "active")
    items.push({
      label: t("projects.status.on_hold"),
      icon: "pause",
      disabled,
      run: () => ask("status", "on_hold"),
    });
  if (!isClosed(project))
    items.push({
      label: t("projects.status.close"),
      icon: "archive",
      disabled,
      run: () => ask("status", null),
    });
  return items;
}

/** Returns the menu of a card. */
export function cardMenu(
  project: RecordView,
  propose: (project: RecordView, lane: string | null) => void,
  ask: Ask,
): (MenuItem | "separator")[] {
  const disabled = carnet.info?.is_read_only ?? false;
  const maturity = textOf(project, "maturity");
  const passage = (step: number, keys: string): MenuItem[] => {
    const to = neighbour(maturity, step);
    if (to === null || isClosed(project)) return [];
    const label = t("projects.pass_to", { name: enumName("project_maturity", to) });
    return [
      {
        label,
        icon: step > 0 ? "arrow-right" : "arrow-left",
        keys,
        disabled,
        run: () => propose(project, to),
      },
    ];
  };
  return [
    { label: t("projects.open"), icon: "eye", run: () => navigate(`/projets/${project.id}`) },
    "separator",
    ...passage(1, "Ctrl+ArrowRight"),
    ...passage(-1, "Ctrl+ArrowLeft"),
    { label: t("projects.change_phase"), icon: "columns-3", disabled, run: () => ask("phase", null) },
    "separator",
    ...statusItems(project, ask),
  ];
}
