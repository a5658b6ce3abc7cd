/** The cards of one lane: the first ones that fit, then the others when asked. Never the whole list at once. */
import { asAppError, recordList, type AppError, type Filter, type RecordView } from "$lib/api";

/** How many more each « Afficher les autres » brings. */
export const MORE = 30;
/** The height of a card and the space under it, give or take a line. */
const CARD_PX = 124;
const CARD_WITH_PHASE_PX = 146;
const LEAST = 3;

export interface LaneQuery {
  filters: Filter[];
  text: string | null;
}

export class LaneCards {
  readonly name: string;
  cards = $state.raw<readonly RecordView[]>([]);
  total = $state(0);
  error = $state.raw<AppError>();
  isFirstRead = $state(true);
  /** How many fit in the height of the lane. */
  #fitting = $state(LEAST);
  #asked = 0;
  #round = 0;
  #latest: Promise<void> = Promise.resolve();

  constructor(name: string) {
    this.name = name;
  }

  /** How many cards are read at least. */
  get wanted(): number {
    return Math.max(this.#fitting, this.#asked);
  }
  get others(): number {
    return Math.max(0, this.total - this.cards.length);
  }

  /** Takes the height of the lane. */
  fit(height: number): void {
    const card = this.name === "project" ? CARD_WITH_PHASE_PX : CARD_PX;
    this.#fitting = Math.max(LEAST, Math.floor(height / card));
  }

  /** Reads the cards that follow too. */
  more(query: LaneQuery): Promise<void> {
    this.#asked = this.cards.length + MORE;
    return this.read(query);
  }

  /** Reads the cards; done once the latest reading is. */
  read(query: LaneQuery): Promise<void> {
    this.#latest = this.#read(query, ++this.#round);
    return this.#latest;
  }

  async #read(query: LaneQuery, round: number): Promise<void> {
    try {
      const page = await recordList({
        entity: "project",
        ...query,
        sort: [{ field: "modified_at", descending: true }],
        limit: this.wanted,
      });
      if (round !== this.#round) return await this.#latest;
      this.cards = page.rows;
      this.total = page.total;
      this.error = undefined;
    } catch (thrown) {
      if (round !== this.#round) return await this.#latest;
      this.error = asAppError(thrown);
    }
    this.isFirstRead = false;
  }
}
