/** The conflicts of the records on screen: each record's are read once, however many of its fields show them. */
import {
  asAppError,
  conflictList,
  onChanged,
  onExchange,
  type AppError,
  type ConflictView,
  type RecordView,
} from "$lib/api";
import { exchange } from "$lib/carnet";
import { untrack } from "svelte";

type Named = Pick<RecordView, "entity" | "id">;

/** What one record's readers share. */
class Reading {
  list = $state.raw<readonly ConflictView[]>([]);
  error = $state.raw<AppError>();
  readers = 0;
  #record: Named;
  #stops: (() => void)[];
  #round = 0;

  constructor(record: Named) {
    this.#record = record;
    this.#stops = [onChanged([record.entity], () => void this.read()), onExchange(() => void this.read())];
    void this.read();
  }

  /** Reads again. A carnet without any conflict is not asked about each of its records. */
  async read(): Promise<void> {
    const round = ++this.#round;
    if (untrack(() => exchange.state?.conflicts) === 0) {
      if (this.list.length > 0) this.list = [];
      this.error = undefined;
      return;
    }
    try {
      const list = await conflictList(this.#record.entity, this.#record.id);
      if (round !== this.#round) return;
      this.list = list;
      this.error = undefined;
    } catch (thrown) {
      if (round === this.#round) this.error = asAppError(thrown);
    }
  }

  stop(): void {
    this.#round += 1;
    for (const stop of this.#stops) stop();
  }
}

const readings = new Map<string, Reading>();

function join(key: string, record: Named): Reading {
  const reading = readings.get(key) ?? new Reading(record);
  readings.set(key, reading);
  reading.readers += 1;
  return reading;
}

function leave(key: string): void {
  const reading = readings.get(key);
  if (!reading) return;
  reading.readers -= 1;
  if (reading.readers > 0) return;
  reading.stop();
  readings.delete(key);
}

export interface RecordClashes {
  readonly list: readonly ConflictView[];
  readonly error: AppError | undefined;
  /** The conflicts of one field, and of the elements of a list. */
  of(field: string): ConflictView[];
}

/** Follows the conflicts of a record as long as the component lives. Call it while the component is being set up. */
export function conflictsOf(record: () => Named | null | undefined): RecordClashes {
  let reading = $state.raw<Reading>();
  const key = $derived.by(() => {
    const named = record();
    return named ? `${named.entity}/${named.id}` : null;
  });
  $effect(() => {
    const mine = key;
    if (mine === null) return;
    const at = mine.indexOf("/");
    reading = untrack(() => join(mine, { entity: mine.slice(0, at), id: mine.slice(at + 1) }));
    return () => {
      reading = undefined;
      leave(mine);
    };
  });
  const list = $derived(reading?.list ?? []);
  return {
    get list() {
      return list;
    },
    get error() {
      return reading?.error;
    },
    of: (field) => list.filter((one) => one.field === field || one.field.startsWith(`${field}/`)),
  };
}
