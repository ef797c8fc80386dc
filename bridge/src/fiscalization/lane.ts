/**
 * The single lane of a till: one receipt at a time over one device. `lane-worker.ts` decides when,
 * `sale.ts` and `recovery.ts` know how, `receipt-machine.ts` and `recovery-rule.ts` decide what is true.
 */
import type { DeviceStatus, FiscalDevice } from "../device/fiscal-device.ts";
import { isoUtc, sleep, type Time } from "../domain/clock.ts";
import { contentHash } from "../domain/content-hash.ts";
import { decodeHlc, HLC_ZERO, tick, type Hlc } from "../domain/hlc.ts";
import { formatKey } from "../domain/receipt-key.ts";
import type { ReceiptKey } from "../domain/receipt.ts";
import { EXPECTED_INN_SETTING, HLC_SETTING, restoredMark } from "../journal/setting-names.ts";
import type {
  AcceptResult,
  Journal,
  Reason,
  StoredOperation,
  StoredReceipt,
} from "../journal/types.ts";
import { catchUp } from "./catch-up.ts";
import { noCrash, type CrashHook } from "./crash-points.ts";
import { DeviceClock } from "./device-clock.ts";
import { DeviceKeeper } from "./device-keeper.ts";
import { DeviceLink } from "./device-link.ts";
import { DeviceLock } from "./device-lock.ts";
import { DocumentWatch } from "./document-watch.ts";
import { LaneBoard, type LaneExtra } from "./lane-board.ts";
import { noLog, type LaneLog } from "./lane-log.ts";
import {
  DEFAULT_LANE_SETTINGS,
  isLinkTrouble,
  type LaneSettings,
  type LaneTools,
} from "./lane-tools.ts";
import { LaneWorker } from "./lane-worker.ts";
import { MaintenanceMode } from "./maintenance-mode.ts";
import { OperationLog } from "./operation-log.ts";
import { Operations } from "./operations.ts";
import { REASONS } from "./reasons.ts";
import { ReceiptBook } from "./receipt-book.ts";
import { Decision } from "./resolution.ts";
import { ScreenWatch } from "./screen-watch.ts";
import { Shifts } from "./shifts.ts";
import {
  LaneRefusal,
  type DevicePriority,
  type Lane,
  type LaneSnapshot,
  type OperationRequest,
  type Resolution,
  type SubmitRequest,
  type SubmitResult,
  type WithdrawResult,
} from "./types.ts";
import { waitFor } from "./wait-for.ts";

export interface FiscalLaneOptions {
  readonly device: FiscalDevice;
  readonly journal: Journal;
  readonly time: Time;
  readonly settings?: Partial<LaneSettings>;
  readonly crash?: CrashHook;
  readonly log?: LaneLog;
  /** IANA zone of the till: the ККТ's wall time is in it. */
  readonly timezone?: string;
  /** Code of the till, for receipts that are only in the ФН. */
  readonly till?: string;
  /** Odoo confirmed the till's clock: only then the ККТ's is blamed for a drift. */
  readonly clockTrusted?: () => boolean;
}

export class FiscalLane implements Lane {
  readonly #journal: Journal;
  readonly #time: Time;
  readonly #settings: LaneSettings;
  readonly #tools: LaneTools;
  readonly #link: DeviceLink;
  readonly #lock = new DeviceLock();
  readonly #board: LaneBoard;
  readonly #operations: Operations;
  readonly #keeper: DeviceKeeper;
  readonly #screen: ScreenWatch;
  readonly #worker: LaneWorker;
  readonly #maintenance: MaintenanceMode;
  readonly #till: string;
  #catchingUp = false;
  readonly #crash: CrashHook;
  readonly #log: LaneLog;
  #running: "no" | "yes" | "stopping" = "no";
  #hlc: Hlc = HLC_ZERO;
  #operationJob: Promise<void> = Promise.resolve();

  constructor(options: FiscalLaneOptions) {
    const { device, journal, time } = options;
    this.#journal = journal;
    this.#time = time;
    this.#settings = { ...DEFAULT_LANE_SETTINGS, ...options.settings };
    this.#crash = options.crash ?? noCrash;
    this.#log = options.log ?? noLog;
    this.#link = new DeviceLink(device, time, this.#log, () => this.#board.changed());
    const zone = options.timezone ?? "UTC";
    const trusted = options.clockTrusted ?? ((): boolean => false);
    this.#till = options.till ?? "";
    this.#maintenance = new MaintenanceMode(journal, time);
    const operations = new OperationLog(journal, time);
    const shifts = new Shifts(journal, this.#link, zone);
    const deviceClock = new DeviceClock(this.#link, journal, time, zone, trusted, this.#log);
    const extra = (): LaneExtra => ({
      shift: shifts.times(),
      deviceDriftMs: deviceClock.driftMs(),
      maintenance: this.#maintenance.current,
      catchingUp: this.#catchingUp,
    });
    this.#board = new LaneBoard(this.#link, extra, (error) =>
      this.#log("error", "a listener failed", { error: String(error) }),
    );
    this.#tools = {
      link: this.#link,
      book: new ReceiptBook(journal, time),
      operations,
      documents: new DocumentWatch(journal, operations),
      shifts,
      deviceClock,
      time,
      crash: this.#crash,
      log: this.#log,
      settings: this.#settings,
      expectedInn: () => this.#board.expectedInn,
      catchUp: (status) => this.#catchUp(status),
    };
    this.#operations = new Operations(this.#tools);
    this.#keeper = new DeviceKeeper(this.#tools, this.#lock, this.#board, journal);
    this.#screen = new ScreenWatch(time, this.#settings.screenDeadlineMs, (key) =>
      this.#worker.cancelAccepted(key, "screen-gone", REASONS.screenGone),
    );
    this.#worker = new LaneWorker({
      tools: this.#tools,
      journal,
      lock: this.#lock,
      board: this.#board,
      screen: this.#screen,
    });
  }

  start(): Promise<void> {
    if (this.#running !== "no") return Promise.resolve();
    this.#running = "yes";
    const hlc = this.#journal.getSetting(HLC_SETTING);
    this.#hlc = hlc === null ? HLC_ZERO : decodeHlc(hlc);
    this.#board.expectedInn = this.#journal.getSetting(EXPECTED_INN_SETTING);
    this.#tools.shifts.load();
    this.#maintenance.load();
    this.#catchingUp = restoredMark(this.#journal) !== null;
    for (const { key } of this.#journal.unresolved()) {
      const { effects } = this.#tools.book.end(key, "restarted", REASONS.restarted);
      if (effects.includes("recover")) this.#worker.recover(key);
    }
    this.#keeper.start();
    return Promise.resolve();
  }

  async stop(): Promise<void> {
    if (this.#running !== "yes") return;
    this.#running = "stopping";
    this.#worker.endWaiting();
    this.#keeper.stop();
    this.#lock.failOthers(new LaneRefusal(REASONS.shuttingDown));
    const bound = new AbortController();
    await Promise.race([
      Promise.all([this.#worker.idle, this.#operationJob]),
      sleep(this.#time, this.#settings.stopTimeoutMs, bound.signal),
    ]);
    bound.abort();
    this.#worker.endAll();
    await this.#link.leave();
    this.#board.halt(REASONS.shuttingDown);
  }

  submit({ key, receipt, blob }: SubmitRequest): SubmitResult {
    if (key.uuid !== receipt.order.uuid) {
      throw new RangeError(`key ${formatKey(key)} is not of order ${receipt.order.uuid}`);
    }
    const obstacle = this.#obstacle() ?? this.#salesObstacle();
    if (obstacle && !this.#journal.get(key)) return { kind: "not-taken", reason: obstacle };
    const hlc = tick(this.#hlc, this.#time.now());
    this.#crash("before-accepted-commit");
    const at = isoUtc(this.#time);
    const content = { key, receipt, contentHash: contentHash(receipt), blob, hlc, at };
    const result = this.#accepting(key, () => this.#journal.accept(content));
    if (result.kind === "known") this.touch(key);
    if (result.kind === "accepted") {
      this.#crash("after-accepted-commit");
      this.#hlc = hlc;
      this.#screen.watch(key);
      this.#worker.sell(key);
    }
    return result;
  }

  /** A commit that fails may have been written all the same: then nobody works on the receipt. */
  #accepting(key: ReceiptKey, accept: () => AcceptResult): AcceptResult {
    try {
      return accept();
    } catch (error) {
      if (!this.#worker.holds(key) && this.#mayBeAccepted(key)) this.#worker.pickUp(key);
      throw error;
    }
  }

  #mayBeAccepted(key: ReceiptKey): boolean {
    try {
      return this.#journal.get(key)?.state === "accepted";
    } catch {
      return true;
    }
  }

  touch(key: ReceiptKey): void {
    this.#screen.touch(key);
  }

  withdraw(key: ReceiptKey): WithdrawResult {
    const row = this.#journal.get(key);
    if (!row) return { kind: "unknown-key" };
    if (row.state === "cancelled") return { kind: "withdrawn", row };
    if (row.state !== "accepted") return { kind: "not-withdrawable", row };
    return {
      kind: "withdrawn",
      row: this.#tools.book.end(key, "withdrawn", REASONS.withdrawn).row,
    };
  }

  waitFor(key: ReceiptKey, timeoutMs: number, signal?: AbortSignal): Promise<StoredReceipt | null> {
    return waitFor(this.#journal, this.#time, key, timeoutMs, signal);
  }

  operate(key: string, request: OperationRequest): Promise<StoredOperation> {
    return this.#operations.once(key, request, (run) => this.#operation(run));
  }

  attest(key: string, by: string): StoredOperation {
    return this.#operations.attest(key, by);
  }

  async resolve(key: ReceiptKey, resolution: Resolution): Promise<StoredReceipt> {
    if (!this.#journal.get(key)) throw new LaneRefusal(REASONS.receiptUnknown);
    const { state, key: inLane } = this.#board;
    if (this.#running !== "yes" || state !== "stopped" || inLane !== formatKey(key)) {
      throw new LaneRefusal(REASONS.notStopped);
    }
    const decision = new Decision(resolution);
    this.#board.decide(decision);
    return decision.done;
  }

  maintenance(on: boolean, reason: string, by: string): void {
    if (this.#maintenance.set(on, reason, by)) this.#board.changed();
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

  async #operation<T>(run: () => Promise<T>): Promise<T> {
    this.#refuseUnlessFree();
    if (this.#journal.unresolved().length > 0) throw new LaneRefusal(REASONS.laneBusy);
    const release = await this.#lock.acquire("operation");
    const done = this.#board.during(run);
    this.#operationJob = done.then(release, release);
    return done;
  }

  /** Why no new receipt is taken, whatever it is. */
  #salesObstacle(): Reason | null {
    if (this.#catchingUp) return REASONS.catchingUp;
    return this.#maintenance.obstacle ?? this.#board.salesObstacle();
  }

  async #catchUp(status: DeviceStatus): Promise<void> {
    if (!this.#catchingUp) return;
    const stamp = (): Hlc => (this.#hlc = tick(this.#hlc, this.#time.now()));
    const { tools, journal, till } = {
      tools: this.#tools,
      journal: this.#journal,
      till: this.#till,
    };
    await catchUp({ journal, tools, till, stamp }, status);
    this.#catchingUp = false;
    this.#board.changed();
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
