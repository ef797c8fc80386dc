/**
 * Carries the ФН's documents to the ОФД and the tickets back (fiscal.md §3.0). The device is held
 * for single commands only and never while the ОФД is waited for; receipts go first. Nothing is
 * lost by an abandoned turn: the ФН offers the same message again.
 */
import {
  DeviceLinkError,
  DeviceRefusal,
  type DeviceStatus,
  type FiscalDevice,
} from "../device/fiscal-device.ts";
import { isoUtc, type Clock } from "../domain/clock.ts";
import { LaneRefusal, type Lane } from "../fiscalization/types.ts";
import type { Journal, StoredReceipt } from "../journal/types.ts";
import type { Logger } from "../observability/logger.ts";
import type { Backoff } from "../resilience/backoff.ts";
import { Worker } from "../resilience/worker.ts";
import { BrokenCircuitError, type BreakerState, type OfdBreaker } from "./breaker.ts";
import type { OfdAddress } from "./exchange.ts";
import { Routed, type OfdRoute, type RouteName } from "./routes.ts";
import { UnsentWatch } from "./unsent-watch.ts";

export interface OfdRelayOptions {
  readonly lane: Pick<Lane, "withDevice" | "onReceipt" | "onChange">;
  readonly journal: Pick<Journal, "markOfdDeliveredUpTo" | "appendEvent" | "buffer">;
  readonly breaker: OfdBreaker;
  readonly backoff: Backoff;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Empty: nobody told where the ОФД is, only the tickets are watched. */
  readonly routes: () => readonly OfdRoute[];
  /** The register talks to the ОФД by itself (`info.ofdBy`); only the tickets are watched. */
  readonly byDevice: () => boolean;
  readonly exchange: (
    address: OfdAddress,
    message: Uint8Array,
    signal: AbortSignal,
  ) => Promise<Uint8Array>;
  readonly probe: (address: OfdAddress, signal: AbortSignal) => Promise<void>;
  /** How often the ФН is asked when nothing wakes the relay, ms. */
  readonly pollMs: number;
  /** One exchange went through (in so many ms) or not: for the link's mode. */
  readonly onResult: (ok: boolean, rttMs?: number) => void;
  /** The link is in doubt: worth a probe though nothing waits to be sent. */
  readonly wantsProbe: () => boolean;
  /** Receipts whose tickets came. */
  readonly onDelivered: (rows: readonly StoredReceipt[]) => void;
  readonly onExchange: (result: "delivered" | "failed" | "rejected") => void;
  /** The state changed: a route, a rejected ticket. */
  readonly onChange: () => void;
  /** ms between probes of a link in doubt. */
  readonly probeMs: number;
}

/** The ФН took no valid ticket for the document it offers. */
export interface RejectedTicket {
  /** ISO UTC of the first time. */
  readonly since: string;
  readonly text: string;
}

export interface RelayState {
  readonly breaker: BreakerState;
  /** ISO UTC. */
  readonly lastOkAt: string | null;
  readonly route: RouteName | "device" | null;
  readonly rejected: RejectedTicket | null;
}

/** While many documents go one after another, the ФН is asked this often which have tickets, ms. */
const LEARN_EVERY = 500;
/** Documents that a register sends by itself are looked after together, ms. */
const GAP = 100;

export class OfdRelay {
  readonly #options: OfdRelayOptions;
  readonly #worker: Worker;
  #unsubscribe: (() => void)[] = [];
  readonly #routed: Routed;
  readonly #unsent: UnsentWatch;
  #lastOkAt: string | null = null;
  #rejected: RejectedTicket | null = null;
  #deviceReady = false;
  #learntAt = 0;
  /** Callers of `deliverNow`, told when a turn ends with nothing more to do at once. */
  #waiting: (() => void)[] = [];

  constructor(options: OfdRelayOptions) {
    this.#options = options;
    this.#unsent = new UnsentWatch(options.clock);
    this.#routed = new Routed({
      routes: options.routes,
      onChange: (route) => {
        options.logger.warn("ofd_route", { route });
        options.journal.appendEvent("ofd.route", null, { route }, isoUtc(options.clock));
        options.onChange();
      },
    });
    this.#worker = new Worker({
      turn: async (signal) => {
        const pause = await this.#turn(signal);
        if (pause > 0) this.#tellWaiting();
        return pause;
      },
      onError: (error) => {
        this.#tellWaiting();
        // no device now: the lane says so itself, and its return wakes the relay
        const expected = error instanceof LaneRefusal || error instanceof DeviceLinkError;
        options.logger[expected ? "debug" : "warn"]("ofd_relay_turn_failed", { error });
      },
      errorMs: options.pollMs,
      gapMs: GAP,
    });
  }

  get state(): RelayState {
    const { breaker, byDevice } = this.#options;
    return {
      breaker: breaker.state,
      lastOkAt: this.#lastOkAt,
      route: byDevice() ? "device" : this.#routed.used,
      rejected: this.#rejected,
    };
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
    this.#tellWaiting();
  }

  /**
   * Delivers now, whatever is left of a pause or of the breaker's wait; a register that sends by
   * itself is asked again what it still holds. Resolves when everything went or something failed.
   */
  deliverNow(signal: AbortSignal): Promise<void> {
    const { backoff, breaker } = this.#options;
    backoff.reset();
    breaker.probeNow();
    return new Promise((resolve) => {
      signal.addEventListener("abort", () => resolve(), { once: true });
      // a turn that runs already may have decided to pause before it heard of this
      this.#worker.wake(() => this.#waiting.push(resolve));
    });
  }

  #tellWaiting(): void {
    for (const tell of this.#waiting.splice(0)) tell();
  }

  /** A new document wakes the relay, but does not shorten the pause after a failure. */
  #nudge(): void {
    const { backoff, breaker, byDevice } = this.#options;
    if (backoff.failures > 0 || breaker.waitMs() > 0) return;
    if (byDevice()) this.#worker.wakeSoon();
    else this.#worker.wake();
  }

  /** @returns ms until the next turn */
  async #turn(signal: AbortSignal): Promise<number> {
    const { breaker, byDevice, pollMs } = this.#options;
    if (byDevice()) {
      await this.#watchDevice();
      return pollMs;
    }
    if (!this.#routed.known) {
      await this.#learnTickets();
      return pollMs;
    }
    const closedFor = breaker.waitMs();
    if (closedFor > 0) return closedFor;
    const message = await this.#use((device) => device.readOfdMessage());
    return message === null ? this.#idle(signal) : this.#deliver(message, signal);
  }

  async #idle(signal: AbortSignal): Promise<number> {
    const { breaker, wantsProbe, pollMs, probe, probeMs } = this.#options;
    await this.#learnTickets();
    const { astray } = this.#routed;
    if (astray !== null && (await reaches(() => probe(astray, signal))))
      this.#routed.take("primary");
    if (breaker.state === "closed" && !wantsProbe()) return pollMs;
    const call = (route: OfdAddress): Promise<void> => probe(route, signal);
    const error = await this.#attempt(() => this.#routed.through(call, signal), signal);
    return error === null ? Math.min(pollMs, probeMs) : this.#pause();
  }

  async #deliver(message: Uint8Array, signal: AbortSignal): Promise<number> {
    const { exchange, backoff, logger, onExchange } = this.#options;
    let answer: Uint8Array | null = null;
    const call = (route: OfdAddress): Promise<Uint8Array> => exchange(route, message, signal);
    const error = await this.#attempt(async () => {
      answer = await this.#routed.through(call, signal);
    }, signal);
    if (error !== null || answer === null) {
      if (signal.aborted) return 0;
      onExchange("failed");
      logger.warn("ofd_exchange_failed", { error, failures: backoff.failures + 1 });
      await this.#learnTickets();
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
    this.#accepted();
    await this.#learnSometimes();
    return 0;
  }

  /** Counts a try at the breaker and for the link's mode. @returns the error, null if it went well */
  async #attempt(call: () => Promise<void>, signal: AbortSignal): Promise<unknown> {
    const { breaker, onResult, clock } = this.#options;
    let began = clock.monotonic();
    try {
      await breaker.execute(() => {
        began = clock.monotonic();
        return call();
      });
    } catch (error) {
      if (!signal.aborted && !(error instanceof BrokenCircuitError)) onResult(false);
      return error;
    }
    this.#lastOkAt = isoUtc(clock);
    onResult(true, clock.monotonic() - began);
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

  /** A full buffer stops the till: then every ticket counts at once. */
  async #learnSometimes(): Promise<void> {
    const { journal, clock } = this.#options;
    const { level, capacity } = journal.buffer();
    if (level < capacity && clock.monotonic() - this.#learntAt < LEARN_EVERY) return;
    await this.#learnTickets();
  }

  /**
   * The ФН took a ticket for every document before the oldest unsent one: it hands them out in
   * order (FF39).
   */
  async #learnTickets(): Promise<void> {
    if (this.#options.journal.buffer().level === 0) return;
    this.#learntAt = this.#options.clock.monotonic();
    this.#learn(await this.#use((device) => device.status()));
  }

  #learn(status: DeviceStatus): void {
    const { journal, clock, onDelivered } = this.#options;
    const upTo = status.oldestUnsent === null ? status.lastFd : status.oldestUnsent.fd - 1;
    if (status.unsent > 0 && status.oldestUnsent === null) return;
    const rows = journal.markOfdDeliveredUpTo(status.fn, upTo, isoUtc(clock));
    if (rows.length > 0) onDelivered(rows);
  }

  /** A register that sends by itself: its own count of unsent documents is the buffer's truth. */
  async #watchDevice(): Promise<void> {
    const status = await this.#use((device) => device.status());
    if (this.#options.journal.buffer().level > 0) this.#learn(status);
    const ok = this.#unsent.look(status);
    if (ok === null) return;
    if (ok) this.#lastOkAt = isoUtc(this.#options.clock);
    this.#options.onResult(ok);
  }

  /** The ФН hands documents out in order, so one it gets no valid ticket for blocks the rest: P1. */
  #reportRejected(refusal: DeviceRefusal): void {
    const { journal, clock, logger, onExchange, onChange } = this.#options;
    onExchange("rejected");
    logger.error("ofd_ticket_rejected", { error: refusal, device_code: refusal.deviceCode });
    if (this.#rejected !== null) return;
    this.#rejected = { since: isoUtc(clock), text: refusal.message };
    const data = { command: refusal.command, deviceCode: refusal.deviceCode };
    journal.appendEvent("ofd.ticket_rejected", null, data, isoUtc(clock));
    onChange();
  }

  #accepted(): void {
    if (this.#rejected === null) return;
    this.#rejected = null;
    this.#options.onChange();
  }

  #use<T>(use: (device: FiscalDevice) => Promise<T>): Promise<T> {
    return this.#options.lane.withDevice("relay", use);
  }
}

async function reaches(probe: () => Promise<void>): Promise<boolean> {
  try {
    await probe();
    return true;
  } catch {
    return false;
  }
}
