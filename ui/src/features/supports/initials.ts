/** Returns at most two initials of a name: « Jean-Marc Fayolle » gives JF. */
export function initials(name: string): string {
  const words = name.split(/\s+/u).filter(Boolean);
  const letters = [words[0], words.length > 1 ? words.at(-1) : undefined].map(
    (word) => word?.charAt(0) ?? "",
  );
  return letters.join("").toLocaleUpperCase();
}
