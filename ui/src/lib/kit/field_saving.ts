/**
 * Saving the fields of one record as they are edited, one after the other: each over the value that its screen showed.
 *
 * What may not be written over what stands is kept beside it, and shows as a conflict of its field; what is typed there
 * from then on is kept there too, until somebody chooses.
 */
import {
  isUnseen,
  typedKeep,
  type EntityName,
  type FieldMeta,
  type Patch,
  type RecordView,
  type Saved,
  type SaveRequest,
  type Typist,
  type Value,
} from "$lib/api";

export interface FieldSavingOptions {
  readonly entity: EntityName;
  readonly id: string;
  /** The record on screen. */
  record: () => RecordView | undefined;
  label: (field: string) => string;
  save: (request: SaveRequest) => Promise<Saved>;
  keep?: typeof typedKeep;
  /** The name of what was typed in the field before and waits, if it was read by now. */
  waiting: (field: string) => number | null;
}

const LISTS = new Set(["refs", "any_refs", "enums", "steps", "languages"]);

export class FieldSaving implements Typist {
  readonly #options: FieldSavingOptions;
  #last: Promise<unknown> = Promise.resolve();
  /** What was typed in fields here and waits, by its name; whoever chooses on another copy is not heard here. */
  readonly #typed = new Map<string, number>();
  /** Names of what waited until somebody chose: the screen may not have read it yet. */
  readonly #past = new Set<number>();
  /** What fields hold since they were saved or settled here, until the record is read again. */
  #saved: { record: RecordView | undefined; fields: Patch } = { record: undefined, fields: {} };

  constructor(options: FieldSavingOptions) {
    this.#options = options;
  }

  get entity(): EntityName {
    return this.#options.entity;
  }
  get id(): string {
    return this.#options.id;
  }

  /** Saves a field in its turn, over the value that it showed; returns the record, or null where the value waits. */
  save(field: FieldMeta, value: Value, over?: () => Value): Promise<RecordView | null> {
    // A list is chosen from what is on screen at the click; the elements added and taken away are what is saved.
    const listed = LISTS.has(field.kind) ? this.#shown(field.name) : undefined;
    const shown = listed === undefined ? (over ?? (() => this.#known(field.name))) : () => listed;
    const work = this.#last.then(() => this.#write(field, value, shown));
    this.#last = work.catch(() => undefined);
    return work;
  }

  async #write(field: FieldMeta, value: Value, over: () => Value): Promise<RecordView | null> {
    const { entity, id } = this.#options;
    const [name, shown] = [field.name, over()];
    const waits = this.#waiting(name);
    // What waited here and is not known to wait any more may be settled: then the value goes over what shows.
    if (waits === null) {
      try {
        const patch = { [name]: value };
        const request = { entity, id, patch, over: { [name]: shown }, label: this.#options.label(name) };
        const { record } = await this.#options.save(request);
        this.#typed.delete(name);
        this.#hold(name, this.#of(record, name));
        return record;
      } catch (thrown) {
        if (!isUnseen(thrown) || LISTS.has(field.kind)) throw thrown;
      }
    }
    const keep = this.#options.keep ?? typedKeep;
    const number = this.#typed.get(name) ?? waits;
    this.#typed.set(name, await keep(entity, id, { field: name, number, value, over: shown }));
    this.#hold(name, value);
    return null;
  }

  #waiting(field: string): number | null {
    const number = this.#options.waiting(field);
    return number === null || this.#past.has(number) ? null : number;
  }
  #hold(field: string, value: Value): void {
    this.#saved = { record: this.#options.record(), fields: { ...this.#since(), [field]: value } };
  }
  #of(record: RecordView | undefined, field: string): Value {
    return record?.fields[field] ?? null;
  }
  #shown(field: string): Value {
    return this.#of(this.#options.record(), field);
  }
  #since(): Patch {
    return this.#saved.record === this.#options.record() ? this.#saved.fields : {};
  }
  #known(field: string): Value {
    const since = this.#since();
    return field in since ? (since[field] ?? null) : this.#shown(field);
  }

  flush(): Promise<unknown> {
    return this.#last;
  }

  settled(field: string, value: Value): void {
    for (const number of [this.#typed.get(field), this.#options.waiting(field)])
      if (typeof number === "number") this.#past.add(number);
    this.#typed.delete(field);
    this.#hold(field, value);
  }
}
