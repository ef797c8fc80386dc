/** Operations of the till besides receipts: begun before the device is asked, ended with its event. */
import type { Statement } from "better-sqlite3";
import type { Ledger } from "./ledger.ts";
import { toStoredOperation, type OperationRow } from "./operation-rows.ts";
import type { BeginOperationResult, Journal, OperationState, StoredOperation } from "./types.ts";

interface EndedRow {
  readonly seq: number;
  readonly state: OperationState;
  readonly result: string | null;
  readonly reason: string | null;
  readonly fn: string | null;
  readonly fd: number | null;
  readonly at: string;
}

type BeginInput = Parameters<Journal["beginOperation"]>[0];
type End = Parameters<Journal["endOperation"]>[1];
type EndEvent = Parameters<Journal["endOperation"]>[2];

export class OperationBook {
  readonly #ledger: Ledger;
  readonly #byKey: Statement<[string], OperationRow>;
  readonly #open: Statement<[], OperationRow>;
  readonly #insert;
  readonly #end: Statement<[EndedRow]>;

  constructor(ledger: Ledger) {
    this.#ledger = ledger;
    const { db } = ledger;
    this.#byKey = db.prepare("SELECT * FROM operation WHERE key = ?");
    this.#open = db.prepare(
      "SELECT * FROM operation WHERE state IN ('begun', 'unknown') ORDER BY seq",
    );
    this.#insert = db.prepare<
      [
        Record<"key" | "kind" | "hash" | "body" | "at", string> & {
          readonly intent: string | null;
          readonly fn: string | null;
        },
      ]
    >(
      `INSERT INTO operation (key, kind, body_hash, body, state, intent, fn, begun_at)
       VALUES (@key, @kind, @hash, @body, 'begun', @intent, @fn, @at)`,
    );
    this.#end = db.prepare(
      `UPDATE operation SET state = @state, result = coalesce(@result, result),
         reason = @reason, fn = coalesce(@fn, fn), fd = coalesce(@fd, fd), ended_at = @at
       WHERE seq = @seq`,
    );
  }

  begin({ key, kind, bodyHash, body, intent, at }: BeginInput): BeginOperationResult {
    const known = this.get(key);
    if (known !== null) return asKnown(known, bodyHash);
    return this.#ledger.write((): BeginOperationResult => {
      this.#insert.run({
        key,
        kind,
        hash: bodyHash,
        body: JSON.stringify(body),
        intent: intent === null ? null : JSON.stringify(intent),
        fn: intent?.fn ?? null,
        at,
      });
      return { kind: "begun", row: this.#required(key) };
    });
  }

  /**
   * Idempotent for an operation that ended the same way. What was refused because nothing tells
   * whether it happened may be done after all: a person read the paper.
   * @throws Error for a key that is not there, or an end after another end
   */
  end(key: string, end: End, event: EndEvent, at: string): StoredOperation {
    const before = this.#required(key);
    if (isFinal(before.state) && !(isInDoubt(before) && end.state === "done")) {
      if (before.state === end.state) return before;
      throw new Error(`operation ${key} is ${before.state}, it can't become ${end.state}`);
    }
    return this.#ledger.write(() => {
      const { result = null, reason = null, state } = end;
      this.#end.run({
        seq: before.seq,
        state,
        result: result === null ? null : JSON.stringify(result),
        reason: reason === null ? null : JSON.stringify(reason),
        ...documentOf(result),
        at,
      });
      if (event !== null) this.#ledger.event(event.kind, null, event.data, at);
      return this.#required(key);
    });
  }

  get(key: string): StoredOperation | null {
    const row = this.#byKey.get(key);
    return row === undefined ? null : toStoredOperation(row);
  }

  open(): readonly StoredOperation[] {
    return this.#open.all().map(toStoredOperation);
  }

  #required(key: string): StoredOperation {
    const row = this.get(key);
    if (row === null) throw new Error(`no operation ${key} in the journal`);
    return row;
  }
}

function asKnown(row: StoredOperation, bodyHash: string): BeginOperationResult {
  return { kind: row.bodyHash === bodyHash ? "known" : "content-differs", row };
}

function isFinal(state: OperationState): boolean {
  return state === "done" || state === "refused";
}

/** Nothing but the paper tells whether it was done. */
export function isInDoubt({ state, reason }: StoredOperation): boolean {
  return state === "refused" && reason?.code === "operation_in_doubt";
}

/** The document an operation made, where its result names one. */
function documentOf(result: Readonly<Record<string, unknown>> | null): {
  readonly fn: string | null;
  readonly fd: number | null;
} {
  const fn = result?.["fn"];
  const fd = result?.["fd"];
  return {
    fn: typeof fn === "string" ? fn : null,
    fd: typeof fd === "number" && Number.isInteger(fd) ? fd : null,
  };
}
