/**
 * The till of this POS: the bridge's client, the marks of orders, what the status bar shows, and
 * the one settlement that may run. No Odoo in here; `overrides/` connect it to the POS.
 */
import {
  isFiscalized,
  isOpen,
  keyOf,
  reconcile,
  told,
  type OrderRecord,
} from "../attempt/attempt.ts";
import { Settlement, type Outcome, type Progress } from "../attempt/settlement.ts";
import { BridgeClient } from "../bridge/bridge_client.ts";
import { Identity, type Certify } from "../bridge/identity.ts";
import { Live } from "../bridge/live.ts";
import { NotSent } from "../bridge/problem.ts";
import { BridgeSession } from "../bridge/session.ts";
import { UNKNOWN_VIEW, viewOf, type BridgeStatus, type TillView } from "../bridge/status.ts";
import { turnedAway } from "../bridge/turned_away.ts";
import type { BridgeReceipt } from "../receipt/receipt_types.ts";
import { KktDatabase } from "../storage/kkt_database.ts";
import { OrderStore } from "../storage/order_store.ts";

export interface TillConfig {
  /** `kkt.till.code`. */
  readonly code: string;
  readonly bridgeUrl: string;
  /** Name of our IndexedDB. */
  readonly database: string;
  readonly certify: Certify;
  /** Who is logged in to Odoo, `res.users` id. */
  readonly user: number | null;
}

/** What the browser gives; a test brings its own. */
export interface TillDeps {
  /** IndexedDB by that name. */
  readonly open: (database: string) => KktDatabase;
  readonly socket: (url: string) => WebSocket;
  /** ms since the epoch. */
  readonly now: () => number;
  /** ms; a till's wall clock may jump. */
  readonly monotonic: () => number;
  readonly setTimeout: (callback: () => void, ms: number) => unknown;
  readonly clearTimeout: (timer: unknown) => void;
}

const BROWSER: TillDeps = {
  open: (database) => new KktDatabase(database),
  socket: (url) => new WebSocket(url),
  now: () => Date.now(),
  monotonic: () => performance.now(),
  setTimeout: (callback, ms) => setTimeout(callback, ms),
  clearTimeout: (timer) => clearTimeout(timer as number | undefined),
};

/**
 * A request that was given up may still be at the bridge, which knows nothing of it while it asks
 * Odoo (2 s for a refund): its word that there is nothing counts when it says so again after this
 * long, ms.
 */
export const DENIAL_STANDS_MS = 5_000;

export interface TillEvents {
  onView(view: TillView): void;
  /** The bridge's word about Odoo, at every status. */
  onOdoo(reachable: boolean): void;
  /** An open order got its end outside of a settlement. */
  onSettled(record: OrderRecord): void;
  /** The bridge has taken after all what it had said to know nothing of: the order is locked again. */
  onTaken(record: OrderRecord): void;
  /** The till's time, ISO 8601, at every status. */
  onTime(time: string): void;
  /** The bridge answers (again). */
  onConnected(): void;
}

export class Till {
  readonly code: string;
  readonly store: OrderStore;
  readonly identity: Identity;
  readonly client: BridgeClient;
  readonly database: KktDatabase;
  private readonly live: Live;
  private readonly events: TillEvents;
  private status: BridgeStatus | null = null;
  /** Monotonic, when it came. */
  private heardAt = 0;
  /** In which words this browser was turned away at the last try; null: it was not. */
  private refused: string | null = null;
  private settlement: Settlement | null = null;
  /** Counts settlements: an answer asked for before one began says nothing about it. */
  private generation = 0;
  /** When the bridge first said that it knows nothing of an open order, monotonic, by uuid. */
  private readonly denials = new Map<string, number>();
  private askAgain: unknown = null;
  /** What the bridge tells of orders is taken up one after another. */
  private turn: Promise<void> = Promise.resolve();
  private readonly deps: TillDeps;
  connected = false;
  view: TillView = UNKNOWN_VIEW;

  constructor(config: TillConfig, events: TillEvents, deps: TillDeps = BROWSER) {
    this.code = config.code;
    this.events = events;
    this.deps = deps;
    const base = config.bridgeUrl.replace(/\/+$/, "");
    const database = deps.open(config.database);
    this.database = database;
    this.store = new OrderStore(database);
    this.identity = new Identity(database, config.certify, config.code, deps.now, config.user);
    const session = new BridgeSession(base, config.code, this.identity, deps.monotonic);
    this.client = new BridgeClient(base, session);
    this.live = new Live(
      {
        base,
        token: () => session.token(),
        forget: (token) => session.forget(token),
        open: deps.socket,
        setTimeout: deps.setTimeout,
        clearTimeout: deps.clearTimeout,
        random: () => Math.random(),
      },
      {
        onStatus: (status) => this.hearStatus(status),
        onReceipt: (receipt) => this.hearReceipt(receipt),
        onConnected: (connected) => this.hearConnected(connected),
        onTokenFailed: (error) => this.hearTokenFailed(error),
      },
    );
  }

  /** Reads what this browser knows; asks nobody. */
  async load(): Promise<void> {
    // marks of money must not be evicted; the answer changes nothing for us
    await navigator.storage?.persist?.().catch(() => false);
    await this.store.load(this.deps.now());
    await this.identity.load();
  }

  start(): void {
    this.live.start();
  }

  stop(): void {
    this.live.stop();
    this.deps.clearTimeout(this.askAgain);
  }

  /** The order may not be changed: money may be, or is, taken for it. */
  isLocked(uuid: string): boolean {
    const record = this.store.get(uuid);
    return isOpen(record) || isFiscalized(record);
  }

  isOpen(uuid: string): boolean {
    return isOpen(this.store.get(uuid));
  }

  isFiscalized(uuid: string): boolean {
    return isFiscalized(this.store.get(uuid));
  }

  /**
   * Asks the bridge how the open orders ended; those that it denies twice never arrived.
   *
   * @throws BridgeUnreachable, NotSent, BridgeProblem: the orders stay open
   */
  reconcile(): Promise<void> {
    return this.ask(this.store.open());
  }

  private async ask(records: readonly OrderRecord[]): Promise<void> {
    if (records.length === 0) return;
    const { generation } = this;
    const askedAt = this.deps.monotonic();
    let receipts: readonly BridgeReceipt[];
    try {
      receipts = await this.client.orderStates(records.map((record) => record.uuid));
    } catch (error) {
      // without the live channel its return asks
      if (this.connected) this.askLater(DENIAL_STANDS_MS);
      throw error;
    }
    await this.inTurn(async () => {
      for (const record of records) {
        if (this.generation !== generation) return;
        // what was heard of it meanwhile is newer
        if (this.store.get(record.uuid) !== record) continue;
        await this.takeAnswer(record, receipts, askedAt);
      }
    });
    this.askDeniedLater();
  }

  /** @param askedAt monotonic */
  private async takeAnswer(
    record: OrderRecord,
    receipts: readonly BridgeReceipt[],
    askedAt: number,
  ): Promise<void> {
    const receipt = receipts.find(({ uuid }) => uuid === record.uuid);
    if (!isOpen(record)) {
      if (receipt !== undefined) await this.takeNews(receipt);
      return;
    }
    const next = reconcile(record, receipts, this.deps.now());
    if (next.state === "unsent") {
      const deniedAt = this.denials.get(record.uuid) ?? this.deps.monotonic();
      this.denials.set(record.uuid, deniedAt);
      if (askedAt - deniedAt < DENIAL_STANDS_MS) return;
    }
    await this.keep(next, record);
  }

  private async keep(next: OrderRecord, before: OrderRecord): Promise<void> {
    this.denials.delete(next.uuid);
    if (next === before) return;
    await this.store.put(next);
    if (!isOpen(next)) this.events.onSettled(next);
    else if (!isOpen(before)) this.events.onTaken(next);
  }

  private inTurn(work: () => Promise<void>): Promise<void> {
    const done = this.turn.then(work);
    this.turn = done.catch(() => undefined);
    return done;
  }

  private askDeniedLater(): void {
    const since = this.store.open().flatMap(({ uuid }) => this.denials.get(uuid) ?? []);
    if (since.length === 0) return;
    this.askLater(Math.max(0, Math.min(...since) + DENIAL_STANDS_MS - this.deps.monotonic()));
  }

  private askLater(ms: number): void {
    this.deps.clearTimeout(this.askAgain);
    this.askAgain = this.deps.setTimeout(() => {
      // its end asks
      if (this.settlement === null) this.askAfterOpen();
    }, ms);
  }

  /** Is the bridge there? Cheap while the live channel stands, a call otherwise. */
  async reach(uuid: string): Promise<void> {
    if (this.connected) return;
    this.live.nudge();
    await this.client.orderStates([uuid]);
  }

  /**
   * Sends an open record to its end.
   *
   * @param client with somebody's rights, else the page's own
   * @throws Error while another order is being settled
   */
  async settle(
    record: OrderRecord,
    fresh: boolean,
    show: (progress: Progress) => void,
    client: Pick<BridgeClient, "sendReceipt" | "withdraw" | "orderStates"> = this.client,
  ): Promise<Outcome> {
    if (this.settlement !== null) throw new Error("another order is being settled");
    this.generation += 1;
    this.denials.delete(record.uuid);
    this.settlement = new Settlement(record, fresh, {
      client,
      store: this.store,
      show,
      now: this.deps.now,
      setTimeout: this.deps.setTimeout,
      clearTimeout: this.deps.clearTimeout,
    });
    try {
      return await this.settlement.run();
    } finally {
      this.settlement = null;
      // an order that was left open may have ended meanwhile
      this.askAfterOpen();
    }
  }

  get current(): Settlement | null {
    return this.settlement;
  }

  private hearStatus(status: BridgeStatus): void {
    this.status = status;
    this.heardAt = this.deps.monotonic();
    if (status.time !== undefined) this.events.onTime(status.time);
    this.changed();
    this.events.onOdoo(status.odoo.reachable);
  }

  private hearConnected(connected: boolean): void {
    this.connected = connected;
    this.changed();
    if (connected) this.events.onConnected();
    if (connected && this.settlement === null) this.askAfterOpen();
  }

  private hearTokenFailed(error: unknown): void {
    const refused = turnedAway(error);
    if (refused === this.refused) return;
    this.refused = refused;
    this.changed();
  }

  private askAfterOpen(): void {
    const records = [...this.store.open(), ...this.store.denied(this.deps.now())];
    this.ask(records).catch((error: unknown) => {
      if (!(error instanceof NotSent)) console.warn("open orders stay open", error);
    });
  }

  private hearReceipt(receipt: BridgeReceipt): void {
    if (this.settlement?.uuid === receipt.uuid) {
      this.settlement.hear(receipt);
      return;
    }
    this.inTurn(() => this.takeNews(receipt)).catch((error: unknown) => {
      console.error("what the till told of a receipt was not saved", error);
    });
  }

  /** Of an order that is open, or that the bridge had denied: it may be taken late. */
  private async takeNews(receipt: BridgeReceipt): Promise<void> {
    if (this.settlement?.uuid === receipt.uuid) {
      this.settlement.hear(receipt);
      return;
    }
    const record = this.store.get(receipt.uuid);
    if (record === undefined || keyOf(record) !== receipt.key) return;
    if (!isOpen(record) && record.state !== "unsent") return;
    await this.keep(told(record, receipt, this.deps.now()), record);
  }

  private changed(): void {
    this.view = viewOf(this.status, this.connected, this.heardAt, this.refused);
    this.events.onView(this.view);
  }
}
