/** The journal can't be used as it is; `message` is Russian and names the file and the next step. */
export class JournalError extends Error {
  override readonly name = "JournalError";
  /** Stable: locked | corrupt | newer_schema | not_durable | unreadable */
  readonly code: "locked" | "corrupt" | "newer_schema" | "not_durable" | "unreadable";
  constructor(code: JournalError["code"], message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
