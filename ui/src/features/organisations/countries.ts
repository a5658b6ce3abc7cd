/** The name of a country in the language on screen. */
import { fieldMeta } from "$lib/api";
import { showValue } from "$lib/kit";

const meta = fieldMeta("organisation", "country");

/** Returns the name of a country from its ISO 3166 code. */
export const countryName = (code: string): string => (meta ? showValue(meta, code) : code);
