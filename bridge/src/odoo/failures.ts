import { OdooRefusal, OdooUnreachable } from "./client.ts";

/** The link and the credential are good: it is about what was sent. */
export function isOfRows(error: unknown): boolean {
  if (error instanceof OdooRefusal) return !error.isAccessDenied;
  return !(error instanceof OdooUnreachable);
}
