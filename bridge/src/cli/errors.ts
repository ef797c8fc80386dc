/** What a failed start says: one line on stderr and an exit code. */
import { ConfigError, EXIT_CONFIG } from "../config/config-error.ts";
import { JournalError } from "../journal/journal-error.ts";

/** The address is another's, the journal is locked: may be better at the next try. */
export const EXIT_FAILED = 1;

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
    return { line: `journal: ${oneLine(error.message)}`, code: EXIT_FAILED };
  }
  return null;
}

function oneLine(text: string): string {
  return text.replace(/\s*\n\s*/g, " ");
}
