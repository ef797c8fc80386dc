/** What a failed start says: one line on stderr and an exit code. */
import { ConfigError, EXIT_CONFIG } from "../config/config-error.ts";
import { JournalError, type JournalErrorCode } from "../journal/journal-error.ts";

/** The address is another's, the journal is locked: may be better at the next try. */
export const EXIT_FAILED = 1;

/** Starting again changes nothing: somebody has to look at the journal first. */
const FOR_A_PERSON: ReadonlySet<JournalErrorCode> = new Set([
  "corrupt",
  "missing",
  "newer_schema",
  "not_durable",
]);

/** A start that failed for a reason that is plain; `message` is one line. */
export class StartError extends Error {
  override readonly name = "StartError";
}

export interface Failure {
  readonly line: string;
  readonly code: number;
}

/** @returns null for an error nobody foresaw: it deserves its stack */
export function explain(error: unknown): Failure | null {
  if (error instanceof ConfigError) {
    return { line: `config: ${oneLine(error.message)}`, code: EXIT_CONFIG };
  }
  if (error instanceof StartError) return { line: oneLine(error.message), code: EXIT_FAILED };
  if (error instanceof JournalError) {
    const code = FOR_A_PERSON.has(error.code) ? EXIT_CONFIG : EXIT_FAILED;
    return { line: `journal: ${oneLine(error.message)}`, code };
  }
  return null;
}

function oneLine(text: string): string {
  return text.replace(/\s*\n\s*/g, " ");
}
