/** What the list says of an organisation beside its own fields: how many people, and when it was last met. */
import { recordCounts, recordList, refOf, textOf, type Filter } from "$lib/api";
import type { IsoDate } from "$lib/messages";

export interface FollowUp {
  people: number;
  /** Day of the last exchange; empty when none is noted. */
  lastContact: IsoDate | "";
}

const AT_MOST = 1000;

/** Returns the follow-up of the organisations of one page. */
export async function followUp(ids: readonly string[], today: IsoDate): Promise<Map<string, FollowUp>> {
  const ofThese: Filter = { field: "organisation", op: "one_of", value: [...ids] };
  const people = { entity: "affiliation", group_by: "organisation" };
  const [counts, supports, requests, contacts] = await Promise.all([
    recordCounts([
      { ...people, filters: [ofThese, { field: "ends_on", op: "is_empty" }] },
      { ...people, filters: [ofThese, { field: "ends_on", op: "from", value: today }] },
    ]),
    recordList({ entity: "support", filters: [ofThese], limit: AT_MOST }),
    recordList({
      entity: "request",
      filters: [ofThese],
      sort: [{ field: "received_on", descending: true }],
      limit: AT_MOST,
    }),
    recordList({
      entity: "contact_attempt",
      filters: [ofThese],
      sort: [{ field: "first_contact_on", descending: true }],
      limit: AT_MOST,
    }),
  ]);
  const followed = new Map<string, FollowUp>(
    ids.map((id) => [
      id,
      { people: counts.reduce((sum, one) => sum + (one.groups[id] ?? 0), 0), lastContact: "" },
    ]),
  );
  const meet = (id: string | undefined, moment: string) => {
    const day = moment.slice(0, 10);
    const one = id === undefined ? undefined : followed.get(id);
    if (one && day > one.lastContact && day <= today) one.lastContact = day;
  };
  for (const request of requests.rows)
    meet(refOf(request, "organisation")?.id, textOf(request, "received_on"));
  for (const contact of contacts.rows)
    for (const field of ["first_contact_on", "last_reminder_on", "replied_on"])
      meet(refOf(contact, "organisation")?.id, textOf(contact, field));
  if (supports.rows.length === 0) return followed;

  const organisationOf = new Map(supports.rows.map((one) => [one.id, refOf(one, "organisation")?.id]));
  const sessions = await recordList({
    entity: "session",
    filters: [
      { field: "support", op: "one_of", value: [...organisationOf.keys()] },
      { field: "status", op: "one_of", value: ["held", "logged"] },
    ],
    sort: [{ field: "starts_at", descending: true }],
    limit: AT_MOST,
  });
  for (const session of sessions.rows)
    meet(organisationOf.get(refOf(session, "support")?.id ?? ""), textOf(session, "starts_at"));
  return followed;
}
