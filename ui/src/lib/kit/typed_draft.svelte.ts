/**
 * The words of one field while they are typed: when they are handed on, and what a value that comes from elsewhere
 * does to them. Knows no element of the page.
 */
import type { FieldKind, Value } from "$lib/api";
import { fromDraft, toDraft } from "./drafts";

export class TypedDraft {
  text = $state("");
  #handed: string;
  #isRefused = false;
  #round = 0;
  readonly #kind: FieldKind;
  readonly #hand: (value: Value) => unknown;

  /** `hand` may answer with a promise; `false` says that the value was refused, so that leaving hands it on again. */
  constructor(kind: FieldKind, stored: string, hand: (value: Value) => unknown) {
    this.#kind = kind;
    this.text = stored;
    this.#handed = stored;
    this.#hand = hand;
  }

  /** Takes the value that is stored now; returns whether it differs from words being typed, which stand. */
  follow(stored: string): boolean {
    if (stored === this.#handed) return false;
    const isOwn = toDraft(this.#kind, fromDraft(this.#kind, this.text)) === stored;
    const isTouched = (this.text !== this.#handed || this.#isRefused) && !isOwn;
    const isOther = stored.trim() !== this.#handed.trim();
    this.#handed = stored;
    if (!isTouched) this.text = stored;
    return isTouched && isOther;
  }

  /** Hands the words on, unless they were already and were not refused. */
  flush(): void {
    if (this.text === this.#handed && !this.#isRefused) return;
    this.#handed = this.text;
    this.#give(fromDraft(this.#kind, this.text));
  }

  /** Hands the value on without writing it over the words being typed: « 1 » is not yet « 1 min ». */
  handOn(): void {
    const value = fromDraft(this.#kind, this.text);
    this.#handed = toDraft(this.#kind, value);
    this.#give(value);
  }

  #give(value: Value): void {
    const round = ++this.#round;
    this.#isRefused = false;
    void Promise.resolve(this.#hand(value)).then((answer) => {
      if (round === this.#round) this.#isRefused = answer === false;
    });
  }
}
