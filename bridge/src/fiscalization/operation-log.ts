/**
 * Operations of the device in the journal: begun with what is true of the ФН before the command,
 * ended with its result and event. What stayed open, because an answer was lost or the process
 * ended, is read back from the ФН.
 */
import { createHash } from "node:crypto";
import type { DeviceStatus, FiscalDevice, FoundDocument } from "../device/fiscal-device.ts";
import { isoUtc, type Clock } from "../domain/clock.ts";
import { canonicalJson } from "../domain/content-hash.ts";
import type { Journal, OperationKind, Reason, StoredOperation } from "../journal/types.ts";
import { REASONS } from "./reasons.ts";

/**
 * Who wanted it: a person, a receipt that found the shift closed, somebody at the device itself.
 * `attested`: a person wanted it, its answer was lost, and a person saw the slip.
 */
export type OperationCause = "operator" | "receipt" | "device" | "attested";

type Data = Readonly<Record<string, unknown>>;

/** Container docType of the operations that make a fiscal document (fiscal.md §3.2). */
export const DOCUMENT_TYPES: Readonly<Partial<Record<OperationKind, number>>> = {
  shift_open: 2,
  shift_close: 5,
  calculations: 21,
};

const EVENTS: Readonly<Partial<Record<OperationKind, string>>> = {
  shift_open: "shift.opened",
  shift_close: "shift.closed",
  calculations: "report.calculations",
  cash_in: "cash.in",
  cash_out: "cash.out",
};

/** `cause` is the bridge's own note, it does not make another request of it. */
export function bodyHash(body: Data): string {
  const asked = Object.entries(body).filter(([name]) => name !== "cause");
  return createHash("sha256")
    .update(canonicalJson(Object.fromEntries(asked)), "utf8")
    .digest("hex");
}

export class OperationLog {
  readonly #journal: Journal;
  readonly #clock: Clock;

  constructor(journal: Journal, clock: Clock) {
    this.#journal = journal;
    this.#clock = clock;
  }

  find(key: string): StoredOperation | null {
    return this.#journal.operation(key);
  }

  begin(key: string, kind: OperationKind, body: Data, status: DeviceStatus): StoredOperation {
    const intent = { fn: status.fn, lastFd: status.lastFd, shift: status.shift.number };
    const at = isoUtc(this.#clock);
    const hash = bodyHash(body);
    return this.#journal.beginOperation({ key, kind, bodyHash: hash, body, intent, at }).row;
  }

  /** @param dateTime wall time of the document or of the command; null: nobody knows */
  done(
    { key, kind, body, intent }: StoredOperation,
    result: Data,
    dateTime: string | null,
  ): StoredOperation {
    const fn = intent?.fn ?? null;
    const cashier = (body["cashier"] as { readonly name?: string } | null)?.name ?? null;
    const data = {
      ...result,
      fn,
      cashier,
      cause: body["cause"] ?? "operator",
      date_time: dateTime,
    };
    const amount = body["kopecks"] === undefined ? {} : { kopecks: body["kopecks"] };
    const event = EVENTS[kind];
    return this.#journal.endOperation(
      key,
      { state: "done", result: { ...result, fn } },
      event === undefined ? null : { kind: event, data: { ...data, ...amount } },
      isoUtc(this.#clock),
    );
  }

  /** A slip that only the paper tells of. @param by who saw it */
  attested(row: StoredOperation, by: string): StoredOperation {
    const cause: OperationCause = "attested";
    return this.done({ ...row, body: { ...row.body, cause } }, { by }, null);
  }

  refused({ key }: StoredOperation, reason: Reason): StoredOperation {
    return this.#journal.endOperation(key, { state: "refused", reason }, null, isoUtc(this.#clock));
  }

  unknown({ key }: StoredOperation, reason: Reason): StoredOperation {
    return this.#journal.endOperation(key, { state: "unknown", reason }, null, isoUtc(this.#clock));
  }

  /**
   * What stayed open: the ФН's own document decides, once and for all. Call with a fresh status,
   * before anything else makes documents. An operation on a ФН that is not in the device waits.
   */
  async settle(device: FiscalDevice, status: DeviceStatus): Promise<void> {
    for (const open of this.#journal.openOperations()) {
      if (open.intent !== null && open.intent.fn !== status.fn) continue;
      const documentType = DOCUMENT_TYPES[open.kind];
      if (documentType === undefined || open.intent === null) {
        // no fiscal document tells whether a slip was printed
        this.refused(open, REASONS.operationInDoubt);
        continue;
      }
      const found = await this.#look(device, open, documentType, status);
      if (found) this.done(open, resultOf(found, status), found.dateTime);
      else this.refused(open, REASONS.operationNotDone);
    }
  }

  /** A shift document that nobody asked this bridge for; written once. */
  seenAtDevice(
    kind: "shift_open" | "shift_close",
    found: FoundDocument,
    status: DeviceStatus,
  ): void {
    const name = EVENTS[kind];
    const told = this.#journal
      .events({ limit: 1000 })
      .some((event) => event.kind === name && isOf(event.data, status.fn, found.fd));
    if (told) return;
    const key = `auto:${status.fn}:${found.fd}`;
    const before = { ...status, lastFd: found.fd - 1 };
    const open = this.begin(key, kind, { cashier: null, cause: "device" }, before);
    if (open.state === "begun") this.done(open, resultOf(found, status), found.dateTime);
  }

  async #look(
    device: FiscalDevice,
    { intent }: StoredOperation,
    documentType: number,
    { lastFd }: DeviceStatus,
  ): Promise<FoundDocument | null> {
    for (let fd = (intent?.lastFd ?? lastFd) + 1; fd <= lastFd; fd += 1) {
      if (this.#journal.byFd(intent?.fn ?? "", fd)) continue;
      const found = await device.findDocument(fd);
      if (found?.documentType === documentType) return found;
    }
    return null;
  }
}

function isOf(data: Data, fn: string, fd: number): boolean {
  return data["fn"] === fn && data["fd"] === fd;
}

function resultOf({ documentType, fd, fp, shift }: FoundDocument, status: DeviceStatus): Data {
  if (documentType === DOCUMENT_TYPES.calculations) {
    const oldest = status.oldestUnsent?.dateTime.slice(0, 10) ?? null;
    return { fd, fp, unconfirmed: status.unsent, firstUnconfirmed: oldest };
  }
  return { shift: shift ?? status.shift.number, fd, fp };
}
