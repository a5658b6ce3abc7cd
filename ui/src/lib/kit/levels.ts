/** How each level of confidentiality is shown: drawing and class; words come from the enumeration. */
import type { Level } from "$lib/api";
import { t } from "$lib/messages";

export const LEVELS: readonly Level[] = ["private", "beneficiary", "network", "public"];

const LOOKS: Record<Level, { icon: string; look: string }> = {
  locked: { icon: "lock", look: "conf-prive" },
  private: { icon: "lock", look: "conf-prive" },
  beneficiary: { icon: "handshake", look: "conf-benef" },
  network: { icon: "network", look: "conf-reseau" },
  public: { icon: "globe", look: "conf-public" },
};

const WORDS = {
  locked: "kit.level.locked",
  private: "kit.level.private",
  beneficiary: "kit.level.beneficiary",
  network: "kit.level.network",
  public: "kit.level.public",
} as const;

export const levelIcon = (level: Level) => LOOKS[level].icon;
export const levelLook = (level: Level) => LOOKS[level].look;
export const levelName = (level: Level) => t(WORDS[level]);
