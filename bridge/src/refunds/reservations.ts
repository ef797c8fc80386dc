/**
 * Reservations that Odoo may hold for refunds of this till, kept in the journal from before the
 * first one is asked for. One whose refund came to nothing (rejected, cancelled, never taken by the
 * lane) is given back; one whose refund was signed ends in Odoo with the receipt itself.
 */
import { z } from "zod";
import type { Clock } from "../domain/clock.ts";
import { isUnresolved } from "../domain/receipt-machine.ts";
import type { Journal } from "../journal/types.ts";
import type { Logger } from "../observability/logger.ts";
import type { OdooClient } from "../odoo/client.ts";
import { refundsAnswerSchema } from "../odoo/schemas.ts";
import type { Backoff } from "../resilience/backoff.ts";
import { DurableSetting } from "../resilience/durable-setting.ts";
import { Worker } from "../resilience/worker.ts";

/** ms after which Odoo ends a reservation by itself. */
const LIFE = 86_400_000;
/** uuids of one call. */
const BATCH = 100;
const IDLE = 60_000;

const listSchema = z.array(z.object({ uuid: z.string(), since: z.number() }));

export interface ReservationsOptions {
  readonly client: Pick<OdooClient, "call">;
  readonly journal: Pick<Journal, "getSetting" | "setSetting" | "byUuid">;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly backoff: Backoff;
  /** ms for one call. */
  readonly timeoutMs: number;
}

export class Reservations {
  readonly #options: ReservationsOptions;
  readonly #setting: DurableSetting<typeof listSchema>;
  readonly #worker: Worker;
  /** uuid → ms UTC. */
  readonly #held = new Map<string, number>();
  /** A request at the door is at work on these. */
  readonly #atDoor = new Map<string, Promise<void>>();
  #releasing: { readonly uuids: ReadonlySet<string>; readonly done: Promise<void> } | null = null;

  constructor(options: ReservationsOptions) {
    this.#options = options;
    this.#setting = new DurableSetting(options.journal, "odoo.reservations", listSchema);
    this.#worker = new Worker({
      turn: (signal) => this.#turn(signal),
      onError: (error) => options.logger.error("reservations_failed", { error }),
    });
  }

  load(): void {
    for (const { uuid, since } of this.#setting.read() ?? []) this.#held.set(uuid, since);
  }

  start(): void {
    this.#worker.start();
  }

  stop(): Promise<void> {
    return this.#worker.stop();
  }

  /** A refund ended, or Odoo is back. */
  nudge(): void {
    if (this.#held.size > 0 && this.#options.backoff.failures === 0) this.#worker.wake();
  }

  linkIsBack(): void {
    this.#options.backoff.reset();
    this.nudge();
  }

  /**
   * One request at a time for an order: `use` runs when the one before has left. Until it has, its
   * reservation is not given back.
   */
  async exclusive<T>(uuid: string, use: () => Promise<T>): Promise<T> {
    while (this.#atDoor.has(uuid)) await this.#atDoor.get(uuid);
    let leave = (): void => undefined;
    this.#atDoor.set(uuid, new Promise((resolve) => (leave = resolve)));
    try {
      return await use();
    } finally {
      this.#atDoor.delete(uuid);
      leave();
      this.nudge();
    }
  }

  /** Written down before Odoo is asked: a crash in between forgets no reservation. */
  begin(uuid: string): void {
    if (this.#held.has(uuid)) return;
    this.#held.set(uuid, this.#options.clock.now());
    this.#write();
  }

  /** Odoo said itself that it holds nothing for this order. */
  forget(uuid: string): void {
    if (this.#held.has(uuid)) this.#drop([uuid]);
  }

  /** Resolves when no release of this order is on its way, at the latest after `ms`. */
  async settled(uuid: string, ms: number): Promise<void> {
    const releasing = this.#releasing;
    if (releasing === null || !releasing.uuids.has(uuid)) return;
    let timer: ReturnType<typeof setTimeout> | undefined;
    await Promise.race([
      releasing.done,
      new Promise<void>((resolve) => (timer = setTimeout(resolve, ms))),
    ]);
    clearTimeout(timer);
  }

  async #turn(signal: AbortSignal): Promise<number> {
    const { backoff, logger } = this.#options;
    const { over, idle } = this.#sort();
    this.#drop(over);
    const uuids = idle.slice(0, BATCH);
    if (uuids.length === 0) return IDLE;
    try {
      await this.#release(uuids, signal);
    } catch (error) {
      if (signal.aborted) return 0;
      const wait = backoff.next();
      logger.warn("reservations_not_released", { error, wait_ms: wait });
      return wait;
    }
    backoff.reset();
    return idle.length > uuids.length ? 0 : IDLE;
  }

  /** `over`: Odoo ends it by itself. `idle`: nothing came of it. */
  #sort(): { readonly over: readonly string[]; readonly idle: readonly string[] } {
    const { journal, clock } = this.#options;
    const over: string[] = [];
    const idle: string[] = [];
    for (const [uuid, since] of this.#held) {
      if (this.#atDoor.has(uuid)) continue;
      const rows = journal.byUuid(uuid);
      if (rows.some(({ state }) => isUnresolved(state))) continue;
      const signed = rows.some(({ state }) => state === "fiscalized");
      if (signed || clock.now() - since > LIFE) over.push(uuid);
      else idle.push(uuid);
    }
    return { over, idle };
  }

  async #release(uuids: readonly string[], signal: AbortSignal): Promise<void> {
    const { client, timeoutMs } = this.#options;
    const call = client.call("refunds", { reserve: [], release: uuids }, refundsAnswerSchema, {
      timeoutMs,
      signal,
    });
    const done = call.then(
      () => undefined,
      () => undefined,
    );
    this.#releasing = { uuids: new Set(uuids), done };
    try {
      await call;
    } finally {
      this.#releasing = null;
    }
    // one that a request has taken up meanwhile may be reserved anew
    this.#drop(uuids.filter((uuid) => !this.#atDoor.has(uuid)));
  }

  #drop(uuids: readonly string[]): void {
    if (uuids.length === 0) return;
    for (const uuid of uuids) this.#held.delete(uuid);
    this.#write();
  }

  #write(): void {
    this.#setting.write([...this.#held].map(([uuid, since]) => ({ uuid, since })));
  }
}
