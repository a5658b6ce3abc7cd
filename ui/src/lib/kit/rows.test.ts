import { afterEach, describe, expect, it, vi } from "vitest";
import { Rows, type Page } from "./rows.svelte";

interface Asked {
  offset: number;
  answer: (page: Page<number>) => void;
  refuse: (thrown: unknown) => void;
}
let asked: Asked[] = [];
const load = (offset: number) =>
  new Promise<Page<number>>((answer, refuse) => void asked.push({ offset, answer, refuse }));
const page = (offset: number, total: number): Page<number> => ({
  rows: Array.from({ length: Math.min(60, total - offset) }, (_, at) => offset + at),
  total,
});
const settled = async () => {
  for (let turn = 0; turn < 8; turn++) await Promise.resolve();
};

/** The zone of a list, ten rows high, that the test scrolls. */
function zone() {
  vi.stubGlobal(
    "ResizeObserver",
    class {
      observe = () => undefined;
      disconnect = () => undefined;
    },
  );
  const runs: (() => void)[] = [];
  const element = {
    scrollTop: 0,
    clientHeight: 380,
    addEventListener: (_name: string, run: () => void) => void runs.push(run),
    removeEventListener: () => undefined,
  };
  const scrollTo = (row: number) => {
    element.scrollTop = row * 38;
    for (const run of runs) run();
  };
  return { element: element as unknown as HTMLElement, scrollTo };
}

afterEach(() => {
  asked = [];
  vi.unstubAllGlobals();
});

describe("the rows of a long list", () => {
  it("of a page that could not be read are read again, whatever was being read meanwhile", async () => {
    const rows = new Rows<number>(load);
    const { element, scrollTo } = zone();
    rows.follow(element);
    const first = rows.restart(load);
    asked.shift()?.answer(page(0, 600));
    await first;

    // The list is read again after a commit; a page that comes on screen fails before that answer.
    const again = rows.restart(load);
    scrollTo(300);
    rows.fill();
    const [start, far] = asked;
    far?.refuse({ code: "io", params: {} });
    await settled();
    start?.answer(page(0, 600));
    await again;
    asked = [];

    rows.fill();
    expect(asked.map((one) => one.offset)).toContain(far?.offset);
  });
});
