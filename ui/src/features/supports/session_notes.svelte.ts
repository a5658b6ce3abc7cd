/**
 * The notes of one session while it is on screen: the words being typed, the blocks shown, what is being written.
 *
 * Knows no element of the page.
 */
import { listOf, save, textOf, type RecordView } from "$lib/api";
import { carnet } from "$lib/carnet";
import { entityName, t } from "$lib/messages";
import { SvelteSet } from "svelte/reactivity";
import { TEXT_BLOCKS, shownBlocks, usualBlocks, type BlockName } from "./blocks";
import { draftNamed, release, unwritten } from "./kept_drafts";
import { NoteDraft } from "./note_draft.svelte";
import { sessionBefore, type SessionFile } from "./session_file";

/** How long after its beginning a session may still be going on. */
const LONGEST_MIN = 8 * 60;

/** Numbers the needs begun in this window, so that two of them never bear the same name. */
let nextNew = 0;

export class SessionNotes {
  readonly draft: NoteDraft;
  needs = $state.raw<{ name: string; draft: NoteDraft }[]>([]);
  asked = new SvelteSet<BlockName>();
  deciding = $state.raw<{ wording: string; proposal: RecordView | null } | null>(null);
  adding = $state.raw<{ title: string } | null>(null);
  readonly #file: () => SessionFile;
  readonly #id: string;

  constructor(file: () => SessionFile) {
    this.#file = file;
    this.#id = file().session.id;
    this.draft = draftNamed(
      `session/${this.#id}`,
      this,
      () => new NoteDraft({ entity: "session", id: this.#id, label: () => this.#label, save }),
    );
  }

  get #label(): string {
    return t("session.notes_of", { name: this.#file().session.title });
  }

  /**
   * Follows what was read: the words on screen, and one draft for each need. Returns whether a field that somebody is in
   * shows other words than those that are stored by now.
   */
  follow(): boolean {
    const file = this.#file();
    let isElsewhere = this.draft.show(file.session);
    if (this.needs.some((one) => one.draft.isSending)) return isElsewhere;
    const known = this.needs.filter(
      ({ draft }) => !draft.isShown || draft.isUnsaved || file.needs.some((need) => need.id === draft.id),
    );
    const left = this.#left().filter((one) => !known.some(({ name }) => name === one.name));
    const added = file.needs
      .filter((need) => ![...known, ...left].some(({ draft }) => draft.id === need.id))
      .map((need) => this.#need(this.#nameOf(need.id), need.id));
    const all = [...known, ...added, ...left];
    for (const { draft } of all) {
      const need = file.needs.find((one) => one.id === draft.id);
      if (need && draft.show(need)) isElsewhere = true;
    }
    const isWanted = all.length === 0 && this.usual.includes("need");
    if (isWanted) all.push(this.#newNeed());
    if (all.length !== this.needs.length || all.some((one, index) => one !== this.needs[index]))
      this.needs = all;
    return isElsewhere;
  }

  #nameOf(need: string): string {
    return `session/${this.#id}/need/${need}`;
  }

  /** Needs whose words an earlier visit could not write. */
  #left(): { name: string; draft: NoteDraft }[] {
    return unwritten(this.#nameOf("")).map((name) => this.#need(name, null));
  }

  #need(name: string, id: string | null): { name: string; draft: NoteDraft } {
    const draft = draftNamed(
      name,
      this,
      () =>
        new NoteDraft({
          entity: "need",
          id,
          initial: () => ({
            session: this.#id,
            status: "open",
            ...(this.#file().support ? { support: this.#file().support?.id ?? null } : {}),
          }),
          label: () => entityName("need"),
          save,
        }),
    );
    return { name, draft };
  }

  #newNeed(): { name: string; draft: NoteDraft } {
    return this.#need(this.#nameOf(`new ${nextNew++}`), null);
  }

  /** The blocks that this session opens with. */
  get usual(): BlockName[] {
    const file = this.#file();
    return usualBlocks({
      kind: textOf(file.session, "kind"),
      moments: listOf(file.session, "moments"),
      isFirst: sessionBefore(file) === null,
    });
  }

  /** The blocks on screen, in their order. */
  get blocks(): BlockName[] {
    const file = this.#file();
    const filled = new Set<BlockName>(TEXT_BLOCKS.filter((block) => this.draft.text(block) !== ""));
    if (file.needs.length > 0) filled.add("need");
    if (file.obstacles.length > 0) filled.add("obstacles");
    if (file.proposals.length + file.decisions.length > 0) filled.add("table");
    if (file.tasks.length > 0 || this.draft.text("next_step")) filled.add("next_step");
    if (this.draft.text("points_treated") || this.draft.text("points_left")) filled.add("points");
    if (textOf(file.session, "next_session_on")) filled.add("next_session_on");
    return shownBlocks(this.usual, filled, this.asked);
  }

  /** Shows a block, or begins another need. */
  add(block: BlockName): void {
    const isThere = this.blocks.includes(block);
    if (block === "need" && (isThere || this.needs.length === 0)) {
      const last = this.needs.at(-1)?.draft;
      if (!last || last.text("expressed").trim() !== "") this.needs = [...this.needs, this.#newNeed()];
    }
    this.asked.add(block);
  }

  get drafts(): NoteDraft[] {
    return [this.draft, ...this.needs.map((one) => one.draft)];
  }

  /** Minutes since the session began, while it may be going on; null otherwise. */
  get elapsed(): number | null {
    const { session } = this.#file();
    const status = textOf(session, "status");
    const isOpen =
      ["planned", "prepared"].includes(status) || (status === "held" && !session.fields.duration_min);
    const starts = Date.parse(textOf(session, "starts_at"));
    const minutes = Math.floor((Date.parse(carnet.now) - starts) / 60_000);
    return isOpen && minutes >= 0 && minutes <= LONGEST_MIN ? minutes : null;
  }

  /** Writes what is left and forgets the words that the carnet has. */
  leave(): Promise<void> {
    return release(this);
  }
}
