/** What the till does besides receipts: reports, cash, copies, searches (`docs/contracts.md`). */
import type { BridgeReceipt } from "../receipt/receipt_types.ts";
import type { BridgeClient } from "./bridge_client.ts";

type Caller = Pick<BridgeClient, "post">;

/** The device prints; a shift's closing is the longest. */
const DEVICE_TIMEOUT = 40_000;
/** The answer was lost and is being read back: how often and how long the same key asks again. */
const ASK_AGAIN_MS = 1_000;
const ASK_TIMES = 60;

export interface ShiftClosed {
  /** Tag 1038. */
  readonly shift: number;
  readonly fd: number;
  readonly fp: number;
}

/** The operation's outcome was not read back in time: the same key may be asked again. */
export class OutcomeOpen extends Error {
  constructor() {
    super("the operation's outcome is not known yet");
    this.name = "OutcomeOpen";
  }
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/**
 * An operation on the device, asked again under the same key while its outcome is read back.
 *
 * @throws BridgeProblem, BridgeUnreachable, NotSent, OutcomeOpen
 */
export async function operate<T>(
  client: Caller,
  path: string,
  body: object,
  key: string,
  wait: (ms: number) => Promise<void> = pause,
): Promise<T> {
  for (let times = 0; times < ASK_TIMES; times += 1) {
    const answer = await client.post<T>(path, body, { key, timeout: DEVICE_TIMEOUT });
    if (answer.status !== 202) return answer.body;
    await wait(ASK_AGAIN_MS);
  }
  throw new OutcomeOpen();
}

export interface Cashier {
  readonly name: string;
  readonly inn: string | null;
}

export const closeShift = (client: Caller, cashier: Cashier, key: string): Promise<ShiftClosed> =>
  operate<ShiftClosed>(client, "/v1/kkt/shift/close", { cashier }, key);

export const reportX = (client: Caller, key: string): Promise<unknown> =>
  operate(client, "/v1/kkt/report/x", {}, key);

export const copyOfLast = (client: Caller, key: string): Promise<unknown> =>
  operate(client, "/v1/kkt/copy", {}, key);

/** @param kopecks positive */
export const moveCash = (
  client: Caller,
  direction: "in" | "out",
  kopecks: number,
  cashier: Cashier,
  key: string,
): Promise<unknown> =>
  operate(client, `/v1/kkt/cash/${direction}`, { amount: kopecks / 100, cashier }, key);

/** The slip of a move whose answer was lost is printed. @param key the move's own */
export const attestCash = (client: Caller, key: string): Promise<unknown> =>
  operate(client, "/v1/kkt/cash/attest", {}, key);

export interface ReceiptQuery {
  readonly text?: string;
  readonly qr?: string;
  /** `YYYY-MM-DD`. */
  readonly date?: string;
}

/** This till's journal, newest first. */
export async function searchReceipts(
  client: Caller,
  query: ReceiptQuery,
  limit = 30,
): Promise<readonly BridgeReceipt[]> {
  const { body } = await client.post<{ receipts: BridgeReceipt[] }>("/v1/kkt/receipts/search", {
    ...query,
    limit,
  });
  return body.receipts;
}

/** One shift of the ФН, roubles (`POST /v1/kkt/shift/totals`). */
export interface ShiftTotals {
  readonly fn: string;
  readonly shift: number;
  readonly opened_at: string | null;
  readonly closed_at: string | null;
  readonly documents: number;
  readonly mismatches: number;
  /** The ФН has them, and this till did not make them. */
  readonly foreign?: number;
  readonly operations: readonly {
    /** Tag 1054: 1 sale, 2 refund of a sale. */
    readonly operation: number;
    readonly count: number;
    readonly sum: number;
    readonly payments: Readonly<Record<string, number>>;
    /** The VAT by tag 1199; of 0 % and without VAT the turnover. */
    readonly vat: readonly { readonly code: number; readonly sum: number }[];
  }[];
  readonly cash_in: number;
  readonly cash_out: number;
}

/** @param since ISO 8601, the start of Odoo's session */
export async function shiftTotals(client: Caller, since: string): Promise<readonly ShiftTotals[]> {
  const { body } = await client.post<{ shifts: ShiftTotals[] }>("/v1/kkt/shift/totals", { since });
  return body.shifts;
}
