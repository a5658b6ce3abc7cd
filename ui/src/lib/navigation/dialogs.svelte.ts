/**
 * Dialogs that one feature owns and others open by name, since a feature never imports another.
 *
 * A feature lists its own in the `dialogs` of its `routes.ts`; the shell draws the one that is open.
 */
import type { Patch } from "$lib/api";
import type { Component } from "svelte";

/** What each dialog needs to be opened; all of them also get `onclose`. */
export interface DialogProps {
  /** Documents to take out: `of` is `entity/id`, `documents` the codes on offer, the usual one first. */
  export: { of: string; documents: readonly string[] };
  /** A new organisation, with what is already known of it. */
  "create:organisation": { initial?: Patch };
  /** A new idea, lead or project. */
  "create:project": { initial?: Patch };
  /** A new support, from a request when it has an `origin_request`; `notes` goes on to the notes of a first session. */
  "create:support": { initial?: Patch; notes?: boolean };
  /** Notes to take at once: the support is chosen first when it is not known. */
  "create:session": { initial?: Patch };
  /** A simple request answered at once; `request` is the id of one already noted. */
  quick_help: { request?: string };
}
export type DialogName = keyof DialogProps;
export type Dialogs = { [Name in DialogName]?: () => Promise<{ default: Component<never> }> };

interface Opened {
  name: DialogName;
  props: DialogProps[DialogName];
}

const state = $state<{ opened: Opened | null }>({ opened: null });
let offered: Dialogs = {};

/** The dialog open over the screen, if any; drawn by the shell. */
export const overDialog = {
  get opened() {
    return state.opened;
  },
  close() {
    state.opened = null;
  },
};

/** Says which dialogs exist; the shell calls it once with those of all features. */
export function offerDialogs(dialogs: Dialogs): void {
  offered = dialogs;
}

/** Says whether a feature owns a dialog of this name. */
export const hasDialog = (name: string): name is DialogName => name in offered;

/** Returns how to load a dialog. */
export const dialogOf = (name: DialogName) => offered[name];

/** Opens a dialog over the screen. */
export function openDialog<Name extends DialogName>(name: Name, props: DialogProps[Name]): void {
  state.opened = { name, props };
}
