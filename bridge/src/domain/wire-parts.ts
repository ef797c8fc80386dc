/** Pieces of which the schemas of the wire are made; nothing here transforms. */
import { z } from "zod";
import { describeCharacter, refusedCharacters } from "./fiscal-text.ts";
import { kopecksFromRoubles, type Exact } from "./money.ts";

export const PHONE_PATTERN = /^\+(7\d{10}|[1-689]\d{7,14})$/;

/** A number that `convert` takes; its message becomes the error. */
export function exactNumber(convert: (n: number) => Exact, description: string) {
  return z
    .number()
    .superRefine((n, context) => {
      const result = convert(n);
      if (!result.ok) context.addIssue({ code: "custom", message: result.message });
    })
    .meta({ description, minimum: 0 });
}

export const roubles = (what: string) =>
  exactNumber(kopecksFromRoubles, `${what}, roubles, at most two decimals`);

/** Text of a fiscal document: length in characters, no character the ФН can't keep. */
export function fiscalText(max: number, description: string) {
  return z
    .string()
    .superRefine((text, context) => {
      const message = fiscalTextProblem(text, max);
      if (message !== null) context.addIssue({ code: "custom", message });
    })
    .meta({ description, minLength: 1, maxLength: max });
}

function fiscalTextProblem(text: string, max: number): string | null {
  if (text.trim() === "") return "не может быть пустым";
  if ([...text].length > max) return `не длиннее ${max} символов`;
  const refused = refusedCharacters(text);
  if (refused.length === 0) return null;
  const shown = refused.slice(0, 10).map(describeCharacter).join(", ");
  return `недопустимые символы для чека: ${shown}; разрешены буквы, цифры и знаки, общие для CP866 и CP1251`;
}

/** Text for people and logs only. */
export function plainText(max: number, description: string) {
  return z
    .string()
    .min(1)
    .max(max)
    .regex(/^[^\p{Cc}]*$/u, "не должно содержать управляющих символов")
    .meta({ description });
}

export function oneOf(values: readonly number[], message: string, description: string) {
  return z
    .number()
    .refine((n) => values.includes(n), message)
    .meta({ description, enum: [...values] });
}

export function calendarDate(description: string) {
  return z
    .string()
    .refine(isCalendarDate, "ожидается дата вида 2026-11-22")
    .meta({ format: "date", description });
}

export function isCalendarDate(text: string): boolean {
  const match = /^(\d{4})-(\d{2})-(\d{2})$/.exec(text);
  if (!match) return false;
  const date = new Date(`${text}T00:00:00Z`);
  return !Number.isNaN(date.getTime()) && date.toISOString().startsWith(text);
}
