/**
 * Text for the ФН: it crosses the wire in CP1251 and is kept in CP866, so a character must exist
 * in both. Harmless typography is made plain, the rest loses its marks or becomes "?", and the
 * text is cut to what the tag holds.
 */

const PLAIN: Readonly<Record<string, string>> = {
  "«": '"',
  "»": '"',
  "“": '"',
  "”": '"',
  "„": '"',
  "‟": '"',
  "‘": "'",
  "’": "'",
  "‚": "'",
  "′": "'",
  "″": '"',
  "–": "-",
  "—": "-",
  "―": "-",
  "‑": "-",
  "‐": "-",
  "−": "-",
  "×": "x",
  "÷": "/",
  "…": "...",
  "•": "·",
  "±": "+/-",
  "≤": "<=",
  "≥": ">=",
  µ: "u",
  μ: "u",
  "€": "EUR",
  "₽": "руб.",
  "©": "(c)",
  "®": "(R)",
  "™": "(TM)",
  "²": "2",
  "³": "3",
  "½": "1/2",
  "¼": "1/4",
  "¾": "3/4",
};

/** Beyond ASCII and А–я, all that CP866 and CP1251 share. */
const SHARED = new Set("ЁёЄєЇїЎў°·№¤");

const isPrintable = (char: string): boolean =>
  (char >= " " && char <= "~") || (char >= "А" && char <= "я") || SHARED.has(char);

/** One character as the register can print it: itself, its plain form, its base letter, or "?". */
function plain(char: string): string {
  if (isPrintable(char)) return char;
  const mapped = PLAIN[char];
  if (mapped !== undefined) return mapped;
  if (/\s/u.test(char)) return " ";
  // invisible: soft hyphen, zero-width characters, variation selectors, combining marks
  if (/[\p{Cf}\p{Cc}\p{M}]/u.test(char)) return "";
  const base = [...char.normalize("NFKD")].filter((c) => !/\p{M}/u.test(c));
  if (base.length > 0 && base.every(isPrintable)) return base.join("");
  return "?";
}

/**
 * @param max characters the tag holds (1030: 128, 1021: 64)
 * @returns printable text, single spaces, trimmed; "" when nothing is left
 */
export function receiptText(text: string, max: number): string {
  const printable = [...text.normalize("NFC")].map(plain).join("");
  // a name that begins with "//" is kept off the paper by the register
  const single = printable
    .replace(/ +/g, " ")
    .trim()
    .replace(/^(?:\/\/)+/, "");
  return single.trim().slice(0, max).trimEnd();
}

/** Tag 1008 as a phone: `+` and country code; Russian 8… and 7… become +7…; else null. */
export function receiptPhone(phone: string | null): string | null {
  if (phone === null) return null;
  const digits = phone.replace(/\D/g, "");
  if (/^[78]\d{10}$/.test(digits)) return `+7${digits.slice(1)}`;
  if (/^9\d{9}$/.test(digits)) return `+7${digits}`;
  return phone.trim().startsWith("+") && /^[1-689]\d{7,14}$/.test(digits) ? `+${digits}` : null;
}

/** Tag 1008 as an e-mail address of at most 64 ASCII characters, else null. */
export function receiptEmail(email: string | null): string | null {
  const trimmed = email?.trim() ?? "";
  const one = /^[!-?A-~]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+$/.test(trimmed);
  return one && trimmed.length <= 64 && !/[,;<>()]/.test(trimmed) ? trimmed : null;
}
