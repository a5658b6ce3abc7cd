/**
 * Words being typed into one record. They live here until the core has them, and after a refusal until it takes them:
 * going to another screen and back finds them. Words that may not be written over what stands are kept beside it, as
 * they are typed, until somebody chooses.
 *
 * Owns no rule: what is sent, and what is refused, is the core's. Writes one at a time, so that a record made by the
 * first words is not made twice.
 */
import {
  isUnseen,
  refusedField,
  typedKeep,
  type EntityName,
  type Patch,
  type RecordView,
  type SaveRequest,
  type Saved,
  type Typist,
  type Value,
} from "$lib/api";
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
  /** What the record held when the words were typed, or took of them since. */
  over: Value;
  /** The name under which the words wait beside what stands; null while they are written there. */
  waits: number | null;
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
  /** Keeps words beside what stands in their field. */
  keep?: typeof typedKeep;
  later?: Later;
}

function stored(record: RecordView | undefined, field: string): string {
  const words = record?.fields[field];
  return typeof words === "string" ? words : "";
}
const valueOf = (text: string): Value => (text.trim() === "" ? null : text);
const withOwn = (own: readonly string[], words: string): readonly string[] =>
  own.includes(words) ? own : [...own, words].slice(-OWN_KEPT);

export class NoteDraft implements Typist {
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
   * Says which record is on screen now: the words of a field that nobody is in come from it. What it brings against
   * words that are being typed is met by sending them. Returns whether a field that somebody is in, whose words were
   * stored, goes on showing them although the record has other ones.
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
      if (this.#isSettled(one) || one.waits !== null) continue;
      if ([...one.own, one.text].some((own) => own.trim() === brought.trim())) continue;
      this.#typed.set(field, { ...one, own: withOwn(one.own, brought) });
      if (one.isStored) isOther ||= one.isHeld;
      else queueMicrotask(() => void this.flush());
    }
    return isOther;
  }

  /** Whether the words of a field wait beside what stands there. */
  isApart(field: string): boolean {
    return (this.#typed.get(field)?.waits ?? null) !== null;
  }

  /** Takes up words that an earlier visit left waiting, where none are being typed: the typing goes on with them. */
  goOn(field: string, waits: number, value: Value): void {
    const before = this.#typed.get(field);
    if (before && !this.#isSettled(before)) return;
    const text = typeof value === "string" ? value : "";
    const over = this.#record?.fields[field] ?? null;
    this.#typed.set(field, {
      text,
      isStored: true,
      isHeld: false,
      seen: this.#record,
      own: [text],
      over,
      waits,
    });
  }

  /** Somebody chose what the field holds; words typed since go on over that. */
  settled(field: string, value: Value): void {
    const typed = this.#typed.get(field);
    if (!typed) return;
    const text = typeof value === "string" ? value : "";
    const own = withOwn(typed.own, text);
    if (typed.isStored)
      this.#typed.set(field, {
        ...typed,
        text,
        own,
        over: value,
        waits: null,
        isHeld: false,
        seen: this.#record,
      });
    else this.#typed.set(field, { ...typed, own, over: value, waits: null });
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
    return typed.isStored && !typed.isHeld && typed.waits === null && typed.seen !== this.#record;
  }

  /** Whether some words are not in the carnet yet. */
  get isUnsaved(): boolean {
    return [...this.#typed.values()].some((one) => !one.isStored);
  }

  /** Takes words as they are typed; they are written after a pause. */
  type(field: string, text: string): void {
    const found = this.#typed.get(field);
    const before = found && !this.#isSettled(found) ? found : undefined;
    this.#typed.set(field, {
      text,
      isStored: false,
      isHeld: true,
      seen: this.#record,
      own: withOwn(before?.own ?? [], stored(this.#record, field)),
      over: before ? before.over : (this.#record?.fields[field] ?? null),
      waits: before?.waits ?? null,
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
      for (const [field, one] of sent) this.#typed.set(field, { ...one, own: withOwn(one.own, one.text) });
      try {
        for (const [field, one] of sent) if (one.waits !== null) await this.#keep(field, one);
        await this.#write(sent.filter(([, one]) => one.waits === null));
        this.problem = null;
      } catch (thrown) {
        this.problem = thrown;
        return;
      }
    }
  }

  async #write(sent: readonly [string, Typed][]): Promise<void> {
    const patch: Patch = Object.fromEntries(sent.map(([field, one]) => [field, valueOf(one.text)]));
    const isNew = this.id === null;
    if (sent.length === 0) return;
    // A record begins with its first words: nothing is made of blanks.
    if (isNew && Object.values(patch).every((value) => value === null)) {
      for (const [field] of sent) this.#typed.delete(field);
      return;
    }
    const over: Patch = Object.fromEntries(sent.map(([field, one]) => [field, one.over]));
    try {
      const { record } = await this.#options.save({
        entity: this.#options.entity,
        ...(this.id === null
          ? { id: null, patch: { ...this.#options.initial?.(), ...patch } }
          : { id: this.id, patch, over }),
        label: this.#options.label(),
      });
      this.id = record.id;
      for (const [field, one] of sent) this.#taken(field, one, { over: record.fields[field] ?? null });
    } catch (thrown) {
      const refused = isUnseen(thrown) && sent.find(([field]) => field === refusedField(thrown));
      // The fields beside it are sent again without it.
      if (!refused) throw thrown;
      await this.#keep(...refused);
    }
  }

  /** Keeps the words of a field beside what stands in it. */
  async #keep(field: string, one: Typed): Promise<void> {
    const { keep = typedKeep, entity } = this.#options;
    const words = { field, number: one.waits, value: valueOf(one.text), over: one.over };
    this.#taken(field, one, { waits: await keep(entity, this.id ?? "", words) });
  }

  /** The words that were sent are in the carnet; those typed since are not. */
  #taken(field: string, sent: Typed, since: Partial<Typed>): void {
    const now = this.#typed.get(field);
    if (!now) return;
    const isStored = now.text === sent.text;
    this.#typed.set(field, { ...now, ...since, ...(isStored ? { isStored, seen: sent.seen } : {}) });
  }
}
