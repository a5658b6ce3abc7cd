/** Every screen of the window: what each feature's `routes.ts` exports. A new feature is found by itself. */
import { offerDialogs, type Action, type Dialogs, type Route } from "$lib/navigation";

interface FeatureRoutes {
  routes: Route[];
  /** Actions on offer everywhere, for instance « Prendre des notes ». */
  actions?: () => readonly Action[];
  /** Dialogs that other features open by name. */
  dialogs?: Dialogs;
}

const features = Object.values(import.meta.glob<FeatureRoutes>("../features/*/routes.ts", { eager: true }));

export const routes: readonly Route[] = features.flatMap((feature) => feature.routes);

/** Returns the actions that features offer from every screen. */
export const featureActions = (): Action[] => features.flatMap((feature) => feature.actions?.() ?? []);

offerDialogs(Object.assign({}, ...features.map((feature) => feature.dialogs ?? {})) as Dialogs);

export const HOME = "/aujourdhui";
