/** What a person types off a receipt. Pure. */
import type { Fiscal } from "../../receipt/receipt_types.ts";

export interface Typed {
  readonly fn: string;
  readonly fd: string;
  readonly fp: string;
  /** As the paper has it: day, month, year of two or four digits, hours and minutes. */
  readonly time: string;
}

const MAX_U32 = 4_294_967_295;

const wholeNumber = (text: string): number | null => {
  const trimmed = text.trim();
  const value = /^\d{1,10}$/.test(trimmed) ? Number(trimmed) : 0;
  return value >= 1 && value <= MAX_U32 ? value : null;
};

/** «23.11.26 8:04» → `2026-11-23T08:04`; null where there is no such time. */
function wallTime(text: string): string | null {
  const parts = /^(\d{1,2})\.(\d{1,2})\.(\d{2}|\d{4})[\s,]+(\d{1,2})[:.](\d{2})$/.exec(text.trim());
  if (parts === null) return null;
  const [day = "", month = "", year = "", hour = "", minute = ""] = parts.slice(1);
  const two = (digits: string): string => digits.padStart(2, "0");
  const wall = `${year.padStart(4, "20")}-${two(month)}-${two(day)}T${two(hour)}:${two(minute)}`;
  const time = Date.parse(`${wall}Z`);
  // Date takes 31 February for a day in March
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(wall) ? wall : null;
}

/** @returns the first field that is wrong, or what the paper says */
export function readPaper(typed: Typed): Fiscal | "fn" | "fd" | "fp" | "time" {
  const fn = typed.fn.trim();
  if (!/^\d{16}$/.test(fn)) return "fn";
  const fd = wholeNumber(typed.fd);
  if (fd === null) return "fd";
  const fp = wholeNumber(typed.fp);
  if (fp === null) return "fp";
  const time = wallTime(typed.time);
  if (time === null) return "time";
  return { fn, fd, fp, date_time: time };
}
