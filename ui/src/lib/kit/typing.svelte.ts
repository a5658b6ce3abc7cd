/** What a field with a list keeps while the person types: the choices found, the active one, open or not. */
import type { Choice } from "./choices";

export type FindChoices = (typed: string) => Choice[] | Promise<Choice[]>;

export class Typing {
  choices = $state.raw<Choice[]>([]);
  active = $state(-1);
  isOpen = $state(false);
  isBusy = $state(false);
  #round = 0;
  readonly #find: () => FindChoices;

  constructor(find: () => FindChoices) {
    this.#find = find;
  }

  /** Looks for what is typed; a late answer never replaces a newer one. `first` makes the first choice active. */
  async look(typed: string, first: boolean): Promise<void> {
    const round = ++this.#round;
    this.isOpen = true;
    this.isBusy = true;
    try {
      const found = await this.#find()(typed);
      if (round !== this.#round) return;
      this.choices = found;
      this.active = first && found.length > 0 ? 0 : -1;
    } catch {
      if (round === this.#round) this.choices = [];
    }
    if (round === this.#round) this.isBusy = false;
  }

  close(): void {
    this.#round += 1;
    this.isOpen = false;
    this.isBusy = false;
    this.active = -1;
  }

  /** Moves among `count` lines; tells whether the key was one that moves. */
  move(key: string, count: number): boolean {
    const step = { ArrowDown: 1, ArrowUp: -1 }[key];
    if (!step || count === 0) return false;
    this.active = this.active < 0 ? (step > 0 ? 0 : count - 1) : (this.active + step + count) % count;
    return true;
  }
}
