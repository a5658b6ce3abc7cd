/**
 * The words of one field while they are typed: when they are handed on, over which value, and what a value that comes
 * from elsewhere does to them. Knows no element of the page.
 */
import type { FieldKind, Value } from "$lib/api";
import { fromDraft, toDraft } from "./drafts";

/** Takes the value to keep and asks, when its turn comes, over which one it was typed. */
export type Hand = (value: Value, over: () => Value) => unknown;

export class TypedDraft {
  text = $state("");
  /** The words that were handed on last, or that the stored value reads as. */
  #handed: string;
  /** The value that the words were typed over: the last one that the field showed, or that was taken of it. */
  #over: Value;
  /** What is stored now, while the field goes on showing the words of whoever is in it. */
  #awaited: { value: Value } | null = null;
  #isHeld = false;
  #isRefused = false;
  #round = 0;
  readonly #kind: FieldKind;
  readonly #hand: Hand;

  /** `hand` may answer with a promise; `false` says that the value was refused, so that leaving hands it on again. */
  constructor(kind: FieldKind, stored: Value, hand: Hand) {
    this.#kind = kind;
    this.text = this.#handed = toDraft(kind, stored);
    this.#over = stored;
    this.#hand = hand;
  }

  /** Words are being typed: until the field is left, nothing replaces them. */
  hold(): void {
    this.#isHeld = true;
  }

  /**
   * Takes the value that is stored now. Words that were not handed on yet stand against another one, and are, over the
   * one that they were typed over; returns whether a field that somebody is in goes on showing words that are not
   * stored any more.
   */
  follow(value: Value): boolean {
    const stored = toDraft(this.#kind, value);
    // An older reading says nothing: what it holds is what the words were typed over.
    if (stored === toDraft(this.#kind, this.#over) && stored !== this.#handed) return false;
    const isOwn = [this.#handed, toDraft(this.#kind, fromDraft(this.#kind, this.text))].includes(stored);
    if (!isOwn && (this.text !== this.#handed || this.#isRefused)) {
      this.flush();
      return false;
    }
    if (!isOwn && this.#isHeld) {
      const isOther = stored.trim() !== this.#handed.trim();
      this.#awaited = { value };
      return isOther;
    }
    this.#awaited = null;
    if (this.text === this.#handed && !this.#isRefused && !this.#isHeld) this.text = stored;
    this.#handed = stored;
    this.#over = value;
    return false;
  }

  /** Hands the words on, unless they were already and were not refused. */
  flush(): void {
    if (this.text === this.#handed && !this.#isRefused) return;
    this.#handed = this.text;
    this.#give(fromDraft(this.#kind, this.text));
  }

  /** The field is left: its words are handed on, or give way to what is stored by now. */
  leave(): void {
    this.#isHeld = false;
    const awaited = this.#awaited;
    this.#awaited = null;
    if (awaited && this.text === this.#handed && !this.#isRefused) this.follow(awaited.value);
    else this.flush();
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
    void Promise.resolve(this.#hand(value, () => this.#over)).then((answer) => {
      if (answer !== false) this.#over = value;
      if (round === this.#round) this.#isRefused = answer === false;
    });
  }
}
