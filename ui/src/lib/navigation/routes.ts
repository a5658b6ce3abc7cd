/** How an address names a screen. Pure: no window, no component is loaded here. */
import type { MessageKey } from "$lib/messages";
import type { Component } from "svelte";

/** A screen of the window. A feature exports a list of these from its `routes.ts`. */
export interface Route {
  /** `/projets/:id`; a part with a colon is handed to the screen as a property. */
  path: string;
  title: MessageKey;
  screen: () => Promise<{ default: Component<never> }>;
}

export interface Match {
  route: Route;
  params: Record<string, string>;
}

export interface Address {
  path: string;
  query: URLSearchParams;
}

/** Reads an address such as `#/projets/42?vue=tableau`. */
export function readAddress(hash: string): Address {
  const text = hash.replace(/^#/u, "") || "/";
  const [path = "/", query = ""] = text.split("?", 2);
  return { path: path.startsWith("/") ? path : `/${path}`, query: new URLSearchParams(query) };
}

/** Writes the address of a screen; empty parameters are left out. */
export function writeAddress(path: string, query: Record<string, string | null | undefined> = {}): string {
  const kept = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) if (value) kept.set(name, value);
  const text = kept.toString();
  return text ? `${path}?${text}` : path;
}

/** Finds the screen of a path; a fixed part wins over one with a colon. */
export function matchRoute(routes: readonly Route[], path: string): Match | null {
  const parts = path.split("/").filter(Boolean);
  let best: (Match & { fixed: number }) | null = null;
  for (const route of routes) {
    const wanted = route.path.split("/").filter(Boolean);
    if (wanted.length !== parts.length) continue;
    const params: Record<string, string> = {};
    let fixed = 0;
    const fits = wanted.every((want, index) => {
      const part = parts[index] ?? "";
      if (want.startsWith(":")) {
        params[want.slice(1)] = decodeURIComponent(part);
        return true;
      }
      fixed += 1;
      return want === part;
    });
    if (fits && (!best || fixed > best.fixed)) best = { route, params, fixed };
  }
  return best && { route: best.route, params: best.params };
}

/** The address of a record's own screen, where there is one. */
export function recordPath(entity: string, id: string): string | null {
  const base: Record<string, string> = {
    organisation: "/structures",
    project: "/projets",
    support: "/appuis",
    session: "/seances",
  };
  const found = base[entity];
  return found ? `${found}/${encodeURIComponent(id)}` : null;
}
