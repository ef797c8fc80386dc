/** Between rows of the table of operations and `StoredOperation`. */
import type {
  OperationIntent,
  OperationKind,
  OperationState,
  Reason,
  StoredOperation,
} from "./types.ts";

export interface OperationRow {
  readonly seq: number;
  readonly key: string;
  readonly kind: OperationKind;
  readonly body_hash: string;
  readonly body: string;
  readonly state: OperationState;
  readonly intent: string | null;
  readonly result: string | null;
  readonly reason: string | null;
  readonly begun_at: string;
  readonly ended_at: string | null;
}

export function toStoredOperation(row: OperationRow): StoredOperation {
  return {
    seq: row.seq,
    key: row.key,
    kind: row.kind,
    bodyHash: row.body_hash,
    body: JSON.parse(row.body) as Readonly<Record<string, unknown>>,
    state: row.state,
    intent: parsed<OperationIntent>(row.intent),
    result: parsed<Readonly<Record<string, unknown>>>(row.result),
    reason: parsed<Reason>(row.reason),
    begunAt: row.begun_at,
    endedAt: row.ended_at,
  };
}

function parsed<T>(text: string | null): T | null {
  return text === null ? null : (JSON.parse(text) as T);
}
