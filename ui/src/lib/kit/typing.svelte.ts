/** What a field with a list keeps while the person types: the choices found, the active one, open or not. */
import type { Choice } from "./choices";

export type FindChoices = (typed: string) => Choice[] | Promise<Choice[]>;

export class Typing {
  choices = $state.raw<Choice[]>([]);
  active = $state(-1);
  isOpen = $state(false);
  isBusy = $state(false);
  /** The active choice is only proposed: the person has not moved in the list. */
  #isProposed = false;
  #round = 0;
  /** What waits for the choices that are being read. */
  #awaited: ((isRead: boolean) => void) | null = null;
  readonly #find: () => FindChoices;

  constructor(find: () => FindChoices) {
    this.#find = find;
  }

  /** Looks for what is typed; a late answer never replaces a newer one. `first` makes the first choice active. */
  async look(typed: string, first: boolean): Promise<void> {
    const round = ++this.#round;
    this.isOpen = true;
    this.isBusy = true;
    this.#awaited = null;
    let isRead = true;
    try {
      const found = await this.#find()(typed);
      if (round !== this.#round) return;
      this.choices = found;
      this.active = first && found.length > 0 ? 0 : -1;
      this.#isProposed = this.active === 0;
    } catch {
      isRead = false;
      if (round === this.#round) this.choices = [];
    }
    if (round !== this.#round) return;
    this.isBusy = false;
    this.#takeAwaited(isRead);
  }

  #takeAwaited(isRead: boolean): void {
    const awaited = this.#awaited;
    this.#awaited = null;
    awaited?.(isRead);
  }

  /** Whether Enter was pressed before the choices were there. */
  get isAwaited(): boolean {
    return this.#awaited !== null;
  }

  /**
   * Runs `take` when the choices are read: now, or when they arrive; never once more is typed or the list is closed.
   *
   * It is told whether they could be read.
   */
  whenRead(take: (isRead: boolean) => void): void {
    if (this.isBusy) this.#awaited = take;
    else take(true);
  }

  /**
   * Enter: gives its line to `pick`, now or when the choices are read; calls `none` where there turns out to be none.
   * Tells whether it was for the list. `creates` says whether a line after the choices creates.
   */
  enter(creates: () => boolean, pick: (line: number) => void, none: () => void): boolean {
    if (!this.isOpen || (!this.isBusy && this.taken(creates()) < 0)) return false;
    this.whenRead((isRead) => {
      const line = isRead ? this.taken(creates()) : -1;
      if (line >= 0) pick(line);
      else none();
    });
    return true;
  }

  /** The line that Enter takes: the active one, or the only one, which creates; none while choices are being read. */
  taken(create: boolean): number {
    if (this.isBusy) return -1;
    return this.active < 0 && create && this.choices.length === 0 ? 0 : this.active;
  }

  close(): void {
    this.#round += 1;
    this.isOpen = false;
    this.isBusy = false;
    this.active = -1;
    this.#awaited = null;
  }

  /**
   * Moves among `count` lines; tells whether the key was one that moves.
   *
   * The first ↓ reaches the only match, never the line after it, which creates.
   */
  move(key: string, count: number): boolean {
    const step = { ArrowDown: 1, ArrowUp: -1 }[key];
    if (!step || count === 0) return false;
    const isReached = this.#isProposed && step > 0 && this.choices.length === 1;
    this.#isProposed = false;
    if (isReached) return true;
    this.active = this.active < 0 ? (step > 0 ? 0 : count - 1) : (this.active + step + count) % count;
    return true;
  }
}
