/** Receipts of this till's journal by what is on the paper in the buyer's hand. */
import { setImmediate } from "node:timers/promises";
import { localDate } from "../http/local-date.ts";
import type { Journal, StoredReceipt } from "../journal/types.ts";

export interface Wanted {
  /** Words of the order's name, an item, its article, a contact; or a ФД or ФП. All must be there. */
  readonly text: string | null;
  readonly document: QrDocument | null;
  /** `YYYY-MM-DD`, the register's day. */
  readonly date: string | null;
  readonly limit: number;
  readonly before: number | null;
}

export interface Found {
  readonly rows: readonly StoredReceipt[];
  /** `before` of the next page; null: there is nothing further back. */
  readonly next: number | null;
}

export interface QrDocument {
  readonly fn: string;
  readonly fd: number;
  readonly fp: number;
}

/** Rows looked at before a sale may have its turn. */
const WINDOW = 250;
/** ms; what was not reached by then comes with the next page. */
const BUDGET = 1_500;
/** ms; a till's clock may have been wrong, but not for longer. */
const CLOCK_SLACK = 3 * 86_400_000;

/** @param monotonic ms */
export async function searchReceipts(
  journal: Pick<Journal, "byFd" | "lookup">,
  wanted: Wanted,
  timezone: string,
  monotonic: () => number,
): Promise<Found> {
  const words = wordsOf(wanted.text);
  const matches = (row: StoredReceipt): boolean =>
    row.fiscal !== null &&
    (wanted.date === null || row.fiscal.dateTime.slice(0, 10) === wanted.date) &&
    has(row, words);
  if (wanted.document !== null) {
    const { fn, fd, fp } = wanted.document;
    const row = journal.byFd(fn, fd);
    const rows = row !== null && row.fiscal?.fp === fp && matches(row) ? [row] : [];
    return { rows, next: null };
  }
  const deadline = monotonic() + BUDGET;
  const rows: StoredReceipt[] = [];
  let before = wanted.before;
  do {
    const page = journal.lookup.back(before, WINDOW);
    for (const row of page.rows) {
      if (!matches(row)) continue;
      rows.push(row);
      if (rows.length === wanted.limit) return { rows, next: row.seq > 1 ? row.seq : null };
    }
    if (page.next === null || isBefore(page.rows, wanted.date, timezone)) {
      return { rows, next: null };
    }
    before = page.next;
    await setImmediate();
  } while (monotonic() < deadline);
  return { rows, next: before };
}

/** `t=…&s=…&fn=…&i=…&fp=…&n=…` as the paper has it; null: no such text. */
export function documentOfQr(text: string): QrDocument | null {
  const parts = new URLSearchParams(text.trim());
  const fn = parts.get("fn") ?? "";
  const fd = Number(parts.get("i") ?? "x");
  const fp = Number(parts.get("fp") ?? "x");
  const good = /^\d{16}$/.test(fn) && [fd, fp].every((n) => Number.isInteger(n) && n >= 0);
  return good ? { fn, fd, fp } : null;
}

/** All rows of the window were made well before that day. */
function isBefore(rows: readonly StoredReceipt[], date: string | null, timezone: string): boolean {
  if (date === null || rows.length === 0) return false;
  return rows.every(
    ({ acceptedAt }) => localDate(Date.parse(acceptedAt) + CLOCK_SLACK, timezone) < date,
  );
}

function wordsOf(text: string | null): readonly string[] {
  return folded(text ?? "")
    .split(/\s+/)
    .filter((word) => word !== "");
}

function has({ receipt, fiscal }: StoredReceipt, words: readonly string[]): boolean {
  if (words.length === 0) return true;
  const { order, items, customer } = receipt;
  const texts = [
    order.name,
    customer?.email,
    customer?.phone,
    customer?.name,
    customer?.inn,
    ...items.flatMap(({ name, sku }) => [name, sku]),
  ].map((text) => folded(text ?? ""));
  const numbers = fiscal === null ? [] : [String(fiscal.fd), String(fiscal.fp)];
  return words.every(
    (word) =>
      numbers.includes(word.replace(/^0+(?=\d)/, "")) || texts.some((text) => text.includes(word)),
  );
}

function folded(text: string): string {
  return text.toLocaleLowerCase("ru").replaceAll("ё", "е");
}
