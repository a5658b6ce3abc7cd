/**
 * Words being typed into one record. They live here until the core has them, and after a refusal until it takes them:
 * going to another screen and back finds them.
 *
 * Owns no rule: what is sent, and what is refused, is the core's. Writes one at a time, so that a record made by the
 * first words is not made twice.
 */
import type { EntityName, Patch, RecordView, SaveRequest, Saved } from "$lib/api";
import { untrack } from "svelte";
import { SvelteMap } from "svelte/reactivity";

interface Typed {
  text: string;
  isStored: boolean;
  isHeld: boolean;
  /** The record that was shown when the words were sent. */
  seen: RecordView | undefined;
  /** What the record may hold without anybody else having written: the words before, those sent since. */
  own: readonly string[];
}

/** How many earlier words a reading that was under way may still bring. */
const OWN_KEPT = 4;

/** Runs something after a pause; returns how to give up. */
export type Later = (run: () => void) => () => void;

const PAUSE_MS = 700;
const afterPause: Later = (run) => {
  const timer = setTimeout(run, PAUSE_MS);
  return () => clearTimeout(timer);
};

export interface DraftOptions {
  entity: EntityName;
  id: string | null;
  /** What a new record already knows. */
  initial?: () => Patch;
  /** What the history calls it. */
  label: () => string;
  save: (request: SaveRequest) => Promise<Saved>;
  later?: Later;
}

function stored(record: RecordView | undefined, field: string): string {
  const words = record?.fields[field];
  return typeof words === "string" ? words : "";
}
const withOwn = (own: readonly string[], words: string): readonly string[] =>
  own.includes(words) ? own : [...own, words].slice(-OWN_KEPT);

export class NoteDraft {
  id = $state<string | null>(null);
  /** Why the last words were refused; null when they were not. */
  problem = $state.raw<unknown>(null);
  isSending = $state(false);
  #record = $state.raw<RecordView>();
  #typed = new SvelteMap<string, Typed>();
  #sending: Promise<void> | null = null;
  #giveUp: (() => void) | null = null;
  readonly #options: DraftOptions;

  constructor(options: DraftOptions) {
    this.#options = options;
    this.id = options.id;
  }

  get entity(): EntityName {
    return this.#options.entity;
  }

  /**
   * Says which record is on screen now: the words of a field that nobody is typing come from it. Returns whether it
   * brings other words than those being typed, which then stand; words already stored give way to it.
   */
  show(record: RecordView | undefined): boolean {
    const isOther = untrack(() => record !== this.#record && this.#meet(record));
    this.#record = record;
    if (record) this.id = record.id;
    return isOther;
  }

  #meet(record: RecordView | undefined): boolean {
    if (!record) return false;
    let isOther = false;
    for (const [field, one] of this.#typed) {
      const brought = stored(record, field);
      if ([...one.own, one.text].some((own) => own.trim() === brought.trim())) continue;
      if (one.isStored) {
        if (one.isHeld) this.#typed.delete(field);
        continue;
      }
      this.#typed.set(field, { ...one, own: withOwn(one.own, brought) });
      isOther = true;
    }
    return isOther;
  }

  /** Whether the record has been on screen: from then on, one that is not read any more is gone. */
  get isShown(): boolean {
    return this.#record !== undefined;
  }

  /** Returns the words of a field. */
  text(field: string): string {
    const typed = this.#typed.get(field);
    return typed && !this.#isSettled(typed) ? typed.text : stored(this.#record, field);
  }

  /** Whether the record on screen has the last say again. */
  #isSettled(typed: Typed): boolean {
    return typed.isStored && !typed.isHeld && typed.seen !== this.#record;
  }

  /** Whether some words are not in the carnet yet. */
  get isUnsaved(): boolean {
    return [...this.#typed.values()].some((one) => !one.isStored);
  }

  /** Takes words as they are typed; they are written after a pause. */
  type(field: string, text: string): void {
    const before = this.#typed.get(field);
    const own = before && !this.#isSettled(before) ? before.own : [];
    this.#typed.set(field, {
      text,
      isStored: false,
      isHeld: true,
      seen: this.#record,
      own: withOwn(own, stored(this.#record, field)),
    });
    this.#giveUp?.();
    this.#giveUp = (this.#options.later ?? afterPause)(() => void this.flush());
  }

  /** The field is left: its words are written now. */
  async leave(field: string): Promise<void> {
    const typed = this.#typed.get(field);
    if (typed) this.#typed.set(field, { ...typed, isHeld: false });
    await this.flush();
  }

  /** The screen is left: no field is held any more, and what is left is written. */
  async leaveAll(): Promise<void> {
    for (const [field, one] of this.#typed) this.#typed.set(field, { ...one, isHeld: false });
    await this.flush();
  }

  /** Writes what is not written yet; resolves once nothing is left or the core refused. */
  async flush(): Promise<void> {
    this.#giveUp?.();
    this.#giveUp = null;
    if (this.#sending) return this.#sending;
    if (!this.isUnsaved) return;
    this.isSending = true;
    this.#sending = this.#send().finally(() => {
      this.#sending = null;
      this.isSending = false;
    });
    return this.#sending;
  }

  async #send(): Promise<void> {
    while (this.isUnsaved) {
      const sent = [...this.#typed].filter(([, one]) => !one.isStored);
      const patch: Patch = Object.fromEntries(
        sent.map(([field, one]) => [field, one.text.trim() === "" ? null : one.text]),
      );
      for (const [field, one] of sent) this.#typed.set(field, { ...one, own: withOwn(one.own, one.text) });
      try {
        const isNew = this.id === null;
        // A record begins with its first words: nothing is made of blanks.
        if (isNew && Object.values(patch).every((value) => value === null)) {
          for (const [field] of sent) this.#typed.delete(field);
          return;
        }
        const saved = await this.#options.save({
          entity: this.#options.entity,
          id: this.id,
          patch: isNew ? { ...this.#options.initial?.(), ...patch } : patch,
          label: this.#options.label(),
        });
        this.id = saved.record.id;
        this.problem = null;
      } catch (thrown) {
        this.problem = thrown;
        return;
      }
      for (const [field, one] of sent) {
        const now = this.#typed.get(field);
        if (now?.text === one.text) this.#typed.set(field, { ...now, isStored: true, seen: one.seen });
      }
    }
  }
}
