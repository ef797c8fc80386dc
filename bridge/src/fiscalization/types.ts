/** The lane's door: what HTTP, the live push, the OFD relay and the heartbeat may ask of it. */
import type {
  DeviceInfo,
  DeviceStatus,
  FiscalDevice,
  PaperState,
} from "../device/fiscal-device.ts";
import type { Cashier, Receipt, ReceiptKey } from "../domain/receipt.ts";
import type { AcceptResult, Reason, StoredOperation, StoredReceipt } from "../journal/types.ts";

export interface SubmitRequest {
  readonly key: ReceiptKey;
  /** Parsed by `parseReceipt`; its order uuid is the key's. */
  readonly receipt: Receipt;
  readonly blob: string | null;
}

export type SubmitResult =
  | AcceptResult
  /** Nothing was written: the lane takes no new receipt now. A known key is answered all the same. */
  | { readonly kind: "not-taken"; readonly reason: Reason };

export type WithdrawResult =
  /** Cancelled now, or it had been cancelled before. */
  | { readonly kind: "withdrawn"; readonly row: StoredReceipt }
  /** Closing, unknown, fiscalized or rejected. */
  | { readonly kind: "not-withdrawable"; readonly row: StoredReceipt }
  | { readonly kind: "unknown-key" };

/** What a person, or the bridge itself, may ask of the device besides receipts. */
export type OperationRequest =
  /** Z report: `shift_close`. */
  | { readonly kind: "shift_open" | "shift_close"; readonly cashier: Cashier }
  | { readonly kind: "x_report" | "copy" }
  | { readonly kind: "cash_in" | "cash_out"; readonly kopecks: number; readonly cashier: Cashier }
  /** Отчёт о состоянии расчётов. */
  | { readonly kind: "calculations"; readonly cashier: Cashier };

/** How a manager ends a receipt that stops the lane (docs/contracts.md, Operations). */
export interface Resolution {
  readonly outcome: "fiscalized" | "cancelled";
  /** Exactly for `fiscalized`: the document that the manager found. */
  readonly fd?: number;
  /**
   * Where the ФН with the document can't be read any more: its ФП and wall time
   * `YYYY-MM-DDTHH:MM`, off the paper or the ОФД's page. Recorded as attested.
   */
  readonly attested?: { readonly fp: number; readonly dateTime: string };
  /** Why; goes into the event log. */
  readonly reason: string;
  /** Who: the browser profile or the name that the token carries. */
  readonly by: string;
}

export interface Maintenance {
  /** ISO UTC. */
  readonly since: string;
  readonly reason: string;
  readonly by: string;
}

/** `doubt`: an answer was lost, nothing else is done until it is read back. `stopped`: a person decides. */
export type LaneState = "idle" | "busy" | "doubt" | "stopped";

export type DeviceState = "ready" | "busy" | "unavailable" | "setup_error" | "stopped";

/** What the status page and the heartbeat tell; kept in memory, asking costs no device time. */
export interface LaneSnapshot {
  readonly lane: {
    readonly state: LaneState;
    /** `uuid:attempt` of the receipt in the lane. */
    readonly key: string | null;
    /** Why it is in doubt or stopped. */
    readonly reason: Reason | null;
  };
  readonly device: {
    readonly state: DeviceState;
    /** Russian, null when ready or busy. */
    readonly reason: string | null;
    readonly paper: PaperState | null;
  };
  /** Last known; null before the first contact. */
  readonly info: DeviceInfo | null;
  readonly status: DeviceStatus | null;
  /** ISO UTC of `status`. */
  readonly statusAt: string | null;
  /**
   * The open shift in time, ISO UTC: a Z is due before `closesBy` (24 h), and no receipt begins in
   * its last two minutes. null while the shift is closed or its opening isn't known.
   */
  readonly shift: { readonly openedAt: string; readonly closesBy: string } | null;
  /** The ККТ's clock minus the till's in the till's zone, ms; null before the first contact. */
  readonly deviceDriftMs: number | null;
  readonly maintenance: Maintenance | null;
  /** The journal was restored and reads from the ФН what it lost: nothing is sold until then. */
  readonly catchingUp: boolean;
}

/** Who goes first when several wait for the device. */
export type DevicePriority = "receipt" | "operation" | "relay";

/** Why an operation was not done. `reason.text` is Russian, for people. */
export class LaneRefusal extends Error {
  override readonly name = "LaneRefusal";
  /**
   * `reason.code`: lane_busy, in_doubt, lane_stopped, shutting_down, device_unavailable,
   * setup_error, device_refused, shift_open, shift_closed, shift_expired, paper_out, cover_open,
   * maintenance, catching_up, not_done; of operations also idempotency_key_reused; of `attest` also
   * operation_unknown; of `resolve` also receipt_unknown, not_stopped, document_unknown,
   * request_invalid.
   */
  readonly reason: Reason;
  constructor(reason: Reason) {
    super(reason.text);
    this.reason = reason;
  }
}

export interface Lane {
  /**
   * Cancels what was accepted before a restart, begins to connect and to resolve what is in doubt.
   * Returns before the device has answered.
   */
  start(): Promise<void>;
  /** Takes nothing new, lets the receipt in flight end (bounded), then leaves the device. */
  stop(): Promise<void>;

  /**
   * Commits the receipt and begins to work on it. Synchronous: when it returns `accepted`, the
   * journal has it. Asking again with a known key counts as `touch`.
   */
  submit(request: SubmitRequest): SubmitResult;
  /** The receipt's screen is still there; an accepted receipt lives about 60 s from the last touch. */
  touch(key: ReceiptKey): void;
  withdraw(key: ReceiptKey): WithdrawResult;
  /**
   * The row as soon as it is fiscalized, rejected or cancelled, else as it is after `timeoutMs`
   * or when the signal aborts. null: no such key.
   */
  waitFor(key: ReceiptKey, timeoutMs: number, signal?: AbortSignal): Promise<StoredReceipt | null>;

  /**
   * Runs an operation once per key (8–128 of `A–Z a–z 0–9 . _ : -`). A known key is answered with
   * its first end, also while it is still running and after a restart. `done` carries the result:
   * `{shift, fd, fp}` of a shift, `{fd, fp, unconfirmed, firstUnconfirmed}` of `calculations`,
   * `{}` of the others; `unknown`: its answer was lost, it is read back, ask again.
   * @throws LaneRefusal: the device refused it, or something stands in the way (nothing is written
   *   then and the same key may be used again)
   */
  operate(key: string, request: OperationRequest): Promise<StoredOperation>;

  /**
   * A person saw the slip of cash that was refused as `operation_in_doubt`: it is done, with its
   * event (`cause: "attested"`). Again it is the same answer; `begun` and `unknown`: ask again.
   * @param by who, as in `Resolution`
   * @throws LaneRefusal operation_unknown, idempotency_key_reused (no cash), another refusal's own
   */
  attest(key: string, by: string): StoredOperation;

  /**
   * A person ends the receipt that stops the lane; event `receipt.resolved`.
   * @throws LaneRefusal `not_stopped` unless the lane is in alarm over this very receipt
   */
  resolve(key: ReceiptKey, resolution: Resolution): Promise<StoredReceipt>;

  /**
   * «Касса на обслуживании»: no new receipt is taken (`maintenance`), a receipt in flight ends,
   * operations of a technician go on. Durable. Events `maintenance.on`, `maintenance.off`.
   */
  maintenance(on: boolean, reason: string, by: string): void;

  /**
   * One short turn on the device: never between opening and closing a receipt, receipts go first.
   * Errors of `use` pass through; a lost link starts the lane's own reconnection.
   * @throws LaneRefusal when the lane is in doubt, stopped or without a device
   */
  withDevice<T>(
    priority: Exclude<DevicePriority, "receipt">,
    use: (device: FiscalDevice) => Promise<T>,
  ): Promise<T>;

  /** The company's ИНН as Odoo tells it; a device registered to another one must not sell. Durable. */
  expectInn(inn: string | null): void;

  snapshot(): LaneSnapshot;
  /** After each committed change of any receipt, whoever made it. Returns the unsubscribe. */
  onReceipt(listener: (row: StoredReceipt) => void): () => void;
  /** After each change of the snapshot. Returns the unsubscribe. */
  onChange(listener: (snapshot: LaneSnapshot) => void): () => void;
}
