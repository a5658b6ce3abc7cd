/**
 * The carnet that is open, the settings of this device and the clock of the screens.
 *
 * Owns no rule: it shows what the core answers.
 */
import {
  appState,
  carnetClose,
  carnetCreate,
  carnetOpen,
  commits,
  onAsked,
  onChanged,
  settingsSave,
  type AppState,
  type NewCarnet,
  type Settings,
} from "$lib/api";
import { isoDate, isoDateTime, setLanguage, type IsoDate, type IsoDateTime } from "$lib/messages";

const state = $state<{ app: AppState | null; now: Date }>({ app: null, now: new Date() });

/** What every screen may ask of the carnet and of this device. */
export const carnet = {
  /** Null until the first answer of the core. */
  get app() {
    return state.app;
  },
  get info() {
    return state.app?.carnet ?? null;
  },
  get settings(): Settings {
    return (
      state.app?.settings ?? {
        language: "fr",
        theme: "system",
        text_scale: 100,
        density: "compact",
        single_key_shortcuts: true,
      }
    );
  },
  /** Today on this device. */
  get today(): IsoDate {
    return isoDate(state.now);
  },
  get now(): IsoDateTime {
    return isoDateTime(state.now);
  },

  /** Reads the state of the application again. */
  async refresh(): Promise<void> {
    state.app = await appState();
    applySettings(state.app.settings);
  },
  async create(request: NewCarnet): Promise<void> {
    await carnetCreate(request);
    commits.clear();
    await carnet.refresh();
  },
  async open(path: string, passphrase: string | null): Promise<void> {
    await carnetOpen(path, passphrase);
    commits.clear();
    await carnet.refresh();
  },
  async close(): Promise<void> {
    await carnetClose();
    commits.clear();
    await carnet.refresh();
  },
  /** Keeps a change of the settings; it shows at once and goes back if it could not be written. */
  async change(change: Partial<Settings>): Promise<void> {
    const before = carnet.settings;
    const wanted = { ...before, ...change };
    if (state.app) state.app.settings = wanted;
    applySettings(wanted);
    try {
      const kept = await settingsSave(wanted);
      if (state.app) state.app.settings = kept;
    } catch (thrown) {
      if (state.app) state.app.settings = before;
      applySettings(before);
      throw thrown;
    }
  },
};

function applySettings(settings: Settings): void {
  const root = document.documentElement;
  setLanguage(settings.language);
  if (settings.theme === "system") delete root.dataset.theme;
  else root.dataset.theme = settings.theme;
  root.dataset.density = settings.density;
  if (settings.text_scale === 100) delete root.dataset.text;
  else root.dataset.text = settings.text_scale === 112 ? "large" : "larger";
}

/**
 * Follows the commits, so that the counts of the sidebar stay true, what the file manager asks for, and the clock each time the person comes back
 * to the window or types: nothing polls. A state that cannot be read goes to `onproblem`, and the last one stays.
 * Returns how to stop.
 */
export function followCarnet(onproblem: (thrown: unknown) => void): () => void {
  const refresh = () => void carnet.refresh().catch(onproblem);
  const stops = [onChanged([], refresh), onAsked(refresh)];
  const tick = () => {
    const now = new Date();
    if (isoDateTime(now) !== isoDateTime(state.now)) state.now = now;
  };
  const moments = ["focus", "pointerdown", "keydown"] as const;
  for (const moment of moments) window.addEventListener(moment, tick);
  return () => {
    for (const stop of stops) stop();
    for (const moment of moments) window.removeEventListener(moment, tick);
  };
}
