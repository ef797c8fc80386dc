/** Works on one receipt after the other: sells it, or finds out what became of it. */
import { DeviceRefusal } from "../device/fiscal-device.ts";
import { sleep } from "../domain/clock.ts";
import { formatKey } from "../domain/receipt-key.ts";
import { isFinal } from "../domain/receipt-machine.ts";
import type { ReceiptKey } from "../domain/receipt.ts";
import type { Journal, Reason } from "../journal/types.ts";
import type { DeviceLock } from "./device-lock.ts";
import type { LaneBoard } from "./lane-board.ts";
import { isLinkTrouble, LINK_TRIES, retryPause, type LaneTools } from "./lane-tools.ts";
import { REASONS, refusalReason } from "./reasons.ts";
import { recover } from "./recovery.ts";
import { refuse, sell, type SaleTries } from "./sale.ts";
import type { ScreenWatch } from "./screen-watch.ts";
import { LaneRefusal } from "./types.ts";

export interface LaneWorkerOptions {
  readonly tools: LaneTools;
  readonly journal: Journal;
  readonly lock: DeviceLock;
  readonly board: LaneBoard;
  readonly screen: ScreenWatch;
}

export class LaneWorker {
  readonly #tools: LaneTools;
  readonly #journal: Journal;
  readonly #lock: DeviceLock;
  readonly #board: LaneBoard;
  readonly #screen: ScreenWatch;
  /** Ends waiting for a link that is down. */
  readonly #stopping = new AbortController();
  /** Ends everything. */
  readonly #abort = new AbortController();
  /** Keys that wait or are worked on. */
  readonly #held = new Set<string>();
  #job: Promise<void> = Promise.resolve();

  constructor({ tools, journal, lock, board, screen }: LaneWorkerOptions) {
    this.#tools = tools;
    this.#journal = journal;
    this.#lock = lock;
    this.#board = board;
    this.#screen = screen;
  }

  /** Resolves when nothing is worked on. */
  get idle(): Promise<void> {
    return this.#job;
  }

  holds(key: ReceiptKey): boolean {
    return this.#held.has(formatKey(key));
  }

  sell(key: ReceiptKey): void {
    this.#begin(key, () => this.#work(key));
  }

  /** Found in doubt at the start. */
  recover(key: ReceiptKey): void {
    this.#begin(key, () => this.#recover(key));
  }

  /** The journal failed in the middle of it: nobody knows how it stands. */
  pickUp(key: ReceiptKey): void {
    this.#begin(key, () => this.#pickUp(key));
  }

  cancelAccepted(key: ReceiptKey, event: "screen-gone" | "restarted", reason: Reason): void {
    const { book } = this.#tools;
    if (book.isAccepted(key)) book.end(key, event, reason);
  }

  /** Nothing waits for the link any more. */
  endWaiting(): void {
    this.#stopping.abort();
  }

  endAll(): void {
    this.#abort.abort();
  }

  /** Receipts one after the other: a withdrawn one may still be leaving the device. */
  #begin(key: ReceiptKey, run: () => Promise<void>): void {
    const name = formatKey(key);
    this.#held.add(name);
    this.#job = this.#job.then(async () => {
      this.#board.enter(key);
      try {
        await run();
      } catch (error) {
        this.#tools.log("error", "the lane broke off", { key: name, error: String(error) });
        await this.#pickUp(key);
      } finally {
        this.#held.delete(name);
        this.#screen.forget(key);
        this.#board.leave();
      }
    });
  }

  async #work(key: ReceiptKey): Promise<void> {
    const tries: SaleTries = { broken: 0 };
    for (let round = 0; !this.#abort.signal.aborted; round += 1) {
      const release = await this.#lock.acquire("receipt");
      try {
        if (await this.#workOnce(key, tries)) return;
      } finally {
        release();
      }
      if (this.#stopping.signal.aborted) {
        this.cancelAccepted(key, "restarted", REASONS.restarted);
        return;
      }
      await this.#pause(key, retryPause(this.#tools.settings, round));
    }
  }

  /** true: the receipt needs no more work. */
  async #workOnce(key: ReceiptKey, tries: SaleTries): Promise<boolean> {
    if (!this.#tools.book.isAccepted(key)) return true;
    try {
      if ((await sell(this.#tools, key, tries)) === "doubt") await this.#recoverHolding(key);
      return true;
    } catch (error) {
      return this.#afterError(key, tries, error);
    }
  }

  async #afterError(key: ReceiptKey, tries: SaleTries, error: unknown): Promise<boolean> {
    const { book, link, log } = this.#tools;
    const { state } = book.row(key);
    if (state === "closing" || state === "unknown") {
      // the document may exist and the journal did not take it: read back what is true
      log("error", "broken off after closing", { error: String(error) });
      await this.#recoverHolding(key);
      return true;
    }
    if (state !== "accepted") return true;
    if (error instanceof DeviceRefusal) {
      await refuse(this.#tools, key, refusalReason(error));
      return true;
    }
    if (isLinkTrouble(error)) {
      await link.lost(error);
      return false;
    }
    log("error", "unexpected error before closing", { error: String(error) });
    tries.broken += 1;
    if (tries.broken < LINK_TRIES) return false;
    await refuse(this.#tools, key, REASONS.internal);
    return true;
  }

  /**
   * The journal itself failed in the middle. Nothing else is taken until it tells again how the
   * receipt stands, and then it is ended as after a restart.
   */
  async #pickUp(key: ReceiptKey): Promise<void> {
    const { time, settings, log } = this.#tools;
    for (let tries = 0; !this.#stopping.signal.aborted; tries += 1) {
      await sleep(time, retryPause(settings, tries), this.#stopping.signal);
      try {
        const isOver = (): boolean => isFinal(this.#journal.get(key)?.state ?? "cancelled");
        if (isOver()) return;
        this.cancelAccepted(key, "restarted", REASONS.internal);
        if (!isOver()) await this.#recover(key);
        return;
      } catch (error) {
        log("error", "the journal still fails", { error: String(error) });
      }
    }
  }

  async #recover(key: ReceiptKey): Promise<void> {
    const release = await this.#lock.acquire("receipt");
    try {
      await this.#recoverHolding(key);
    } finally {
      release();
    }
  }

  async #recoverHolding(key: ReceiptKey): Promise<void> {
    this.#lock.failOthers(new LaneRefusal(REASONS.inDoubt));
    await recover(this.#tools, key, this.#stopping.signal, this.#board);
  }

  /** Waits for the link, but no longer than the receipt lives. */
  async #pause(key: ReceiptKey, ms: number): Promise<void> {
    const ended = new AbortController();
    const stopListening = this.#journal.onReceipt((row) => {
      if (formatKey(row.key) === formatKey(key) && isFinal(row.state)) ended.abort();
    });
    const signal = AbortSignal.any([ended.signal, this.#stopping.signal]);
    await sleep(this.#tools.time, ms, signal);
    stopListening();
  }
}
