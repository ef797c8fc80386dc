/** What a person types off a receipt. Pure. */
import type { Fiscal } from "../../receipt/receipt_types.ts";

export interface Typed {
  readonly fn: string;
  readonly fd: string;
  readonly fp: string;
  /** As `<input type="datetime-local">` gives it. */
  readonly time: string;
}

const MAX_U32 = 4_294_967_295;

const wholeNumber = (text: string): number | null => {
  const trimmed = text.trim();
  const value = /^\d{1,10}$/.test(trimmed) ? Number(trimmed) : 0;
  return value >= 1 && value <= MAX_U32 ? value : null;
};

/** @returns the first field that is wrong, or what the paper says */
export function readPaper(typed: Typed): Fiscal | "fn" | "fd" | "fp" | "time" {
  const fn = typed.fn.trim();
  if (!/^\d{16}$/.test(fn)) return "fn";
  const fd = wholeNumber(typed.fd);
  if (fd === null) return "fd";
  const fp = wholeNumber(typed.fp);
  if (fp === null) return "fp";
  const time = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}/.exec(typed.time)?.[0];
  if (time === undefined || Number.isNaN(Date.parse(time))) return "time";
  return { fn, fd, fp, date_time: time };
}
