/** What a person starts from the exchanges; each says how it went. */
import {
  backupNow,
  batchUndo,
  chooseFile,
  chooseFolder,
  commits,
  kept,
  sentence,
  type Backup,
  type BackupRestored,
  type Deletions,
  type ExchangeDone,
  type NotRestored,
  type RecordChanges,
} from "$lib/api";
import { exchange } from "$lib/carnet";
import { putAllBack, tell, tellProblem } from "$lib/kit";
import { shown, t } from "$lib/messages";
import { navigate } from "$lib/navigation";
import { doneInWords, refusedInWords, sizeInWords } from "./wording";

export const PREVIEW = "/echanges/apercu";
export const batchPath = (batch: number) => `/echanges/lots/${batch}`;

/** An exchange that took place, and what is said of it. */
export interface Told {
  done: ExchangeDone;
  words: string;
  /** Deletions were refused: that is what matters, not what came beside. */
  isRefusal: boolean;
}

/** Exchanges now. Returns what it did, or null when it could not. */
export async function exchangeNow(deletions: Deletions = "ask"): Promise<Told | null> {
  const waited = exchange.state?.waiting?.deleted ?? 0;
  try {
    const done = await exchange.run(deletions);
    const isRefusal = deletions === "decline";
    const words = isRefusal ? refusedInWords(waited, done) : doneInWords(done);
    tell(exchange.state?.waiting ? t("exchange.status.waiting") : words);
    return { done, words, isRefusal };
  } catch (thrown) {
    tellProblem(thrown);
    return null;
  }
}

/** Asks for the exchange folder and keeps it. */
export async function pickFolder(): Promise<void> {
  try {
    const path = await chooseFolder(t("exchange.folder.choose_title"));
    if (path !== null) await exchange.choose(path);
  } catch (thrown) {
    tellProblem(thrown);
  }
}

/** Stops using a folder: what it holds stays there. */
export async function leaveFolder(): Promise<void> {
  try {
    await exchange.choose(null);
    tell(t("exchange.folder.left"));
  } catch (thrown) {
    tellProblem(thrown);
  }
}

/** Asks for a copy of the carnet and shows what it would bring. */
export async function pickCopy(): Promise<void> {
  try {
    const kinds = [{ name: t("app.file_kind"), extensions: ["carnet"] }];
    const path = await chooseFile(t("exchange.merge_title"), kinds);
    if (path !== null) navigate(PREVIEW, { fichier: path });
  } catch (thrown) {
    tellProblem(thrown);
  }
}

/** Makes a backup now. Returns it, or null when it could not be made. */
export async function backUp(): Promise<Backup | null> {
  try {
    const made = await backupNow();
    tell(t("exchange.backup.made", { name: made.name, size: sizeInWords(made.bytes) }));
    return made;
  } catch (thrown) {
    tellProblem(thrown);
    return null;
  }
}

/** Takes a whole batch back, or what it did to one record; what was written since stays. */
export async function undoBatch(batch: number, of: RecordChanges | null): Promise<boolean> {
  const label = of ? t("exchange.changes.undone_one", { title: of.title }) : t("exchange.changes.undone");
  try {
    const undone = await batchUndo(batch, of?.entity ?? null, of?.id ?? null);
    commits.remember(undone.commit, label);
    tell(undone.commit ? label : t("exchange.changes.nothing_left"), undone.commit);
    await exchange.refresh();
    return true;
  } catch (thrown) {
    tellProblem(thrown);
    return false;
  }
}

/** Writes back what one field of a record was before the batch. */
export async function undoField(record: RecordChanges, name: string, label: string): Promise<void> {
  const own = record.fields.filter((one) => one.field === name || one.field.startsWith(`${name}/`));
  const words = t("exchange.changes.undone_field", { field: label, title: shown(record.title) });
  try {
    const wanted = own.map(({ field, before, after }) => ({
      field,
      value: before ?? null,
      over: after ?? null,
    }));
    tell(words, await putAllBack(record.entity, record.id, wanted, words));
  } catch (thrown) {
    tellProblem(thrown);
  }
}

/** How many records that were not restored are named, each with why. */
const NAMED = 5;

/** Runs a restoration and says it with the way back, and what was not restored, with why. */
export async function restored(work: () => Promise<BackupRestored>, done: string): Promise<boolean> {
  let refused: readonly NotRestored[] = [];
  try {
    const commit = await kept(async () => {
      const result = await work();
      refused = result.refused;
      return result;
    }, done);
    if (commit || refused.length === 0) tell(commit ? done : t("exchange.backup.same_everything"), commit);
    if (refused.length > 0) {
      const reasons = refused
        .slice(0, NAMED)
        .map((one) => t("exchange.backup.why_not", { title: shown(one.title), why: sentence(one.why) }));
      tellProblem({ code: "not_restored", params: { count: refused.length, reasons: reasons.join(" ") } });
    }
    return true;
  } catch (thrown) {
    tellProblem(thrown);
    return false;
  }
}
