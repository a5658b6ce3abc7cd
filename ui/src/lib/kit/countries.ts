/** Countries (ISO 3166-1) and languages (ISO 639-1) to pick from, named by the system in the language on screen. */
import { language } from "$lib/messages";
import type { Choice } from "./choices";

const COUNTRIES =
  "AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS BT BV BW BY BZ CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EG EH ER ES ET FI FJ FK FM FO FR GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM HN HR HT HU ID IE IL IM IN IO IQ IR IS IT JE JM JO JP KE KG KH KI KM KN KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO MP MQ MR MS MT MU MV MW MX MY MZ NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PN PR PS PT PW PY QA RE RO RS RU RW SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TF TG TH TJ TK TL TM TN TO TR TT TV TW TZ UA UG UM US UY UZ VA VC VE VG VI VN VU WF WS YE YT ZA ZM ZW".split(
    " ",
  );
const LANGUAGES =
  "fr en de es it pt nl pl ro hu cs sk sl hr bg el sv da fi et lv lt ga mt lb ca eu br co oc gl cy is no nn nb sq sr bs mk tr uk ru be ka hy ar he fa ur hi bn ta te zh ja ko vi th id ms sw am ha yo ig wo so mg ht".split(
    " ",
  );

function named(kind: "region" | "language", codes: readonly string[]): Choice[] {
  const names = new Intl.DisplayNames([language() === "fr" ? "fr-FR" : "en-GB"], { type: kind });
  return codes.map((code) => ({ value: code, label: names.of(code) ?? code }));
}

/** Returns all countries, in alphabetical order. */
export const countries = (): Choice[] =>
  named("region", COUNTRIES).toSorted((a, b) => a.label.localeCompare(b.label, language()));

/** Returns the languages an officer may meet, those of the country and of its neighbours first. */
export const languages = (): Choice[] => named("language", LANGUAGES);

/** Returns the name of a country or of a language; the code itself if the system does not know it. */
export function codeName(kind: "region" | "language", code: string): string {
  try {
    return named(kind, [code])[0]?.label ?? code;
  } catch {
    return code;
  }
}
