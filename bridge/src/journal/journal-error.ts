/** The journal can't be used as it is; `message` is Russian and names the file and the next step. */
export type JournalErrorCode =
  /** Another process holds it. */
  | "locked"
  /** Damaged, cut off or not a journal at all. */
  | "corrupt"
  /** There was one here, and it is gone. */
  | "missing"
  | "newer_schema"
  /** The file system can't give what a commit needs. */
  | "not_durable"
  | "unreadable"
  /** A commit could not be written: no space, read-only or failing disk. Nothing of it happened. */
  | "storage_full";

export class JournalError extends Error {
  override readonly name = "JournalError";
  readonly code: JournalErrorCode;
  constructor(code: JournalErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
