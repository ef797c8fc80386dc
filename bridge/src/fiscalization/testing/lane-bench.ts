/** A till for tests: real lane, real journal on disk, scripted device, time that stands still. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ScriptedDevice } from "../../device/testing/scripted-device.ts";
import type { FiscalDevice } from "../../device/fiscal-device.ts";
import type { Time } from "../../domain/clock.ts";
import { ManualTime, settle } from "../../domain/testing/manual-time.ts";
import { keyOf, sale } from "../../domain/testing/receipts.ts";
import type { Cashier, Receipt, ReceiptKey } from "../../domain/receipt.ts";
import { SqliteJournal } from "../../journal/sqlite-journal.ts";
import type { StoredReceipt } from "../../journal/types.ts";
import { noCrash, type CrashHook } from "../crash-points.ts";
import { FiscalLane } from "../lane.ts";
import type { LaneSettings } from "../lane-tools.ts";
import type { OperationRequest, SubmitResult } from "../types.ts";

export class LaneBench {
  readonly #dir = mkdtempSync(join(tmpdir(), "lane-"));
  readonly time = new ManualTime();
  readonly device = new ScriptedDevice(this.time);
  readonly log: string[] = [];
  journal: SqliteJournal;
  lane: FiscalLane;
  crash: CrashHook = noCrash;
  #keys = 0;
  /** Odoo confirmed the till's clock. */
  clockTrusted = false;
  #settings: Partial<LaneSettings>;
  #process: Process = { alive: true };

  constructor(settings: Partial<LaneSettings> = {}) {
    this.#settings = settings;
    this.journal = this.#openJournal();
    this.lane = this.#newLane();
  }

  async start(): Promise<void> {
    await this.lane.start();
    await this.time.advance(0);
  }

  submit(receipt: Receipt = sale(), key: ReceiptKey = keyOf(), blob = "{}"): SubmitResult {
    return this.lane.submit({ key, receipt, blob });
  }

  /** Submits and lets the lane work; the row as it is then. */
  async sell(receipt: Receipt = sale(), key: ReceiptKey = keyOf()): Promise<StoredReceipt> {
    const result = this.submit(receipt, key);
    if (result.kind !== "accepted") throw new Error(`not accepted: ${JSON.stringify(result)}`);
    await settle();
    return this.row(key);
  }

  /** The operation's result; each call is another key unless told. */
  async operate(
    request: OperationRequest,
    key = `test-${(this.#keys += 1)}`,
  ): Promise<Readonly<Record<string, unknown>>> {
    const { state, result } = await this.lane.operate(key, request);
    return { ...result, state };
  }

  openShift(cashier: Cashier, key?: string): Promise<Readonly<Record<string, unknown>>> {
    return this.operate({ kind: "shift_open", cashier }, key);
  }

  closeShift(cashier: Cashier, key?: string): Promise<Readonly<Record<string, unknown>>> {
    return this.operate({ kind: "shift_close", cashier }, key);
  }

  printX(key?: string): Promise<Readonly<Record<string, unknown>>> {
    return this.operate({ kind: "x_report" }, key);
  }

  row(key: ReceiptKey = keyOf()): StoredReceipt {
    const row = this.journal.get(key);
    if (!row) throw new Error("no such row");
    return row;
  }

  /** Kinds of the events, oldest first. */
  kinds(): string[] {
    return this.journal
      .events({ limit: 1000 })
      .map(({ kind }) => kind)
      .reverse();
  }

  /** The process dies where it stands and comes up again; the device stays as it is. */
  async restart(): Promise<void> {
    this.kill();
    this.journal = this.#openJournal();
    this.lane = this.#newLane();
    await this.start();
  }

  /** What kill −9 leaves: the file as committed; nothing of the old process runs any more. */
  kill(): void {
    this.#process.alive = false;
    this.journal.close();
    void this.device.disconnect();
  }

  async dispose(): Promise<void> {
    if (this.#process.alive) {
      const stopped = this.lane.stop();
      await this.time.advance(60_000);
      await stopped;
    }
    this.journal.close();
    rmSync(this.#dir, { recursive: true });
  }

  #openJournal(): SqliteJournal {
    return SqliteJournal.open({ path: join(this.#dir, "journal.sqlite"), lockWaitMs: 0 });
  }

  #newLane(): FiscalLane {
    const process = { alive: true };
    this.#process = process;
    return new FiscalLane({
      device: mortalDevice(this.device, process),
      journal: this.journal,
      time: mortalTime(this.time, process),
      settings: this.#settings,
      timezone: "Europe/Moscow",
      till: "T1",
      clockTrusted: () => this.clockTrusted,
      crash: (point) => this.crash(point),
      log: (level, message, data) =>
        this.log.push(`${level} ${message} ${JSON.stringify(data ?? {})}`),
    });
  }
}

interface Process {
  alive: boolean;
}

/** Calls of a dead process never come to anything. */
function mortalDevice(device: ScriptedDevice, process: Process): FiscalDevice {
  return new Proxy<FiscalDevice>(device, {
    get(target, name) {
      const method: unknown = Reflect.get(target, name, target);
      if (typeof method !== "function") return method;
      return (...parameters: unknown[]): Promise<unknown> =>
        new Promise((resolve, reject) => {
          if (!process.alive) return;
          (method.apply(target, parameters) as Promise<unknown>).then(
            (value) => process.alive && resolve(value),
            (error: unknown) => process.alive && reject(error as Error),
          );
        });
    },
  });
}

function mortalTime(time: ManualTime, process: Process): Time {
  return {
    now: () => time.now(),
    monotonic: () => time.monotonic(),
    after: (ms, run) => time.after(ms, () => process.alive && run()),
  };
}
