/** A reading of the carnet that a screen keeps up to date: loads, loads again after a commit, tells its state. */
import { asAppError, type AppError } from "./errors";
import { onChanged } from "./events";
import type { EntityName } from "./types";

/** The state of a reading. `value` keeps the last answer while a new one is read. */
export interface Query<T> {
  readonly value: T | undefined;
  readonly error: AppError | undefined;
  readonly isLoading: boolean;
  reload(): void;
}

/**
 * Reads with `load` now, again whenever what `load` reads of the component's state changes, and again after each
 * commit that touches one of `entities`. Call it while a component is being set up.
 *
 * A late answer never replaces a newer one.
 */
export function query<T>(load: () => Promise<T>, entities: readonly EntityName[]): Query<T> {
  let value = $state.raw<T>();
  let error = $state.raw<AppError>();
  let isLoading = $state(true);
  let round = $state(0);
  let latest = 0;

  $effect(() => {
    void round;
    const mine = ++latest;
    isLoading = true;
    load().then(
      (answer) => {
        if (mine !== latest) return;
        value = answer;
        error = undefined;
        isLoading = false;
      },
      (thrown: unknown) => {
        if (mine !== latest) return;
        error = asAppError(thrown);
        isLoading = false;
      },
    );
  });
  const reload = () => (round += 1);
  $effect(() => onChanged(entities, reload));
  $effect(() => () => void (latest += 1));

  return {
    get value() {
      return value;
    },
    get error() {
      return error;
    },
    get isLoading() {
      return isLoading;
    },
    reload,
  };
}
