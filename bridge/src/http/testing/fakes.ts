/** Stand-ins for the lane and the journal: what the HTTP door and the push see of them, no more. */
import type { ArchivedDocument } from "../../device/fiscal-device.ts";
import type { Receipt, ReceiptKey, ReceiptState } from "../../domain/receipt.ts";
import { formatKey } from "../../domain/receipt-key.ts";
import { Listeners } from "../../domain/listeners.ts";
import {
  LaneRefusal,
  type Lane,
  type LaneSnapshot,
  type OperationRequest,
  type Resolution,
  type SubmitRequest,
  type SubmitResult,
  type WithdrawResult,
} from "../../fiscalization/types.ts";
import type {
  BufferLevel,
  CatalogueItem,
  DeadReceipt,
  Journal,
  JournalEvent,
  Reason,
  StoredOperation,
  StoredReceipt,
} from "../../journal/types.ts";
import type { HttpJournal } from "../deps.ts";

export const UUID = "5a0c7a52-9a3e-4a9e-8f6e-0123456789ab";

export const wireReceipt = (change: Record<string, unknown> = {}): Record<string, unknown> => ({
  pos_id: "T1",
  type: "sale",
  order: { uuid: UUID, name: "Заказ 00012", owner: "profile-1.nonce" },
  items: [{ sku: "FR-001", name: "Оправа Ray", qty: 1, price: 4500, sum: 4500, vat: 6 }],
  payments: [{ method: "cash", amount: 5000 }],
  cashier: { name: "Кассирова А. А.", inn: null },
  ...change,
});

export function storedReceipt(change: Partial<StoredReceipt> = {}): StoredReceipt {
  const receipt: Receipt = {
    posId: "T1",
    type: "sale",
    order: { uuid: UUID, name: "Заказ 00012", owner: "profile-1.nonce" },
    items: [
      {
        sku: "FR-001",
        name: "Оправа Ray",
        quantityMillionths: 1_000_000,
        priceKopecks: 450_000,
        sumKopecks: 450_000,
        vat: 6,
        paymentMethod: 4,
        subject: 1,
        unit: 0,
      },
    ],
    payments: [{ method: "cash", kopecks: 500_000 }],
    customer: null,
    cashier: { name: "Кассирова А. А.", inn: null },
    taxSystem: null,
    refundOf: null,
    correction: null,
    electronicOnly: false,
  };
  return {
    seq: 1,
    key: { uuid: UUID, attempt: 1 },
    owner: receipt.order.owner,
    state: "accepted",
    receipt,
    contentHash: "00",
    hlc: { localTime: 1_795_000_000_000, logicalCounter: 0 },
    closing: null,
    fiscal: null,
    reason: null,
    legs: { ofd: "none", odoo: "none" },
    acceptedAt: "2026-11-22T18:03:00.000Z",
    fiscalizedAt: null,
    ofdAt: null,
    odooAt: null,
    blob: null,
    ...change,
  };
}

/** The row as it is once the ФН has the document. */
export function fiscalized(row: StoredReceipt, fd = 7): StoredReceipt {
  return {
    ...row,
    state: "fiscalized",
    legs: { ofd: "pending", odoo: "pending" },
    fiscalizedAt: "2026-11-22T18:03:02.000Z",
    fiscal: {
      fn: "9999078900012345",
      fd,
      fp: 3_000_000_001,
      shift: 3,
      receipt: 5,
      dateTime: "2026-11-22T21:03",
      operation: 1,
      sumKopecks: 450_000,
      changeKopecks: 50_000,
      rnm: "0001234567012345",
      inn: "7701234567",
    },
  };
}

export const readySnapshot: LaneSnapshot = {
  lane: { state: "idle", key: null, reason: null },
  device: { state: "ready", reason: null, paper: "ok" },
  info: {
    fn: "9999078900012345",
    rnm: "0001234567012345",
    inn: "7701234567",
    userName: "ООО «Оптика»",
    address: "Москва",
    model: "ШТРИХ",
    serial: "0001",
    taxSystems: 1,
    fnExpires: "2028-01-01",
    ofd: null,
    ofdBy: "bridge",
    protocol: "shtrih-v1",
  },
  status: {
    fn: "9999078900012345",
    lastFd: 6,
    shift: { state: "open", number: 3, receipt: 4 },
    paper: "ok",
    documentOpen: false,
    dateTime: "2026-11-22T21:03:00",
    unsent: 0,
    oldestUnsent: null,
    warnings: 0,
    documentsLeft: 200_000,
  },
  statusAt: "2026-11-22T18:03:00.000Z",
  shift: { openedAt: "2026-11-22T06:00:00.000Z", closesBy: "2026-11-23T06:00:00.000Z" },
  deviceDriftMs: 0,
  maintenance: null,
  catchingUp: false,
};

/** Rows by key; the lane and the journal of a test look at the same ones. */
export class FakeRows {
  readonly rows = new Map<string, StoredReceipt>();
  readonly changed = new Listeners<StoredReceipt>();

  put(row: StoredReceipt): StoredReceipt {
    this.rows.set(formatKey(row.key), row);
    this.changed.tell(row);
    return row;
  }

  get(key: ReceiptKey): StoredReceipt | null {
    return this.rows.get(formatKey(key)) ?? null;
  }

  end(key: ReceiptKey, state: ReceiptState, reason: Reason | null = null): StoredReceipt {
    const row = this.get(key)!;
    return this.put(state === "fiscalized" ? fiscalized(row) : { ...row, state, reason });
  }
}

const ENDED: readonly ReceiptState[] = ["fiscalized", "rejected", "cancelled"];

const operationRow = (key: string, kind: StoredOperation["kind"]): StoredOperation => ({
  seq: 1,
  key,
  kind,
  bodyHash: "00",
  body: {},
  state: "done",
  intent: null,
  result: null,
  reason: null,
  begunAt: "2026-11-22T18:03:00.000Z",
  endedAt: null,
});

export class FakeLane implements Lane {
  readonly rows: FakeRows;
  readonly touched: string[] = [];
  readonly submitted: SubmitRequest[] = [];
  /** Decides instead of `accepted`/`known`. */
  decide: ((request: SubmitRequest) => SubmitResult | null) | null = null;
  /** How operations end. */
  end: (request: OperationRequest) => Partial<StoredOperation> = () => ({
    state: "done",
    result: { shift: 3, fd: 8, fp: 9, unconfirmed: 0, firstUnconfirmed: null },
  });
  readonly operated: { readonly key: string; readonly request: OperationRequest }[] = [];
  readonly attested: { readonly key: string; readonly by: string }[] = [];
  /** How attesting ends. */
  seen: () => Partial<StoredOperation> = () => ({ state: "done" });
  readonly resolved: { readonly key: string; readonly resolution: Resolution }[] = [];
  current: LaneSnapshot = readySnapshot;
  readonly #changes = new Listeners<LaneSnapshot>();

  constructor(rows: FakeRows) {
    this.rows = rows;
  }

  start = (): Promise<void> => Promise.resolve();
  stop = (): Promise<void> => Promise.resolve();

  submit(request: SubmitRequest): SubmitResult {
    this.submitted.push(request);
    const decided = this.decide?.(request) ?? null;
    if (decided !== null) return decided;
    const known = this.rows.get(request.key);
    if (known !== null) return { kind: "known", row: known };
    const { key, receipt, blob } = request;
    const owner = receipt.order.owner;
    return { kind: "accepted", row: this.rows.put(storedReceipt({ key, receipt, blob, owner })) };
  }

  touch(key: ReceiptKey): void {
    this.touched.push(formatKey(key));
  }

  withdraw(key: ReceiptKey): WithdrawResult {
    const row = this.rows.get(key);
    if (row === null) return { kind: "unknown-key" };
    if (row.state !== "accepted") return { kind: "not-withdrawable", row };
    return { kind: "withdrawn", row: this.rows.end(key, "cancelled") };
  }

  waitFor(key: ReceiptKey, timeoutMs: number, signal?: AbortSignal): Promise<StoredReceipt | null> {
    return new Promise((resolve) => {
      const done = (): void => {
        clearTimeout(timer);
        remove();
        resolve(this.rows.get(key));
      };
      const timer = setTimeout(done, timeoutMs);
      const remove = this.rows.changed.add((row) => {
        if (formatKey(row.key) === formatKey(key) && ENDED.includes(row.state)) done();
      });
      signal?.addEventListener("abort", done, { once: true });
      if (signal?.aborted || ENDED.includes(this.rows.get(key)?.state ?? "accepted")) done();
    });
  }

  async operate(key: string, request: OperationRequest): Promise<StoredOperation> {
    const end = await Promise.resolve(this.end(request));
    this.operated.push({ key, request });
    return { ...operationRow(key, request.kind), ...end };
  }

  attest(key: string, by: string): StoredOperation {
    const end = this.seen();
    this.attested.push({ key, by });
    return { ...operationRow(key, "cash_in"), ...end };
  }

  resolve(key: ReceiptKey, resolution: Resolution): Promise<StoredReceipt> {
    const row = this.rows.get(key);
    if (row?.state !== "unknown") {
      return Promise.reject(new LaneRefusal({ code: "not_stopped", text: "Касса не остановлена" }));
    }
    this.resolved.push({ key: formatKey(key), resolution });
    return Promise.resolve(this.rows.end(key, resolution.outcome));
  }

  maintenance(on: boolean, reason: string, by: string): void {
    const since = "2026-11-22T18:03:00.000Z";
    this.show({ ...this.current, maintenance: on ? { since, reason, by } : null });
  }

  withDevice = <T>(): Promise<T> => Promise.reject(new Error("no device in this test"));
  expectInn = (): void => undefined;
  snapshot = (): LaneSnapshot => this.current;

  show(snapshot: LaneSnapshot): void {
    this.current = snapshot;
    this.#changes.tell(snapshot);
  }

  onReceipt = (listener: (row: StoredReceipt) => void): (() => void) =>
    this.rows.changed.add(listener);
  onChange = (listener: (snapshot: LaneSnapshot) => void): (() => void) =>
    this.#changes.add(listener);
}

export const emptyBuffer: BufferLevel = {
  level: 0,
  capacity: 200,
  oldestAt: null,
  odooPending: 0,
  odooOldestAt: null,
};

/** What a test may put into the journal besides receipts, and look at afterwards. */
export class FakeStore {
  capacity = 200;
  readonly settings = new Map<string, string>();
  readonly dead = new Map<string, DeadReceipt>();
  events: JournalEvent[] = [];
  /** What was appended: kind, key, data. */
  readonly appended: { kind: string; key: string | null; data: Record<string, unknown> }[] = [];
  documents = new Map<string, readonly [ArchivedDocument, readonly string[]]>();
  catalogue = new Map<string, CatalogueItem>();

  takeDead(key: ReceiptKey): StoredReceipt | null {
    const found = this.dead.get(formatKey(key))?.row ?? null;
    this.dead.delete(formatKey(key));
    return found;
  }
}

export function fakeJournal(
  rows: FakeRows,
  store = new FakeStore(),
): HttpJournal & Pick<Journal, "deadCount"> {
  const all = (): StoredReceipt[] => [...rows.rows.values()].sort((a, b) => b.seq - a.seq);
  return {
    get: (key) => rows.get(key),
    byUuid: (uuid) => all().filter((row) => row.key.uuid === uuid),
    list: ({ state, beforeSeq, limit }) =>
      all()
        .filter((row) => state === undefined || row.state === state)
        .filter((row) => beforeSeq === undefined || row.seq < beforeSeq)
        .slice(0, limit),
    byFd: (fn, fd) => all().find(({ fiscal }) => fiscal?.fn === fn && fiscal.fd === fd) ?? null,
    lookup: {
      back: () => ({ rows: all(), next: null }),
      unsettled: () => [],
      operationsDone: () => [],
    },
    buffer: () => ({ ...emptyBuffer, capacity: store.capacity }),
    setCapacity: (capacity) => void (store.capacity = capacity),
    events: ({ beforeSeq, limit }) =>
      store.events.filter(({ seq }) => seq < (beforeSeq ?? Infinity)).slice(0, limit),
    dead: () => [...store.dead.values()],
    deadCount: () => store.dead.size,
    retryDead: (key) => store.takeDead(key),
    settleDead: (key) => store.takeDead(key),
    document: (key) => store.documents.get(formatKey(key))?.[0] ?? null,
    mismatches: (key) => store.documents.get(formatKey(key))?.[1] ?? [],
    catalogueByBarcode: (barcode) => store.catalogue.get(barcode) ?? null,
    operation: () => null,
    appendEvent: (kind, key, data) =>
      void store.appended.push({ kind, key: key && formatKey(key), data: { ...data } }),
    getSetting: (name) => store.settings.get(name) ?? null,
    setSetting: (name, value) => void store.settings.set(name, value),
  };
}
