/**
 * The single lane of a till: one receipt at a time over one device. It decides when; `sale.ts` and
 * `recovery.ts` know how, `receipt-machine.ts` and `recovery-rule.ts` decide what is true.
 */
import { DeviceRefusal, type FiscalDevice, type ShiftDocument } from "../device/fiscal-device.ts";
import { isoUtc, sleep, type Time } from "../domain/clock.ts";
import { decodeHlc, HLC_ZERO, tick, type Hlc } from "../domain/hlc.ts";
import { isFinal } from "../domain/receipt-machine.ts";
import { contentHash } from "../domain/content-hash.ts";
import { formatKey } from "../domain/receipt-key.ts";
import type { Cashier, ReceiptKey } from "../domain/receipt.ts";
import { EXPECTED_INN_SETTING, HLC_SETTING } from "../journal/setting-names.ts";
import type { Journal, Reason, StoredReceipt } from "../journal/types.ts";
import { noCrash, type CrashHook } from "./crash-points.ts";
import { DeviceKeeper } from "./device-keeper.ts";
import { DeviceLink } from "./device-link.ts";
import { DeviceLock } from "./device-lock.ts";
import { LaneBoard } from "./lane-board.ts";
import { noLog, type LaneLog } from "./lane-log.ts";
import {
  DEFAULT_LANE_SETTINGS,
  isLinkTrouble,
  LINK_TRIES,
  retryPause,
  type LaneSettings,
  type LaneTools,
} from "./lane-tools.ts";
import { Operations } from "./operations.ts";
import { REASONS, refusalReason } from "./reasons.ts";
import { ReceiptBook } from "./receipt-book.ts";
import { recover } from "./recovery.ts";
import { refuse, sell, type SaleTries } from "./sale.ts";
import { ScreenWatch } from "./screen-watch.ts";
import { Shifts } from "./shifts.ts";
import {
  LaneRefusal,
  type DevicePriority,
  type Lane,
  type LaneSnapshot,
  type SubmitRequest,
  type SubmitResult,
  type WithdrawResult,
} from "./types.ts";

export interface FiscalLaneOptions {
  readonly device: FiscalDevice;
  readonly journal: Journal;
  readonly time: Time;
  readonly settings?: Partial<LaneSettings>;
  readonly crash?: CrashHook;
  readonly log?: LaneLog;
}

export class FiscalLane implements Lane {
  readonly #journal: Journal;
  readonly #time: Time;
  readonly #settings: LaneSettings;
  readonly #tools: LaneTools;
  readonly #link: DeviceLink;
  readonly #book: ReceiptBook;
  readonly #lock = new DeviceLock();
  readonly #board: LaneBoard;
  readonly #operations: Operations;
  readonly #keeper: DeviceKeeper;
  readonly #screen: ScreenWatch;
  /** Ends waiting for a link that is down. */
  readonly #stopping = new AbortController();
  /** Ends everything. */
  readonly #abort = new AbortController();
  readonly #crash: CrashHook;
  readonly #log: LaneLog;
  #running: "no" | "yes" | "stopping" = "no";
  #hlc: Hlc = HLC_ZERO;
  #job: Promise<void> = Promise.resolve();
  #operationJob: Promise<void> = Promise.resolve();

  constructor(options: FiscalLaneOptions) {
    const { device, journal, time } = options;
    this.#journal = journal;
    this.#time = time;
    this.#settings = { ...DEFAULT_LANE_SETTINGS, ...options.settings };
    this.#crash = options.crash ?? noCrash;
    this.#log = options.log ?? noLog;
    this.#link = new DeviceLink(device, time, this.#log, () => this.#board.changed());
    this.#board = new LaneBoard(this.#link, (error) =>
      this.#log("error", "a listener failed", { error: String(error) }),
    );
    this.#book = new ReceiptBook(journal, time);
    this.#tools = {
      link: this.#link,
      book: this.#book,
      shifts: new Shifts(this.#link, this.#book),
      time,
      crash: this.#crash,
      log: this.#log,
      settings: this.#settings,
      expectedInn: () => this.#board.expectedInn,
    };
    this.#operations = new Operations(this.#tools);
    this.#keeper = new DeviceKeeper(this.#tools, this.#lock, this.#board);
    this.#screen = new ScreenWatch(time, this.#settings.screenDeadlineMs, (key) =>
      this.#cancelAccepted(key, "screen-gone", REASONS.screenGone),
    );
  }

  start(): Promise<void> {
    if (this.#running !== "no") return Promise.resolve();
    this.#running = "yes";
    const hlc = this.#journal.getSetting(HLC_SETTING);
    this.#hlc = hlc === null ? HLC_ZERO : decodeHlc(hlc);
    this.#board.expectedInn = this.#journal.getSetting(EXPECTED_INN_SETTING);
    for (const { key } of this.#journal.unresolved()) {
      const { effects } = this.#book.end(key, "restarted", REASONS.restarted);
      if (effects.includes("recover")) this.#begin(key, () => this.#recover(key));
    }
    this.#keeper.start();
    return Promise.resolve();
  }

  async stop(): Promise<void> {
    if (this.#running !== "yes") return;
    this.#running = "stopping";
    this.#stopping.abort();
    this.#keeper.stop();
    this.#lock.failOthers(new LaneRefusal(REASONS.shuttingDown));
    const bound = new AbortController();
    await Promise.race([
      Promise.all([this.#job, this.#operationJob]),
      sleep(this.#time, this.#settings.stopTimeoutMs, bound.signal),
    ]);
    bound.abort();
    this.#abort.abort();
    await this.#link.leave();
    this.#board.halt(REASONS.shuttingDown);
  }

  submit({ key, receipt, blob }: SubmitRequest): SubmitResult {
    if (key.uuid !== receipt.order.uuid) {
      throw new RangeError(`key ${formatKey(key)} is not of order ${receipt.order.uuid}`);
    }
    const obstacle = this.#obstacle() ?? this.#board.salesObstacle();
    if (obstacle && !this.#journal.get(key)) return { kind: "not-taken", reason: obstacle };
    const hlc = tick(this.#hlc, this.#time.now());
    this.#crash("before-accepted-commit");
    const result = this.#journal.accept({
      key,
      receipt,
      contentHash: contentHash(receipt),
      blob,
      hlc,
      at: isoUtc(this.#time),
    });
    if (result.kind === "known") this.touch(key);
    if (result.kind === "accepted") {
      this.#crash("after-accepted-commit");
      this.#hlc = hlc;
      this.#screen.watch(key);
      this.#begin(key, () => this.#work(key));
    }
    return result;
  }

  touch(key: ReceiptKey): void {
    this.#screen.touch(key);
  }

  withdraw(key: ReceiptKey): WithdrawResult {
    const row = this.#journal.get(key);
    if (!row) return { kind: "unknown-key" };
    if (row.state === "cancelled") return { kind: "withdrawn", row };
    if (row.state !== "accepted") return { kind: "not-withdrawable", row };
    return { kind: "withdrawn", row: this.#book.end(key, "withdrawn", REASONS.withdrawn).row };
  }

  waitFor(key: ReceiptKey, timeoutMs: number, signal?: AbortSignal): Promise<StoredReceipt | null> {
    const row = this.#journal.get(key);
    if (!row || isFinal(row.state) || signal?.aborted) return Promise.resolve(row);
    return new Promise((resolve) => {
      const end = (): void => {
        stopListening();
        cancelTimer();
        signal?.removeEventListener("abort", end);
        resolve(this.#journal.get(key));
      };
      const stopListening = this.#journal.onReceipt((changed) => {
        if (changed.seq === row.seq && isFinal(changed.state)) end();
      });
      const cancelTimer = this.#time.after(timeoutMs, end);
      signal?.addEventListener("abort", end, { once: true });
    });
  }

  openShift(cashier: Cashier): Promise<ShiftDocument> {
    return this.#operation(() => this.#operations.openShift(cashier));
  }

  closeShift(cashier: Cashier): Promise<ShiftDocument> {
    return this.#operation(() => this.#operations.closeShift(cashier));
  }

  printX(): Promise<void> {
    return this.#operation(() => this.#operations.printX());
  }

  async withDevice<T>(
    priority: Exclude<DevicePriority, "receipt">,
    use: (device: FiscalDevice) => Promise<T>,
  ): Promise<T> {
    this.#refuseUnlessFree();
    if (!this.#link.connected) throw new LaneRefusal(REASONS.noLink);
    const release = await this.#lock.acquire(priority);
    try {
      this.#refuseUnlessFree();
      if (!this.#link.connected) throw new LaneRefusal(REASONS.noLink);
      return await use(this.#link.device);
    } catch (error) {
      if (isLinkTrouble(error)) await this.#link.lost(error);
      throw error;
    } finally {
      release();
    }
  }

  expectInn(inn: string | null): void {
    if (inn === null || inn === this.#board.expectedInn) return;
    this.#journal.setSetting(EXPECTED_INN_SETTING, inn);
    this.#board.expectedInn = inn;
    this.#board.changed();
  }

  snapshot(): LaneSnapshot {
    return this.#board.snapshot();
  }

  onReceipt(listener: (row: StoredReceipt) => void): () => void {
    return this.#journal.onReceipt(listener);
  }

  onChange(listener: (snapshot: LaneSnapshot) => void): () => void {
    return this.#board.onChange(listener);
  }

  /** Receipts one after the other: a withdrawn one may still be leaving the device. */
  #begin(key: ReceiptKey, run: () => Promise<void>): void {
    this.#job = this.#job.then(async () => {
      this.#board.enter(key);
      try {
        await run();
      } catch (error) {
        this.#log("error", "the lane broke off", { key: formatKey(key), error: String(error) });
        await this.#pickUp(key);
      } finally {
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
      if (this.#running === "stopping") {
        this.#cancelAccepted(key, "restarted", REASONS.restarted);
        return;
      }
      await this.#pause(key, retryPause(this.#settings, round));
    }
  }

  /** true: the receipt needs no more work. */
  async #workOnce(key: ReceiptKey, tries: SaleTries): Promise<boolean> {
    if (!this.#book.isAccepted(key)) return true;
    try {
      if ((await sell(this.#tools, key, tries)) === "doubt") await this.#recoverHolding(key);
      return true;
    } catch (error) {
      return this.#afterError(key, tries, error);
    }
  }

  async #afterError(key: ReceiptKey, tries: SaleTries, error: unknown): Promise<boolean> {
    const { state } = this.#book.row(key);
    if (state === "closing" || state === "unknown") {
      // the document may exist and the journal did not take it: read back what is true
      this.#log("error", "broken off after closing", { error: String(error) });
      await this.#recoverHolding(key);
      return true;
    }
    if (state !== "accepted") return true;
    if (error instanceof DeviceRefusal) {
      await refuse(this.#tools, key, refusalReason(error));
      return true;
    }
    if (isLinkTrouble(error)) {
      await this.#link.lost(error);
      return false;
    }
    this.#log("error", "unexpected error before closing", { error: String(error) });
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
    for (let tries = 0; !this.#stopping.signal.aborted; tries += 1) {
      await sleep(this.#time, retryPause(this.#settings, tries), this.#stopping.signal);
      try {
        if (isFinal(this.#book.row(key).state)) return;
        this.#cancelAccepted(key, "restarted", REASONS.internal);
        if (!isFinal(this.#book.row(key).state)) await this.#recover(key);
        return;
      } catch (error) {
        this.#log("error", "the journal still fails", { error: String(error) });
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

  #cancelAccepted(key: ReceiptKey, event: "screen-gone" | "restarted", reason: Reason): void {
    if (this.#book.isAccepted(key)) this.#book.end(key, event, reason);
  }

  /** Waits for the link, but no longer than the receipt lives. */
  async #pause(key: ReceiptKey, ms: number): Promise<void> {
    const ended = new AbortController();
    const stopListening = this.#journal.onReceipt((row) => {
      if (formatKey(row.key) === formatKey(key) && isFinal(row.state)) ended.abort();
    });
    const signal = AbortSignal.any([ended.signal, this.#stopping.signal]);
    await sleep(this.#time, ms, signal);
    stopListening();
  }

  async #operation<T>(run: () => Promise<T>): Promise<T> {
    this.#refuseUnlessFree();
    if (this.#journal.unresolved().length > 0) throw new LaneRefusal(REASONS.laneBusy);
    const release = await this.#lock.acquire("operation");
    const done = this.#board.during(run);
    this.#operationJob = done.then(release, release);
    return done;
  }

  #refuseUnlessFree(): void {
    const obstacle = this.#obstacle();
    if (obstacle) throw new LaneRefusal(obstacle);
    if (this.#board.state === "doubt") throw new LaneRefusal(REASONS.inDoubt);
  }

  /** Why nothing new is taken at all; null while the lane runs. */
  #obstacle(): Reason | null {
    if (this.#running === "no") return REASONS.notStarted;
    if (this.#running === "stopping") return REASONS.shuttingDown;
    if (this.#board.state !== "stopped") return null;
    return { code: "lane_stopped", text: this.#board.reasonText };
  }
}
