/** Whether the till, or Odoo for it, turned this very browser away, and in which words. Pure. */
import { troubleOf } from "../trouble/trouble.ts";
import { BridgeProblem, NotPaired } from "./problem.ts";

/** What Odoo raises for people to read; its other errors are for its log. */
const FOR_PEOPLE = "odoo.exceptions.";

function odooWords(error: unknown): string {
  const { data } = (error ?? {}) as { data?: { name?: unknown; message?: unknown } | null };
  const { name, message } = data ?? {};
  const meant = typeof name === "string" && name.startsWith(FOR_PEOPLE);
  return meant && typeof message === "string" ? message : "";
}

/**
 * @param error why no token could be had
 * @returns the words, "" when nobody gave any; null: nobody turned this browser away, the till is
 *   not reached or not ready
 */
export function turnedAway(error: unknown): string | null {
  if (error instanceof NotPaired) return odooWords(error.cause);
  if (!(error instanceof BridgeProblem)) return null;
  const { problem } = error;
  return troubleOf({ code: problem.code }) === "not_paired" ? problem.detail : null;
}
