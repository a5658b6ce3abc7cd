/**
 * Where this copy stands among the others, as the shell last said it. Shared by the sidebar and the screens.
 *
 * Nothing polls: it is read when the carnet opens, and follows what the shell announces.
 */
import {
  exchangeChooseFolder,
  exchangeNow,
  exchangeState,
  onExchange,
  type Deletions,
  type ExchangeDone,
  type ExchangeState,
} from "$lib/api";

const kept = $state<{ now: ExchangeState | null; problem: unknown; isRunning: boolean }>({
  now: null,
  problem: null,
  isRunning: false,
});

export const exchange = {
  /** Null until the first answer. */
  get state(): ExchangeState | null {
    return kept.now;
  },
  /** How many points remain for a person to decide: the one number that every screen says. */
  get toSettle(): number {
    return kept.now?.to_settle ?? 0;
  },
  /** Why the state could not be read; null when it could. */
  get problem(): unknown {
    return kept.problem;
  },
  get isBusy(): boolean {
    return kept.isRunning || (kept.now?.is_busy ?? false);
  },

  async refresh(): Promise<void> {
    try {
      kept.now = await exchangeState();
      kept.problem = null;
    } catch (thrown) {
      kept.problem = thrown;
    }
  },
  async choose(path: string | null): Promise<void> {
    kept.now = await exchangeChooseFolder(path);
  },
  /** One exchange; deletions in number are taken over only when accepted. */
  async run(deletions: Deletions): Promise<ExchangeDone> {
    kept.isRunning = true;
    try {
      return await exchangeNow(deletions);
    } finally {
      kept.isRunning = false;
      await exchange.refresh();
    }
  },
};

/** Follows the exchange of the carnet that is open; returns how to stop. */
export function followExchange(): () => void {
  void exchange.refresh();
  const stop = onExchange((next) => {
    kept.now = next;
    kept.problem = null;
  });
  return () => {
    stop();
    kept.now = null;
    kept.problem = null;
  };
}
