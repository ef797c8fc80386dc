/**
 * The till of this POS: the bridge's client, the marks of orders, what the status bar shows, and
 * the one settlement that may run. No Odoo in here; `overrides/` connect it to the POS.
 */
import { isFiscalized, isOpen, keyOf, reconcile, type OrderRecord } from "../attempt/attempt.ts";
import { Settlement, type Outcome, type Progress } from "../attempt/settlement.ts";
import { BridgeClient } from "../bridge/bridge_client.ts";
import { Identity, type Certify } from "../bridge/identity.ts";
import { Live } from "../bridge/live.ts";
import { NotSent } from "../bridge/problem.ts";
import { BridgeSession } from "../bridge/session.ts";
import { UNKNOWN_VIEW, viewOf, type BridgeStatus, type TillView } from "../bridge/status.ts";
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

export interface TillEvents {
  onView(view: TillView): void;
  /** The bridge's word about Odoo, at every status. */
  onOdoo(reachable: boolean): void;
  /** An open order got its end outside of a settlement. */
  onSettled(record: OrderRecord): void;
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
  private settlement: Settlement | null = null;
  /** Counts settlements: an answer asked for before one began says nothing about it. */
  private generation = 0;
  connected = false;
  view: TillView = UNKNOWN_VIEW;

  constructor(config: TillConfig, events: TillEvents) {
    this.code = config.code;
    this.events = events;
    const base = config.bridgeUrl.replace(/\/+$/, "");
    const database = new KktDatabase(config.database);
    this.database = database;
    this.store = new OrderStore(database);
    this.identity = new Identity(database, config.certify, config.code, Date.now, config.user);
    const session = new BridgeSession(base, config.code, this.identity);
    this.client = new BridgeClient(base, session);
    this.live = new Live(
      {
        base,
        token: () => session.token(),
        forget: (token) => session.forget(token),
        open: (url) => new WebSocket(url),
        setTimeout: (callback, ms) => setTimeout(callback, ms),
        clearTimeout: (timer) => clearTimeout(timer as number | undefined),
        random: () => Math.random(),
      },
      {
        onStatus: (status) => this.hearStatus(status),
        onReceipt: (receipt) => void this.hearReceipt(receipt),
        onConnected: (connected) => this.hearConnected(connected),
      },
    );
  }

  /** Reads what this browser knows; asks nobody. */
  async load(): Promise<void> {
    // marks of money must not be evicted; the answer changes nothing for us
    await navigator.storage?.persist?.().catch(() => false);
    await this.store.load(Date.now());
    await this.identity.load();
  }

  start(): void {
    this.live.start();
  }

  stop(): void {
    this.live.stop();
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
   * Asks the bridge how the open orders ended; those it doesn't know never arrived.
   *
   * @throws BridgeUnreachable, NotSent, BridgeProblem: the orders stay open
   */
  async reconcile(): Promise<void> {
    const open = this.store.open();
    if (open.length === 0) return;
    const { generation } = this;
    const receipts = await this.client.orderStates(open.map((record) => record.uuid));
    for (const record of open) {
      if (this.generation !== generation) return;
      const next = reconcile(record, receipts, Date.now());
      if (next === record) continue;
      await this.store.put(next);
      if (!isOpen(next)) this.events.onSettled(next);
    }
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
    this.settlement = new Settlement(record, fresh, {
      client,
      store: this.store,
      show,
      now: () => Date.now(),
      setTimeout: (callback, ms) => setTimeout(callback, ms),
      clearTimeout: (timer) => clearTimeout(timer as number | undefined),
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
    this.heardAt = performance.now();
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

  private askAfterOpen(): void {
    this.reconcile().catch((error: unknown) => {
      if (!(error instanceof NotSent)) console.warn("open orders stay open", error);
    });
  }

  private async hearReceipt(receipt: BridgeReceipt): Promise<void> {
    if (this.settlement?.uuid === receipt.uuid) {
      this.settlement.hear(receipt);
      return;
    }
    const record = this.store.get(receipt.uuid);
    if (record === undefined || !isOpen(record) || keyOf(record) !== receipt.key) return;
    const next = reconcile(record, [receipt], Date.now());
    if (next === record) return;
    await this.store.put(next);
    if (!isOpen(next)) this.events.onSettled(next);
  }

  private changed(): void {
    this.view = viewOf(this.status, this.connected, this.heardAt);
    this.events.onView(this.view);
  }
}
