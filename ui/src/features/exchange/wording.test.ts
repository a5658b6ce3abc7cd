import { describe, expect, it } from "vitest";
import {
  batchInWords,
  countedByKind,
  deletersInWords,
  deviceInWords,
  doneInWords,
  nameOfPath,
  refusedInWords,
  sizeInWords,
  toSettleInWords,
} from "./wording";

const merged = { commits: 0, changes: 0, conflicts_opened: 0, conflicts_settled: 0, deleted: 0, revived: 0 };
const device = {
  device: "b",
  name: "Poste du bureau",
  author: "Mathieu Roche",
  is_here: false,
  last_seen_at: "2026-10-05T18:42:00",
  commits: 12,
  missing: 0,
};

describe("what an exchange did", () => {
  it("counts what came and what left, in agreement", () => {
    expect(doneInWords({ merged: { ...merged, commits: 17 }, batch: 1, written: 1 })).toBe(
      "17 saisies reçues, 1 envoyée.",
    );
    expect(doneInWords({ merged, batch: null, written: 9 })).toBe("0 saisie reçue, 9 envoyées.");
  });

  it("says what is to settle, and says so when there was nothing to do", () => {
    expect(
      doneInWords({ merged: { ...merged, commits: 2, conflicts_opened: 2 }, batch: 1, written: 0 }),
    ).toBe("2 saisies reçues, 0 envoyée. 2 valeurs à trancher.");
    expect(doneInWords({ merged, batch: null, written: 0 })).toBe("Rien de nouveau, ni ici ni là-bas.");
  });
});

describe("an exchange whose deletions were refused", () => {
  it("says that the records stay, and whether anything else came", () => {
    const done = { merged: { ...merged, commits: 65, conflicts_opened: 1 }, batch: 1, written: 2 };
    expect(refusedInWords(64, done)).toBe(
      "Les 64 suppressions sont refusées\u00a0: ces fiches restent dans le carnet. Le reste est intégré. Une valeur à trancher.",
    );
    expect(refusedInWords(1, { merged, batch: null, written: 0 })).toBe(
      "La suppression est refusée\u00a0: cette fiche reste dans le carnet.",
    );
  });
});

describe("what remains to be decided", () => {
  it("is told by kind, and only what there is", () => {
    expect(toSettleInWords({ conflicts: 2, revived: 1 })).toBe(
      "2 valeurs modifiées des deux côtés, une fiche supprimée est revenue",
    );
    expect(toSettleInWords({ conflicts: 0, revived: 3 })).toBe("3 fiches supprimées sont revenues");
    expect(toSettleInWords({ conflicts: 1, revived: 0 })).toBe("une valeur modifiée des deux côtés");
  });
});

describe("devices and files", () => {
  it("says who works there and when it was last seen", () => {
    expect(deviceInWords(device, "2026-10-06")).toBe("Mathieu Roche, vu hier");
    expect(deviceInWords({ ...device, author: null, last_seen_at: null }, "2026-10-06")).toBe(
      "Jamais vu ici",
    );
    expect(deviceInWords({ ...device, is_here: true }, "2026-10-06")).toBe("Mathieu Roche");
  });

  it.each([
    [812, "812\u00a0o"],
    [48_200_000, "48\u00a0Mo"],
    [4_820_000, "4,8\u00a0Mo"],
    [3_100_000_000, "3,1\u00a0Go"],
    [31_000, "31\u00a0ko"],
  ])("writes %i bytes as %j", (bytes, words) => expect(sizeInWords(bytes)).toBe(words));

  it("calls a file by the end of its path, on any system", () => {
    expect(nameOfPath("/media/cle/Échange/")).toBe("Échange");
    expect(nameOfPath("C:\\Users\\Claire\\copie.carnet")).toBe("copie.carnet");
  });

  it("says by whom and from where a batch came", () => {
    const batch = { id: 1, wall_time: "", source: "/media/cle/Échange", commits: 3, is_undone: false };
    expect(batchInWords({ ...batch, authors: ["Mathieu Roche"] })).toBe(
      "Par Mathieu Roche, depuis «\u00a0Échange\u00a0»",
    );
  });

  it("says who deletes and on which computer, each once", () => {
    const roche = { authors: ["Mathieu Roche"], devices: ["Poste du bureau"] };
    const nobody = { authors: [""], devices: ["Portable"] };
    expect(deletersInWords([roche, roche, nobody])).toBe("Mathieu Roche (Poste du bureau), Portable");
    expect(deletersInWords([])).toBe("");
  });

  it("counts records by kind, the most numerous first", () => {
    const records = ["session", "person", "person"].map((entity) => ({ entity }));
    expect(countedByKind(records)).toBe("2 personnes, 1 séance");
  });
});
