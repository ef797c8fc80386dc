/**
 * Carries the ФН's documents to the ОФД and the tickets back (fiscal.md §3.0). The device is held
 * for single commands only and never while the ОФД is waited for; receipts go first. Nothing is
 * lost by an abandoned turn: the ФН offers the same message again.
 */
import { DeviceLinkError, DeviceRefusal, type FiscalDevice } from "../device/fiscal-device.ts";
import { isoUtc, type Clock } from "../domain/clock.ts";
import { LaneRefusal, type Lane } from "../fiscalization/types.ts";
import type { Journal, StoredReceipt } from "../journal/types.ts";
import type { Logger } from "../observability/logger.ts";
import type { Backoff } from "../resilience/backoff.ts";
import { Worker } from "../resilience/worker.ts";
import { BrokenCircuitError, type BreakerState, type OfdBreaker } from "./breaker.ts";
import type { OfdAddress } from "./exchange.ts";

export interface OfdRelayOptions {
  readonly lane: Pick<Lane, "withDevice" | "onReceipt" | "onChange">;
  readonly journal: Pick<Journal, "markOfdDeliveredUpTo" | "appendEvent" | "buffer">;
  readonly breaker: OfdBreaker;
  readonly backoff: Backoff;
  readonly clock: Clock;
  readonly logger: Logger;
  /** null: the register sends by itself, only the tickets are watched. */
  readonly address: () => OfdAddress | null;
  readonly exchange: (
    address: OfdAddress,
    message: Uint8Array,
    signal: AbortSignal,
  ) => Promise<Uint8Array>;
  readonly probe: (address: OfdAddress, signal: AbortSignal) => Promise<void>;
  /** How often the ФН is asked when nothing wakes the relay, ms. */
  readonly pollMs: number;
  /** One exchange went through or not: for the link's mode. */
  readonly onResult: (ok: boolean) => void;
  /** The link is in doubt: worth a probe though nothing waits to be sent. */
  readonly wantsProbe: () => boolean;
  /** Receipts whose tickets came. */
  readonly onDelivered: (rows: readonly StoredReceipt[]) => void;
  readonly onExchange: (result: "delivered" | "failed" | "rejected") => void;
}

/** ms between probes of a link in doubt. */
const PROBE_EVERY = 10_000;

export class OfdRelay {
  readonly #options: OfdRelayOptions;
  readonly #worker: Worker;
  #unsubscribe: (() => void)[] = [];
  #lastOkAt: string | null = null;
  #deviceReady = false;

  constructor(options: OfdRelayOptions) {
    this.#options = options;
    this.#worker = new Worker({
      turn: (signal) => this.#turn(signal),
      onError: (error) => {
        // no device now: the lane says so itself, and its return wakes the relay
        const expected = error instanceof LaneRefusal || error instanceof DeviceLinkError;
        options.logger[expected ? "debug" : "warn"]("ofd_relay_turn_failed", { error });
      },
      errorMs: options.pollMs,
    });
  }

  get state(): { readonly breaker: BreakerState; readonly lastOkAt: string | null } {
    return { breaker: this.#options.breaker.state, lastOkAt: this.#lastOkAt };
  }

  start(): void {
    const { lane } = this.#options;
    this.#unsubscribe = [
      lane.onReceipt((row) => {
        if (row.state === "fiscalized" && row.legs.ofd === "pending") this.#nudge();
      }),
      lane.onChange(({ device }) => {
        const ready = device.state === "ready" || device.state === "busy";
        if (ready && !this.#deviceReady) this.#nudge();
        this.#deviceReady = ready;
      }),
    ];
    this.#worker.start();
  }

  async stop(): Promise<void> {
    for (const remove of this.#unsubscribe) remove();
    await this.#worker.stop();
  }

  /** A new document wakes the relay, but does not shorten the pause after a failure. */
  #nudge(): void {
    const { backoff, breaker } = this.#options;
    if (backoff.failures === 0 && breaker.waitMs() === 0) this.#worker.wake();
  }

  /** @returns ms until the next turn */
  async #turn(signal: AbortSignal): Promise<number> {
    const { breaker, pollMs } = this.#options;
    const address = this.#options.address();
    if (address === null) {
      await this.#learnTickets();
      return pollMs;
    }
    const closedFor = breaker.waitMs();
    if (closedFor > 0) return closedFor;
    const message = await this.#use((device) => device.readOfdMessage());
    if (message === null) return this.#idle(address, signal);
    return this.#deliver(address, message, signal);
  }

  async #idle(address: OfdAddress, signal: AbortSignal): Promise<number> {
    const { breaker, wantsProbe, pollMs, probe } = this.#options;
    await this.#learnTickets();
    if (breaker.state === "closed" && !wantsProbe()) return pollMs;
    const error = await this.#attempt(() => probe(address, signal), signal);
    return error === null ? Math.min(pollMs, PROBE_EVERY) : this.#pause();
  }

  async #deliver(address: OfdAddress, message: Uint8Array, signal: AbortSignal): Promise<number> {
    const { exchange, backoff, logger, onExchange } = this.#options;
    let answer: Uint8Array | null = null;
    const error = await this.#attempt(async () => {
      answer = await exchange(address, message, signal);
    }, signal);
    if (error !== null || answer === null) {
      if (signal.aborted) return 0;
      onExchange("failed");
      logger.warn("ofd_exchange_failed", { error, failures: backoff.failures + 1 });
      return this.#pause();
    }
    const ticket: Uint8Array = answer;
    try {
      await this.#use((device) => device.writeOfdAnswer(ticket));
    } catch (refusal) {
      if (!(refusal instanceof DeviceRefusal)) throw refusal;
      this.#reportRejected(refusal);
      return this.#backOff();
    }
    backoff.reset();
    onExchange("delivered");
    await this.#learnTickets();
    return 0;
  }

  /** Counts a try at the breaker and for the link's mode. @returns the error, null if it went well */
  async #attempt(call: () => Promise<void>, signal: AbortSignal): Promise<unknown> {
    const { breaker, onResult, clock } = this.#options;
    try {
      await breaker.execute(call);
    } catch (error) {
      if (!signal.aborted && !(error instanceof BrokenCircuitError)) onResult(false);
      return error;
    }
    this.#lastOkAt = isoUtc(clock);
    onResult(true);
    return null;
  }

  #pause(): number {
    const wait = this.#backOff();
    const closedFor = this.#options.breaker.waitMs();
    return closedFor > 0 ? closedFor : wait;
  }

  #backOff(): number {
    return this.#options.backoff.next();
  }

  /**
   * The ФН took a ticket for every document before the oldest unsent one: it hands them out in
   * order (FF39).
   */
  async #learnTickets(): Promise<void> {
    const { journal, clock, onDelivered } = this.#options;
    if (journal.buffer().level === 0) return;
    const status = await this.#use((device) => device.status());
    const upTo = status.oldestUnsent === null ? status.lastFd : status.oldestUnsent.fd - 1;
    if (status.unsent > 0 && status.oldestUnsent === null) return;
    const rows = journal.markOfdDeliveredUpTo(status.fn, upTo, isoUtc(clock));
    if (rows.length > 0) onDelivered(rows);
  }

  /** The ФН hands documents out in order, so one it gets no valid ticket for blocks the rest: P1. */
  #reportRejected(refusal: DeviceRefusal): void {
    const { journal, clock, logger, onExchange } = this.#options;
    onExchange("rejected");
    logger.error("ofd_ticket_rejected", { error: refusal, device_code: refusal.deviceCode });
    const data = { command: refusal.command, deviceCode: refusal.deviceCode };
    journal.appendEvent("ofd.ticket_rejected", null, data, isoUtc(clock));
  }

  #use<T>(use: (device: FiscalDevice) => Promise<T>): Promise<T> {
    return this.#options.lane.withDevice("relay", use);
  }
}
