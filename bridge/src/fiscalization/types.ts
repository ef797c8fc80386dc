/** The lane's door: what HTTP, the live push, the OFD relay and the heartbeat may ask of it. */
import type {
  DeviceInfo,
  DeviceStatus,
  FiscalDevice,
  PaperState,
  ShiftDocument,
} from "../device/fiscal-device.ts";
import type { Cashier, Receipt, ReceiptKey } from "../domain/receipt.ts";
import type { AcceptResult, Reason, StoredReceipt } from "../journal/types.ts";

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
}

/** Who goes first when several wait for the device. */
export type DevicePriority = "receipt" | "operation" | "relay";

/** Why an operation was not done. `reason.text` is Russian, for people. */
export class LaneRefusal extends Error {
  override readonly name = "LaneRefusal";
  /**
   * `reason.code`: lane_busy, in_doubt, lane_stopped, shutting_down, device_unavailable,
   * setup_error, device_refused, shift_open, shift_closed, shift_expired, paper_out.
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

  /** @throws LaneRefusal */
  openShift(cashier: Cashier): Promise<ShiftDocument>;
  /** Z report. @throws LaneRefusal */
  closeShift(cashier: Cashier): Promise<ShiftDocument>;
  /** @throws LaneRefusal */
  printX(): Promise<void>;

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
