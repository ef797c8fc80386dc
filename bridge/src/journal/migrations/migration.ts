/** One step of the schema; run once, in a transaction of its own. */
export interface Migration {
  readonly name: string;
  readonly sql: string;
}
