/** The two names that go with what is written. */
import { t } from "$lib/messages";

/** Returns a sentence for each name that is not given; nothing when both are. */
export function missingNames(names: { author: string; deviceName: string }): Record<string, string> {
  const missing: Record<string, string> = {};
  if (names.author.trim() === "") missing.author = t("firstrun.you.author_missing");
  if (names.deviceName.trim() === "") missing.deviceName = t("firstrun.you.device_missing");
  return missing;
}
