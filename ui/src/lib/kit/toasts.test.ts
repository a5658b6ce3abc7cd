import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

let answer: { device: string; seq: number } | null = null;
vi.mock("@tauri-apps/api/core", () => ({
  invoke: () => Promise.resolve({ commit: answer, records_touched: 1 }),
}));
const { commits } = await import("$lib/api");
const { dismiss, takeBack, tell, tellProblem, toasts, undoLast } = await import("./toasts.svelte");

const told = () => toasts().map((toast) => toast.text);
const problem = (reason: string) => ({ code: "not_restored", params: { count: 1, reasons: reason } });

beforeEach(() => void vi.useFakeTimers());
afterEach(() => {
  for (const toast of [...toasts()]) dismiss(toast.id);
  vi.useRealTimers();
});

describe("notices that come one after the other", () => {
  it("are a few at most: the older leave", () => {
    for (const text of ["Un", "Deux", "Trois"]) tell(text);
    expect(told()).toEqual(["Deux", "Trois"]);
  });

  it("count once when they say the same, and stay as long as the last one", () => {
    tell("Enregistré");
    tell("Autre chose");
    vi.advanceTimersByTime(5000);
    tell("Enregistré", { device: "a", seq: 2 });
    expect(told()).toEqual(["Autre chose", "Enregistré"]);
    expect(toasts().at(-1)).toMatchObject({ times: 2, commit: { device: "a", seq: 2 } });
    vi.advanceTimersByTime(5000);
    expect(told()).toEqual(["Enregistré"]);
    vi.advanceTimersByTime(7000);
    expect(told()).toEqual([]);
  });

  it("say once what is left", () => {
    tell("Nom : tranché.", null, "Restent 2 points à trancher.");
    tell("Sigle : tranché.", null, "Reste un point à trancher.");
    expect(toasts().map((toast) => toast.more)).toEqual(["", "Reste un point à trancher."]);
  });

  it("never push out the reason of a failure, which stays until it is closed", () => {
    tellProblem(problem("Le disque est plein."));
    for (const text of ["Un", "Deux", "Trois"]) tell(text);
    expect(toasts().map((toast) => toast.isProblem)).toEqual([true, false]);
    vi.advanceTimersByTime(60_000);
    expect(toasts().map((toast) => toast.isProblem)).toEqual([true]);
  });
});

describe("a notice of what was taken back", () => {
  afterEach(() => commits.clear());

  it("says so only where something of it was left", async () => {
    const commit = { device: "a", seq: 1 };
    answer = { device: "a", seq: 2 };
    tell("Nom enregistré", commit);
    const [first] = toasts();
    if (first) await takeBack(first);
    answer = null;
    tell("Nom enregistré", commit);
    const second = toasts().at(-1);
    if (second) await takeBack(second);
    expect(told()).toEqual([
      "Annulé.",
      "Rien n’en reste à défaire\u00a0: d’autres saisies sont venues depuis.",
    ]);
    for (const toast of [...toasts()]) dismiss(toast.id);
    commits.remember(commit, "Nom");
    await undoLast();
    expect(told()).toEqual(["Rien n’en reste à défaire\u00a0: d’autres saisies sont venues depuis."]);
  });

  it("offers no more what Ctrl+Z took back meanwhile", async () => {
    const commit = { device: "a", seq: 1 };
    commits.remember(commit, "Nom");
    tell("Nom enregistré", commit);
    answer = { device: "a", seq: 2 };
    await undoLast();
    expect(toasts().map((toast) => toast.commit)).toEqual([null, null]);
  });
});
