/**
 * Text that goes to the device. It crosses the wire in CP1251 and stands in the ФН in CP866
 * (fiscal.md §1.2, §3.2), so a character must exist in both or the tax document would differ from
 * what was asked for. Refused are therefore, among others: « » “ ” „ — – … ₽ € ’ • × ², any emoji,
 * and control characters (also tab and line break).
 */

/** Beyond ASCII and А–я these are all the two code pages share. */
const SHARED = new Set("ЁёЄєЇїЎў°·№¤\u00a0");

export function isFiscalCharacter(character: string): boolean {
  return /^[\u0020-\u007e\u0410-\u044f]$/u.test(character) || SHARED.has(character);
}

/** Characters the device can't print or the ФН can't keep, each once, in order. */
export function refusedCharacters(text: string): string[] {
  return [...new Set([...text].filter((character) => !isFiscalCharacter(character)))];
}

/** `«—» (U+2014)`; control characters by code only. */
export function describeCharacter(character: string): string {
  const code = `U+${character.codePointAt(0)!.toString(16).toUpperCase().padStart(4, "0")}`;
  return /[\p{C}\p{Z}]/u.test(character) ? code : `«${character}» (${code})`;
}

const REPLACEMENTS: Readonly<Record<string, string>> = {
  "«": '"',
  "»": '"',
  "“": '"',
  "”": '"',
  "„": '"',
  "‘": "'",
  "’": "'",
  "‚": "'",
  "—": "-",
  "–": "-",
  "‑": "-",
  "−": "-",
  "…": "...",
  "₽": "руб.",
  "×": "x",
  "•": "·",
  "\t": " ",
  "\u2009": " ",
  "\u202f": " ",
};

/**
 * Typography that loses nothing when it is simplified, for the sender of receipts: the bridge
 * itself changes no word of a fiscal document.
 */
export function simplifyTypography(text: string): string {
  return [...text].map((character) => REPLACEMENTS[character] ?? character).join("");
}
