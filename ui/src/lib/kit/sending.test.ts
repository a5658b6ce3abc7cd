import { describe, expect, it } from "vitest";
import { Line, Sending } from "./sending.svelte";

/** A write that waits to be answered, as the core does. */
function waiting() {
  const written: string[] = [];
  const asked: { answer: () => void; refuse: (thrown: unknown) => void }[] = [];
  const write = (line: string) => {
    written.push(line);
    return new Promise<void>((answer, refuse) => void asked.push({ answer, refuse }));
  };
  return {
    written,
    write,
    answer: () => asked.shift()?.answer(),
    refuse: (thrown: unknown) => asked.shift()?.refuse(thrown),
  };
}

describe("an act", () => {
  it("is not begun twice while it runs, and can be begun again after", async () => {
    const sending = new Sending();
    const core = waiting();
    const first = sending.once(() => core.write("décision"));
    await sending.once(() => core.write("décision"));
    expect(core.written).toEqual(["décision"]);
    core.answer();
    await first;
    const again = sending.once(() => core.write("autre"));
    core.answer();
    await again;
    expect(core.written).toEqual(["décision", "autre"]);
  });

  it("that is refused can be tried again", async () => {
    const sending = new Sending();
    await expect(sending.once(() => Promise.reject(new Error("refused")))).rejects.toThrow("refused");
    expect(sending.isOn).toBe(false);
  });
});

describe("a line", () => {
  it("empties once it is taken", async () => {
    const line = new Line();
    const core = waiting();
    line.text = " Appel de la mairie ";
    const sent = line.send(core.write);
    core.answer();
    await sent;
    expect(core.written).toEqual(["Appel de la mairie"]);
    expect(line.text).toBe("");
  });

  it("begun while the one before is being written stays", async () => {
    const line = new Line();
    const core = waiting();
    line.text = "Appel de la mairie";
    const sent = line.send(core.write);
    line.text = "Rappeler l’office";
    core.answer();
    await sent;
    expect(line.text).toBe("Rappeler l’office");
  });

  it("that is refused stays", async () => {
    const line = new Line();
    const core = waiting();
    line.text = "Disque plein";
    const sent = line.send(core.write);
    core.refuse(new Error("disk_full"));
    await expect(sent).rejects.toThrow("disk_full");
    expect(line.text).toBe("Disque plein");
  });

  it("of blanks is not sent", async () => {
    const line = new Line();
    const core = waiting();
    line.text = "  ";
    await line.send(core.write);
    expect(core.written).toEqual([]);
  });
});
