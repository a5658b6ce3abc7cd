/**
 * What a dialog showed of the records that it writes at its end.
 *
 * It may stay open for long: what others write there meanwhile is not replaced unseen. Where an edit is refused for
 * that, what stands now is said; from then on it is what was shown, and the next press is a knowing one.
 */
import {
  asAppError,
  editOf,
  recordGet,
  refusedField,
  sentence,
  type Edit,
  type Patch,
  type RecordView,
  type Value,
} from "$lib/api";
import { fieldName, shown, t } from "$lib/messages";
import { showField } from "./values";

/** Why an edit was refused: at the fields that have a place in the dialog, and for the others. */
export interface Refused {
  errors: Record<string, string>;
  /** "" when each field has its place. */
  refusal: string;
}

interface Reason {
  field: string;
  /** Said at the field. */
  why: string;
  /** Said elsewhere. */
  whole: string;
}

/** How much of a long text is said. */
const MOST_SAID = 160;
const isSame = (one: Value | undefined, other: Value | undefined) =>
  JSON.stringify(one ?? null) === JSON.stringify(other ?? null);

export class Seen {
  /** As they were at first; what nobody changed since is not written. */
  readonly opening: readonly RecordView[];
  #records = $state.raw<readonly RecordView[]>([]);
  /** Fields whose other value was said. */
  readonly #said = new Set<string>();
  readonly #read: typeof recordGet;

  constructor(records: readonly RecordView[], read: typeof recordGet = recordGet) {
    this.opening = this.#records = records;
    this.#read = read;
  }

  get records(): readonly RecordView[] {
    return this.#records;
  }

  /** The one record, as it was shown. */
  get record(): RecordView {
    const [record] = this.#records;
    if (!record) throw new Error("nothing was shown");
    return record;
  }

  /** An edit of the one record, over what was shown of it. */
  edit(patch: Patch): Edit {
    return editOf(this.record, patch);
  }

  /** What somebody changed in the one record: a field left as it was is not written again. */
  changed(draft: Patch): Patch {
    const [opening] = this.opening;
    return Object.fromEntries(
      Object.entries(draft).filter(
        ([field, value]) => this.#said.has(field) || !isSame(opening?.fields[field], value),
      ),
    );
  }

  /** The fields `written` of the records hold this now; of the others, what was shown at first is what was shown. */
  became(now: readonly RecordView[], written: readonly string[]): void {
    this.#records = now.map((record, index) => {
      const fields = Object.fromEntries(written.map((field) => [field, record.fields[field] ?? null]));
      return { ...record, fields: { ...this.#records[index]?.fields, ...fields } };
    });
  }

  /** Returns why an edit of the fields `written` was refused, of which those in `placed` have a place in the dialog. */
  async refused(thrown: unknown, written: readonly string[], placed: readonly string[]): Promise<Refused> {
    const said = asAppError(thrown).code === "unseen" ? await this.#lookAgain(written) : [];
    const whole = sentence(thrown);
    const reasons = said.length > 0 ? said : [{ field: refusedField(thrown) ?? "", why: whole, whole }];
    const isPlaced = (one: Reason) => placed.includes(one.field);
    return {
      errors: Object.fromEntries(reasons.filter(isPlaced).map((one) => [one.field, one.why])),
      refusal: reasons
        .filter((one) => !isPlaced(one))
        .map((one) => one.whole)
        .join(" "),
    };
  }

  /** Reads the records again; returns what stands in each field that holds something else than was shown. */
  async #lookAgain(written: readonly string[]): Promise<Reason[]> {
    const before = this.#records;
    const now = await Promise.all(before.map((one) => this.#read(one.entity, one.id)));
    const said = now.flatMap((record, index) =>
      written
        .filter((field) => !isSame(record.fields[field], before[index]?.fields[field]))
        .map((field) => standing(record, field, now.length > 1)),
    );
    for (const { field } of said) this.#said.add(field);
    this.became(now, written);
    return said;
  }
}

function standing(record: RecordView, field: string, isOneOfSeveral: boolean): Reason {
  const name = fieldName(record.entity, field);
  const label = isOneOfSeveral ? t("kit.seen.of", { field: name, record: shown(record.title) }) : name;
  const value = showField(record, field);
  const most = value.length > MOST_SAID ? t("kit.seen.begins", { words: value.slice(0, MOST_SAID) }) : value;
  const why = value ? t("kit.seen.other", { value: most }) : t("kit.seen.emptied");
  return { field, why, whole: t("kit.seen.in", { label, why }) };
}
