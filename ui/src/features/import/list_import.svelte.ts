/** One import from the choice of a file to its result: what is known, what is under way, what was refused. */
import {
  asAppError,
  chooseFile,
  commits,
  importCancel,
  importInspect,
  importRun,
  type EntityName,
  type ImportMapping,
  type ImportPlan,
  type ImportProgress,
  type ImportResult,
} from "$lib/api";
import { isoDateTime, t } from "$lib/messages";
import { mappingOf, readingOnly, toSend, type Reading } from "./mapping";
import { fileName } from "./wording";

export const STEPS = ["file", "columns", "rows", "result"] as const;
export type Step = (typeof STEPS)[number];

export class ListImport {
  step = $state<Step>("file");
  path = $state("");
  plan = $state.raw<ImportPlan | null>(null);
  mapping = $state.raw<ImportMapping | null>(null);
  /** Why the file could not be read, or the import not made. */
  problem = $state.raw<unknown>(null);
  isReading = $state(false);
  progress = $state.raw<ImportProgress | null>(null);
  isStopping = $state(false);
  result = $state.raw<ImportResult | null>(null);
  /** When the import ended, by the clock of this device. */
  endedAt = $state("");
  isUndone = $state(false);

  readonly name = $derived(fileName(this.path));

  /** Asks for a file and reads it. */
  async choose(): Promise<void> {
    const path = await chooseFile(t("import.choose_title"), [
      { name: t("import.file_kind"), extensions: ["csv", "tsv", "txt"] },
    ]);
    if (path !== null) await this.#read(path, null, null);
  }

  /** Reads the same file otherwise: the columns are proposed anew. */
  async readAgain(reading: Partial<Reading>): Promise<void> {
    if (!this.mapping) return;
    await this.#read(
      this.path,
      this.mapping.entity,
      readingOnly(this.mapping.entity, { ...this.mapping, ...reading }),
    );
  }

  /** Brings the rows into another entity, or into the one that the columns did not tell. */
  async into(entity: EntityName): Promise<void> {
    await this.#read(this.path, entity, this.mapping && readingOnly(entity, this.mapping));
  }

  async #read(path: string, entity: EntityName | null, mapping: ImportMapping | null): Promise<void> {
    this.isReading = true;
    this.problem = null;
    try {
      const plan = await importInspect(path, entity, mapping);
      this.path = path;
      this.plan = plan;
      this.mapping = mappingOf(plan);
      this.step = "columns";
    } catch (thrown) {
      this.problem = thrown;
      if (path !== this.path) {
        this.path = path;
        this.plan = null;
        this.mapping = null;
        this.step = "file";
      }
    }
    this.isReading = false;
  }

  /** Brings the rows in; stopped, the carnet is as it was and the rows are shown again. */
  async run(): Promise<"done" | "stopped" | "failed"> {
    if (!this.mapping || !this.plan || this.progress) return "failed";
    this.problem = null;
    this.isStopping = false;
    this.progress = { done: 0, total: this.plan.row_count };
    try {
      this.result = await importRun(this.path, toSend(this.mapping), (progress) => {
        if (this.progress) this.progress = progress;
      });
      this.endedAt = isoDateTime(new Date());
      this.isUndone = false;
      this.step = "result";
      commits.remember(this.result.commit, this.label);
      return "done";
    } catch (thrown) {
      const isStopped = asAppError(thrown).code === "cancelled";
      if (!isStopped) this.problem = thrown;
      return isStopped ? "stopped" : "failed";
    } finally {
      this.progress = null;
    }
  }

  /** Asks the core to stop; it answers when the carnet is as it was. */
  async stop(): Promise<void> {
    this.isStopping = true;
    await importCancel();
  }

  /** Takes the import back, but for the records that others wrote in since. Returns whether anything was left of it. */
  async undo(): Promise<boolean> {
    if (!this.result?.commit) return false;
    const by = await commits.undoOne(this.result.commit, this.label);
    this.isUndone = true;
    return by !== null;
  }

  get label(): string {
    return t("import.label", { name: this.name });
  }
}
