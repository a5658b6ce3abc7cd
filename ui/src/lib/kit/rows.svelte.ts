/**
 * The rows of a long list, read by pages as they come on screen. Holds what is shown plus a margin, never the whole.
 */
import { asAppError, type AppError } from "$lib/api";
import { untrack } from "svelte";
import { moveIn, pagesOf, scrollToShow, visibleSlice, type Slice } from "./window";

export interface Page<Row> {
  rows: Row[];
  total: number;
}

export type LoadPage<Row> = (offset: number, limit: number) => Promise<Page<Row>>;

const PAGE_ROWS = 60;
const PAGES_KEPT = 8;

/** What a windowed list keeps: where it is scrolled, its active row, the pages it has read. */
export class Rows<Row> {
  total = $state(0);
  active = $state(0);
  rowHeight = $state(38);
  headHeight = $state(0);
  error = $state.raw<AppError>();
  isFirstRead = $state(true);
  #top = $state(0);
  #viewport = $state(0);
  #pages = $state.raw<ReadonlyMap<number, Row[]>>(new Map());
  #reading = new Set<number>();
  #round = 0;
  #load: LoadPage<Row>;
  #zone: HTMLElement | undefined;

  readonly slice: Slice = $derived(visibleSlice(this.#top, this.#viewport, this.rowHeight, this.total));

  constructor(load: LoadPage<Row>) {
    this.#load = load;
  }

  /** Returns a row, undefined until its page is read. */
  at(index: number): Row | undefined {
    return this.#pages.get(Math.floor(index / PAGE_ROWS))?.[index % PAGE_ROWS];
  }

  /**
   * Reads what is on screen again; the old rows stay until the new ones come. Called from an effect, it is called again
   * when what `load` reads of the state changes, and not when the list is scrolled.
   */
  async restart(load: LoadPage<Row>): Promise<void> {
    this.#load = load;
    this.#round += 1;
    this.#reading.clear();
    const pages = untrack(() => pagesOf(this.slice, PAGE_ROWS));
    const wanted = pages.length > 0 ? pages : [0];
    const round = this.#round;
    try {
      const read = await Promise.all(wanted.map((page) => this.#load(page * PAGE_ROWS, PAGE_ROWS)));
      if (round !== this.#round) return;
      this.#pages = new Map(wanted.map((page, index) => [page, read[index]?.rows ?? []]));
      this.total = read[0]?.total ?? 0;
      this.active = Math.min(this.active, Math.max(0, this.total - 1));
      this.error = undefined;
    } catch (thrown) {
      if (round !== this.#round) return;
      this.error = asAppError(thrown);
    }
    this.isFirstRead = false;
  }

  /** Reads the pages that came on screen. */
  fill(): void {
    for (const page of pagesOf(this.slice, PAGE_ROWS)) {
      if (this.#pages.has(page) || this.#reading.has(page)) continue;
      this.#reading.add(page);
      const round = this.#round;
      untrack(() => this.#load(page * PAGE_ROWS, PAGE_ROWS)).then(
        (answer) => {
          if (round !== this.#round) return;
          this.#reading.delete(page);
          this.total = answer.total;
          const kept = new Map(this.#pages).set(page, answer.rows);
          const needed = new Set(pagesOf(this.slice, PAGE_ROWS));
          for (const old of kept.keys()) if (kept.size > PAGES_KEPT && !needed.has(old)) kept.delete(old);
          this.#pages = kept;
        },
        (thrown: unknown) => {
          if (round !== this.#round) return;
          this.#reading.delete(page);
          this.error = asAppError(thrown);
        },
      );
    }
  }

  /** Follows the zone that scrolls; returns how to stop. */
  follow(zone: HTMLElement): () => void {
    this.#zone = zone;
    const measure = () => {
      this.#top = zone.scrollTop;
      this.#viewport = zone.clientHeight;
    };
    measure();
    const watch = new ResizeObserver(measure);
    watch.observe(zone);
    zone.addEventListener("scroll", measure, { passive: true });
    return () => {
      watch.disconnect();
      zone.removeEventListener("scroll", measure);
    };
  }

  /** Makes a row the active one and brings it into view. */
  go(index: number): void {
    this.active = index;
    if (!this.#zone) return;
    const { scrollTop, clientHeight } = this.#zone;
    this.#zone.scrollTop = scrollToShow(index, scrollTop, clientHeight, this.rowHeight, this.headHeight);
  }

  /** Takes the first row in view as the active one when the active one is out of sight: the list was put back. */
  meet(): void {
    if (this.active >= this.slice.start && this.active < this.slice.end) return;
    this.active = Math.min(this.total - 1, Math.ceil(this.#top / this.rowHeight));
  }

  /** Moves the active row as the key says; tells whether it was a key that moves. */
  move(key: string): boolean {
    const pageRows = Math.max(1, Math.floor(this.#viewport / this.rowHeight) - 1);
    const to = moveIn(key, this.active, this.total, pageRows);
    if (to === null) return false;
    this.go(to);
    return true;
  }
}
