/** What somebody typed or scanned to find a receipt. Pure. */

export interface FoundQuery {
  readonly text?: string;
  /** As scanned. */
  readonly qr?: string;
  /** Of the scanned code. */
  readonly fn?: string;
  readonly fd?: number;
  readonly fp?: string;
  /** `YYYY-MM-DD`. */
  readonly date?: string;
}

/** The keys of a Russian layout, for a scanner that types while it is on. */
const RUSSIAN = "йцукенгшщзхъфывапролджэячсмитьбю.";
const LATIN = "qwertyuiop[]asdfghjkl;'zxcvbnm,./";

const asLatin = (text: string): string =>
  [...text]
    .map((char) => {
      const lower = char.toLowerCase();
      const index = RUSSIAN.indexOf(lower);
      if (index < 0) return char;
      const latin = LATIN[index] ?? char;
      return lower === char ? latin : latin.toUpperCase();
    })
    .join("");

/** `t=20261122T2103&s=4500.00&fn=…&i=…&fp=…&n=1` (ФНС, the receipt's QR). */
function parseQr(text: string): FoundQuery | null {
  const fields = new URLSearchParams(text.trim());
  const [fn, fd, fp] = [fields.get("fn"), fields.get("i"), fields.get("fp")];
  if (!fn || !/^\d{16}$/.test(fn) || !/^\d{1,10}$/.test(fd ?? "") || !/^\d{1,10}$/.test(fp ?? "")) {
    return null;
  }
  return { qr: text.trim(), fn, fd: Number(fd), fp: String(Number(fp)) };
}

const pad = (part: string): string => part.padStart(2, "0");

/** `22.11.2026`, `22.11.26`, `22.11` or `2026-11-22`. */
function parseDate(text: string, year: number): string | null {
  const iso = /^(\d{4})-(\d\d)-(\d\d)$/.exec(text);
  const [, y, m, d] = iso ?? [];
  const russian = /^(\d{1,2})\.(\d{1,2})(?:\.(\d{4}|\d\d))?$/.exec(text);
  const [, day, month, given] = russian ?? [];
  const parts =
    iso !== null
      ? [y, m, d]
      : russian !== null
        ? [
            given === undefined ? String(year) : given.length === 2 ? `20${given}` : given,
            month,
            day,
          ]
        : null;
  if (parts === null) return null;
  const [yyyy = "", mm = "", dd = ""] = parts;
  const date = `${yyyy}-${pad(mm)}-${pad(dd)}`;
  const parsed = new Date(`${date}T00:00:00Z`);
  const real = !Number.isNaN(parsed.getTime()) && parsed.toISOString().startsWith(date);
  return real ? date : null;
}

/**
 * @param typed a receipt's QR code, a date, or anything else
 * @param date `YYYY-MM-DD` of the date field, "" when it is empty
 * @param year that a date without one belongs to
 * @returns null when there is nothing to look for
 */
export function queryOf(typed: string, date: string, year: number): FoundQuery | null {
  const text = typed.trim();
  const day = date === "" ? {} : { date };
  if (text === "") return date === "" ? null : day;
  const scanned = parseQr(text) ?? parseQr(asLatin(text).replace(/[?,]/g, "&").replace(/\//g, "."));
  if (scanned !== null) return scanned;
  const typedDate = parseDate(text, year);
  if (typedDate !== null && date === "") return { date: typedDate };
  return { text, ...day };
}
