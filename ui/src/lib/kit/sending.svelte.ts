/**
 * Words that are sent once: an act that is not begun again while it runs, a line that empties once it is taken.
 *
 * Knows no element of the page, and nothing of what is sent.
 */

/** One act of a form: Enter pressed twice makes one record. */
export class Sending {
  isOn = $state(false);

  /** Runs `work`, unless the work before it still runs. What it throws is the caller's. */
  async once(work: () => Promise<unknown>): Promise<void> {
    if (this.isOn) return;
    this.isOn = true;
    try {
      await work();
    } finally {
      this.isOn = false;
    }
  }
}

/** A line to add to something. What is typed while the line before is being written stays. */
export class Line {
  text = $state("");
  readonly #sending = new Sending();

  /** Hands the line to `write`, and empties it once taken; a blank line is none. What `write` throws is the caller's. */
  async send(write: (line: string) => Promise<unknown>): Promise<void> {
    const line = this.text.trim();
    if (line === "") return;
    await this.#sending.once(async () => {
      await write(line);
      if (this.text.trim() === line) this.text = "";
    });
  }
}
