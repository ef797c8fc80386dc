/** The marked orders: in memory for the screens, on the disk before anything is sent. */
import {
  isChargeOpen,
  isFiscalized,
  isOpen,
  isWaiting,
  type OrderRecord,
} from "../attempt/attempt.ts";
import { ORDERS, type KktDatabase } from "./kkt_database.ts";

/** How long a closed record serves the copies of receipts. */
const KEPT_MS = 30 * 24 * 3_600_000;
/** How long an order that the till denied is asked after. */
const DENIED_MS = 24 * 3_600_000;

export class OrderStore {
  private readonly database: Pick<KktDatabase, "getAll" | "put" | "delete">;
  private readonly records = new Map<string, OrderRecord>();

  constructor(database: Pick<KktDatabase, "getAll" | "put" | "delete">) {
    this.database = database;
  }

  /** Reads everything once; closed records older than 30 days are dropped. */
  async load(now: number): Promise<void> {
    for (const record of await this.database.getAll<OrderRecord>(ORDERS)) {
      if (!isOpen(record) && !isChargeOpen(record) && now - record.changedAt > KEPT_MS) {
        await this.database.delete(ORDERS, record.uuid);
      } else {
        this.records.set(record.uuid, record);
      }
    }
  }

  get(uuid: string): OrderRecord | undefined {
    return this.records.get(uuid);
  }

  /** On the disk first, then seen by the screens. */
  async put(record: OrderRecord): Promise<void> {
    await this.database.put(ORDERS, record);
    this.records.set(record.uuid, record);
  }

  open(): OrderRecord[] {
    return [...this.records.values()].filter(isOpen);
  }

  /**
   * Sent once and taken by the till, as far as it said, not at all; of the last day. One that came
   * late may have been taken all the same.
   */
  denied(now: number): OrderRecord[] {
    return [...this.records.values()].filter(
      ({ state, items, changedAt }) =>
        state === "unsent" && items.length > 0 && now - changedAt < DENIED_MS,
    );
  }

  /** Whose card was charged while no receipt was signed. */
  charged(): OrderRecord[] {
    return [...this.records.values()].filter(isChargeOpen);
  }

  /** Refunds that wait for their originals. */
  waiting(): OrderRecord[] {
    return [...this.records.values()].filter(isWaiting);
  }

  fiscalized(): OrderRecord[] {
    return [...this.records.values()].filter(isFiscalized);
  }
}
