/** What a card and a row say beside the project's own fields: the next date, and where its partners are. */
import { recordList, refOf, textOf, type Filter, type RecordView } from "$lib/api";
import { t, type IsoDate } from "$lib/messages";

/** Something to come, or something that should have been done. */
export interface NextStep {
  moment: string;
  title: string;
  entity: string;
}

export interface FollowUp {
  next: NextStep | null;
  /** Countries of the partners, other than the carrier's; ISO 3166 codes. */
  countries: string[];
}

const AT_MOST = 1000;
const OPEN_WORK = ["to_do", "in_progress"];
const TO_COME = ["planned", "prepared"];

/** Returns the first of the steps; a late one comes before those to come. */
export function firstOf(steps: readonly NextStep[]): NextStep | null {
  return steps.reduce<NextStep | null>(
    (first, step) => (first === null || step.moment < first.moment ? step : first),
    null,
  );
}

const is = (field: string, op: Filter["op"], value?: Filter["value"]): Filter => ({ field, op, value });

async function rows(entity: string, by: string, filters: Filter[]): Promise<RecordView[]> {
  const sort = [{ field: by, descending: false }];
  return (await recordList({ entity, filters, sort, limit: AT_MOST })).rows;
}

/** Returns where each organisation is. */
async function countriesOf(organisations: readonly string[]): Promise<Map<string, string>> {
  if (organisations.length === 0) return new Map();
  const found = await rows("organisation", "name", [is("id", "one_of", [...organisations])]);
  return new Map(found.map((one) => [one.id, textOf(one, "country")]));
}

/** Returns the follow-up of the projects of one page. */
export async function followUp(
  projects: readonly RecordView[],
  today: IsoDate,
): Promise<Map<string, FollowUp>> {
  const ids = projects.map((one) => one.id);
  const subjects = ids.map((id) => `project/${id}`);
  const ofThese = is("project", "one_of", ids);
  const open = [is("due_on", "is_set"), is("state", "one_of", OPEN_WORK)];
  const planned = [is("status", "one_of", TO_COME), is("starts_at", "from", today)];
  const [tasks, about, events, sessions, attempts, places] = await Promise.all([
    rows("task", "due_on", [ofThese, ...open]),
    rows("task", "due_on", [is("subject", "one_of", subjects), ...open]),
    rows("event", "starts_at", [ofThese, ...planned]),
    rows("session", "starts_at", [is("projects", "contains", ids), ...planned]),
    rows("contact_attempt", "remind_on", [
      ofThese,
      is("remind_on", "is_set"),
      is("status", "is_not", "concluded"),
    ]),
    rows("participation", "joined_on", [ofThese, is("left_on", "is_empty")]),
  ]);
  const steps = new Map<string, NextStep[]>(ids.map((id) => [id, []]));
  const note = (found: readonly RecordView[], field: string, projectsOf: (one: RecordView) => string[]) => {
    for (const one of found)
      for (const id of projectsOf(one))
        steps.get(id)?.push({ moment: textOf(one, field), title: titleOf(one), entity: one.entity });
  };
  const own = (one: RecordView) => [refOf(one, "project")?.id ?? ""];
  note(tasks, "due_on", own);
  note(about, "due_on", (one) => [refOf(one, "subject")?.id ?? ""]);
  note(events, "starts_at", own);
  note(sessions, "starts_at", (one) => (Array.isArray(one.fields.projects) ? one.fields.projects : []));
  note(attempts, "remind_on", own);

  const partners = places.map((one) => ({
    project: refOf(one, "project")?.id ?? "",
    organisation: refOf(one, "organisation")?.id ?? "",
  }));
  const carriers = projects.map((one) => textOf(one, "organisation"));
  const where = await countriesOf([...new Set([...partners.map((one) => one.organisation), ...carriers])]);
  return new Map(
    projects.map((project) => {
      const home = where.get(textOf(project, "organisation"));
      const abroad = partners
        .filter((one) => one.project === project.id)
        .map((one) => where.get(one.organisation) ?? "")
        .filter((country) => country !== "" && country !== home);
      return [project.id, { next: firstOf(steps.get(project.id) ?? []), countries: [...new Set(abroad)] }];
    }),
  );
}

/** An attempt is named by whom to remind; anything else by its title. */
function titleOf(record: RecordView): string {
  if (record.entity !== "contact_attempt") return record.title;
  return t("projects.remind", { name: refOf(record, "organisation")?.title ?? t("kit.ref.missing") });
}
