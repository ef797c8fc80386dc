/** `discount` of a receipt's body: who gave it is settled before the lane sees the receipt. */
import { z } from "zod";
import { fieldErrors, russianMessage } from "../domain/wire-errors.ts";
import type { Discount } from "./people-door.ts";
import { Problem } from "./problems.ts";
import { discountSchema } from "./schemas/people.ts";

/**
 * Takes `discount` out of a receipt's body, which has no such member once it is parsed: it is no
 * part of the content, so that asking again with a newer approval is no other receipt.
 * @throws Problem 422 `receipt_invalid`
 */
export function takeDiscount(body: unknown): {
  readonly body: unknown;
  readonly discount: Discount | null;
} {
  if (typeof body !== "object" || body === null || !Object.hasOwn(body, "discount")) {
    return { body, discount: null };
  }
  const { discount: wire, ...rest } = body as Record<string, unknown>;
  if (wire === null || wire === undefined) return { body: rest, discount: null };
  const parsed = z
    .object({ discount: discountSchema })
    .safeParse({ discount: wire }, { error: russianMessage });
  if (!parsed.success) throw new Problem("receipt_invalid", { errors: fieldErrors(parsed.error) });
  const { percent, approval } = parsed.data.discount;
  return { body: rest, discount: { percent, approval: approval ?? null } };
}
