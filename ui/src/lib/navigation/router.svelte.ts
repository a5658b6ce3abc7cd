/**
 * Where the person is, and the way back.
 *
 * Each place visited keeps how far its zones were scrolled, so that Alt+← finds them as they were left.
 */
import { untrack } from "svelte";
import type { Attachment } from "svelte/attachments";
import { readAddress, writeAddress, type Address } from "./routes";

interface Entry {
  key: number;
}

const read = () => readAddress(typeof location === "undefined" ? "" : location.hash);
const entryOf = (state: unknown) => (state as Entry | null)?.key ?? null;

const here = $state({ address: read() as Address, key: 0, isReturn: false, visits: 0 });
const scrolled = new Map<number, Map<string, number>>();
const zones = new Map<string, HTMLElement>();
let nextKey = 1;

function keepScroll(): void {
  scrolled.set(here.key, new Map([...zones].map(([name, zone]) => [name, zone.scrollTop])));
}

function arrive(): void {
  keepScroll();
  const known = entryOf(history.state);
  if (known === null) {
    here.key = nextKey++;
    history.replaceState({ key: here.key } satisfies Entry, "");
  } else {
    here.key = known;
    nextKey = Math.max(nextKey, known + 1);
  }
  here.isReturn = scrolled.has(here.key);
  here.visits += 1;
  here.address = read();
}

/** The place on screen. */
export const place = {
  get path() {
    return here.address.path;
  },
  get query() {
    return here.address.query;
  },
};

/** Attach to a screen's content: once the person has moved, focus arrives there unless the screen took it inside. */
export const arrival: Attachment<HTMLElement> = (content) => {
  if (untrack(() => here.visits) <= 1 || content.contains(document.activeElement)) return;
  content.focus({ preventScroll: true });
};

/** Starts following the address bar; returns how to stop. */
export function startRouter(home: string): () => void {
  if (!location.hash) history.replaceState(null, "", `#${home}`);
  arrive();
  window.addEventListener("popstate", arrive);
  return () => window.removeEventListener("popstate", arrive);
}

/** Returns the `href` of a link to a screen. */
export function href(path: string, query: Record<string, string | null | undefined> = {}): string {
  return `#${writeAddress(path, query)}`;
}

/** Goes to a screen. */
export function navigate(path: string, query: Record<string, string | null | undefined> = {}): void {
  const target = href(path, query);
  if (target === location.hash) return;
  keepScroll();
  history.pushState(null, "", target);
  arrive();
}

/** Changes the parameters of the address without a new place in the way back: a filter, a view. */
export function setQuery(query: Record<string, string | null | undefined>): void {
  const merged = { ...Object.fromEntries(here.address.query), ...query };
  history.replaceState({ key: here.key } satisfies Entry, "", href(here.address.path, merged));
  here.address = read();
}

export const goBack = () => history.back();
export const goForward = () => history.forward();

/** Attach to a zone that scrolls: it is put back where it was when the person comes back to this place. */
export function scrollZone(name: string): Attachment<HTMLElement> {
  return (zone) => {
    zones.set(name, zone);
    // Read once: a zone that stays when the place changes is not put back.
    const wanted = untrack(() => (here.isReturn ? (scrolled.get(here.key)?.get(name) ?? 0) : 0));
    const stop = wanted > 0 ? scrollWhenTall(zone, wanted) : undefined;
    return () => {
      stop?.();
      if (zones.get(name) === zone) zones.delete(name);
    };
  };
}

/** Scrolls as soon as the content is tall enough, unless the person scrolls first. */
function scrollWhenTall(zone: HTMLElement, top: number): () => void {
  const watch = new MutationObserver(attempt);
  const gestures = ["wheel", "pointerdown", "keydown"] as const;
  const stop = () => {
    watch.disconnect();
    for (const gesture of gestures) zone.removeEventListener(gesture, stop);
  };
  function attempt() {
    if (zone.scrollHeight - zone.clientHeight < top) return;
    zone.scrollTop = top;
    stop();
  }
  for (const gesture of gestures) zone.addEventListener(gesture, stop, { passive: true });
  watch.observe(zone, { childList: true, subtree: true, attributes: true });
  attempt();
  return stop;
}
