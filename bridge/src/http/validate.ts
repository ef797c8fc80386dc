/** zod's findings as a problem: each field with a Russian message. */
import type { z } from "zod";
import { fieldErrors, russianMessage } from "../domain/wire-errors.ts";
import { Problem } from "./problems.ts";

/** @returns the checked value; @throws Problem 422 that names each field */
export function validated<T extends z.ZodType>(schema: T, value: unknown): z.output<T> {
  const result = schema.safeParse(value, { error: russianMessage });
  if (result.success) return result.data;
  throw new Problem("request_invalid", { errors: fieldErrors(result.error) });
}
