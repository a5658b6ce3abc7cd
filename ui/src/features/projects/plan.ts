/** Who pays for a project, as it is planned: the resources of its plan, then the applications that no line names. Pure. */
import { numberOf, refOf, textOf, type RecordView } from "$lib/api";

export interface Share {
  label: string;
  amount: number;
  /** A `funding_status`, where an application stands behind it. */
  status: string;
}

/** Returns the shares of a plan, the largest first. */
export function sharesOf(lines: readonly RecordView[], fundings: readonly RecordView[]): Share[] {
  const statusOf = new Map(fundings.map((one) => [one.id, textOf(one, "status")]));
  const resources = lines.filter((line) => textOf(line, "side") === "resource");
  const named = new Set(resources.map((line) => textOf(line, "funding")));
  const shares = [
    ...resources.map((line) => ({
      label: textOf(line, "label"),
      amount: numberOf(line, "amount") ?? 0,
      status: statusOf.get(textOf(line, "funding")) ?? "",
    })),
    ...fundings
      .filter((one) => !named.has(one.id))
      .map((one) => ({
        label: refOf(one, "funder")?.title ?? refOf(one, "scheme")?.title ?? "",
        amount: numberOf(one, "amount_granted") ?? numberOf(one, "amount_requested") ?? 0,
        status: textOf(one, "status"),
      })),
  ];
  return shares.filter((share) => share.amount > 0).toSorted((a, b) => b.amount - a.amount);
}
