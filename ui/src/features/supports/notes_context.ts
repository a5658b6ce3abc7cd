/** What the parts of the notes ask of the screen that holds them. */
/** Sent to a block that must take another level; its detail is the level. */
export const LEVEL_EVENT = "notelevel";

export const NOTES = Symbol("notes");

export interface NotesContext {
  /** Opens the list of blocks beside an element. */
  chooseBlock: (anchor: HTMLElement) => void;
}
