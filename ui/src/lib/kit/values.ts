/** The value of a field in words, whatever its kind; "" when nothing is noted. */
import { fieldMeta, listOf, refOf, refsOf, type FieldMeta, type RecordView, type Value } from "$lib/api";
import {
  enumName,
  shown,
  showDate,
  showDateTime,
  showMinutes,
  showMoney,
  showNumber,
  showTime,
  t,
} from "$lib/messages";
import { codeName } from "./countries";

/** Returns how one value of a field reads, without its record: references give nothing. */
export function showValue(meta: FieldMeta, value: Value | undefined): string {
  if (value === null || value === undefined || value === "") return "";
  const list = Array.isArray(value) ? value : [];
  switch (meta.kind) {
    case "date":
      return showDate(value);
    case "time":
      return showTime(value);
    case "datetime":
      return showDateTime(value);
    case "int":
    case "num":
      return showNumber(value);
    case "eur":
      return showMoney(value);
    case "min":
      return showMinutes(value);
    case "bool":
      return value === true ? t("kit.yes") : t("kit.no");
    case "enum":
      return enumName(meta.target ?? "", value);
    case "enums":
    case "steps":
      return list.map((one) => (meta.target ? enumName(meta.target, one) : one)).join(", ");
    case "country":
      return codeName("region", String(value));
    case "languages":
      return list.map((one) => codeName("language", one)).join(", ");
    case "ref":
    case "any_ref":
    case "refs":
    case "any_refs":
      return "";
    case "text":
    case "long":
    case "file":
      return shown(String(value));
  }
}

/** Returns how a field of a record reads, titles of references included. */
export function showField(record: RecordView, field: string): string {
  const meta = fieldMeta(record.entity, field);
  if (!meta) return "";
  if (meta.kind === "ref" || meta.kind === "any_ref") return shown(refOf(record, field)?.title ?? "");
  if (meta.kind === "refs" || meta.kind === "any_refs")
    return refsOf(record, field)
      .map((one) => shown(one.title))
      .join(", ");
  return showValue(meta, Array.isArray(record.fields[field]) ? listOf(record, field) : record.fields[field]);
}
