/** Going from block to block of the notes with the keyboard. */
const WRITABLE = "textarea:not(:disabled), input:not(:disabled), button:not(:disabled)";

const blocksIn = (notes: HTMLElement) => [...notes.querySelectorAll<HTMLElement>("[data-block]")];

/** Returns the block that holds an element. */
export const blockOf = (element: Element | null): HTMLElement | null =>
  element?.closest<HTMLElement>("[data-block]") ?? null;

/** Puts the caret in a block: in its words, else on the first thing that can be done there. */
export function enterBlock(block: HTMLElement | undefined): void {
  const words = block?.querySelector<HTMLElement>("textarea:not(:disabled)");
  const first = words ?? block?.querySelector<HTMLElement>(`.c :is(${WRITABLE})`);
  first?.focus();
  block?.scrollIntoView({ block: "nearest" });
}

/** Goes to the block before or after the one that has the caret. */
export function stepBlock(notes: HTMLElement, from: Element | null, step: 1 | -1): void {
  const blocks = blocksIn(notes);
  const current = blockOf(from);
  const at = current ? blocks.indexOf(current) : -1;
  const next = at < 0 ? (step > 0 ? 0 : blocks.length - 1) : at + step;
  enterBlock(blocks[Math.max(0, Math.min(blocks.length - 1, next))]);
}

/** Puts the caret in the first words that are not written yet. */
export function enterFirstEmpty(notes: HTMLElement): void {
  const areas = [...notes.querySelectorAll<HTMLTextAreaElement>("[data-block] textarea:not(:disabled)")];
  const first = areas.find((area) => area.value.trim() === "") ?? areas[0];
  first?.focus({ preventScroll: areas[0] === first });
}

/** Returns the block of this name. */
export const blockNamed = (notes: HTMLElement, name: string): HTMLElement | undefined =>
  blocksIn(notes)
    .filter((block) => block.dataset.block === name)
    .at(-1);
