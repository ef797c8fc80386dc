/**
 * A till in memory whose every step can be broken: real lane, real journal, scripted register, time
 * that stands still. A step is one call to the device or one commit of the journal; steps are
 * numbered as they happen, so the same plan always breaks the same place.
 */
import { ScriptedDevice, type DeviceCall } from "../../device/testing/scripted-device.ts";
import type { FiscalDevice, FoundDocument } from "../../device/fiscal-device.ts";
import type { Time } from "../../domain/clock.ts";
import { ManualTime, settle } from "../../domain/testing/manual-time.ts";
import type { Journal } from "../../journal/types.ts";
import { FiscalLane } from "../lane.ts";
import type { Fault } from "./faults.ts";
import { borrowJournal } from "./memory-journal.ts";

export interface Step {
  readonly index: number;
  readonly on: "device" | "journal";
  readonly call: string;
}

export interface Injection {
  readonly at: number;
  readonly fault: Fault;
}

interface Process {
  alive: boolean;
}

export class Killed extends Error {}

/** Reads cost nothing and change nothing: not steps. Whatever else the journal offers is one. */
const READS: ReadonlySet<string> = new Set([
  ...["get", "byUuid", "byFd", "unresolved", "odooPending", "list", "buffer", "events"],
  ...["eventsAfter", "getSetting", "onReceipt", "close", "dead", "deadCount", "document"],
  ...["undocumented", "refundsOf", "lastFd", "lastOdooFd", "operation", "openOperations"],
  ...["catalogueByBarcode", "catalogueSize"],
]);

const NEVER = new Promise<never>(() => undefined);

export class World {
  readonly time = new ManualTime();
  readonly device = new ScriptedDevice(this.time);
  readonly #borrowed = borrowJournal();
  readonly journal: Journal = this.#borrowed.journal;
  readonly steps: Step[] = [];
  readonly log: string[] = [];
  lane!: FiscalLane;
  /** What a person puts right when asked, oldest first. */
  readonly ailments: (() => void)[] = [];
  #process: Process = { alive: false };
  #plan: Injection[];
  #counting = false;
  /** A closing command that the device gets after this many more calls. */
  #late: { calls: number; readonly run: () => Promise<unknown> } | null = null;
  readonly #subscriptions: (() => void)[] = [];
  readonly #drives = new Set<FoundDocument[]>();

  constructor(plan: readonly Injection[]) {
    this.#plan = [...plan];
  }

  get alive(): boolean {
    return this.#process.alive;
  }
  /** Injections that no step has met. */
  get unmet(): number {
    return this.#plan.length;
  }

  /** Steps count from here on. */
  arm(): void {
    this.#counting = true;
  }

  disarm(): void {
    this.#counting = false;
  }

  /** A new process over the same journal and device. */
  async boot(): Promise<void> {
    await this.device.disconnect();
    await settle();
    const process = { alive: true };
    this.#process = process;
    this.lane = new FiscalLane({
      device: this.#deviceOf(process),
      journal: this.#journalOf(process),
      time: this.#timeOf(process),
      timezone: "Europe/Moscow",
      settings: { alarmRetryMs: 4000 },
      log: (level, message, data) => {
        this.log.push(`${level} ${message} ${JSON.stringify(data ?? {})}`);
      },
    });
    try {
      await this.lane.start();
    } catch (error) {
      // a journal that fails at the start ends the process; the service manager starts it again
      this.log.push(`start failed: ${String(error)}`);
      this.kill();
    }
    await settle();
  }

  /** kill −9: nothing of the process runs any more; what was committed stays. */
  kill(): void {
    this.#process.alive = false;
    this.log.push("killed");
  }

  close(): void {
    this.#process.alive = false;
    for (const unsubscribe of this.#subscriptions) unsubscribe();
    this.#borrowed.giveBack();
  }

  /** Of every ФН that was ever in the device, oldest first. */
  documents(): FoundDocument[] {
    this.#drives.add(this.device.documents);
    return [...this.#drives].flat();
  }

  replaceFn(fn: string): void {
    this.#drives.add(this.device.documents);
    this.device.insertFn(fn);
    this.#drives.add(this.device.documents);
  }

  /** The device gets this command only when `calls` more have come. */
  delay(calls: number, run: () => Promise<unknown>): void {
    this.#late = { calls, run };
  }

  #step(on: Step["on"], call: string): Fault | null {
    if (!this.#counting) return null;
    const step = { index: this.steps.length, on, call };
    this.steps.push(step);
    const [next] = this.#plan;
    if (next?.at !== step.index) {
      this.log.push(`${step.index}.${call}`);
      return null;
    }
    this.#plan.shift();
    this.log.push(`${step.index}.${call} BREAKS: ${next.fault.name}`);
    return next.fault;
  }

  #deviceOf(process: Process): FiscalDevice {
    return new Proxy<FiscalDevice>(this.device, {
      get: (target, name: DeviceCall) => {
        const method = Reflect.get(target, name, target) as (...all: unknown[]) => Promise<unknown>;
        return (...all: unknown[]): Promise<unknown> =>
          this.#call(process, name, () => method.apply(target, all));
      },
    });
  }

  async #call(process: Process, call: DeviceCall, send: () => Promise<unknown>): Promise<unknown> {
    if (!process.alive) return NEVER;
    const fault = call === "disconnect" ? null : this.#step("device", call);
    await this.#arriveLate();
    try {
      const result = await (fault ? fault.device(this, call, send) : send());
      return process.alive ? result : await NEVER;
    } catch (error) {
      if (!process.alive) return NEVER;
      this.log.push(`  ${String(error)}`);
      throw error;
    }
  }

  async #arriveLate(): Promise<void> {
    const late = this.#late;
    if (!late || (late.calls -= 1) > 0) return;
    this.#late = null;
    await late.run();
  }

  #journalOf(process: Process): Journal {
    return new Proxy<Journal>(this.journal, {
      get: (target, name: keyof Journal) => {
        const method = Reflect.get(target, name, target) as (...all: unknown[]) => unknown;
        return (...all: unknown[]): unknown => {
          if (!process.alive) throw new Killed(name);
          const write = (): unknown => method.apply(target, mortal(process, all));
          if (name === "onReceipt") return this.subscribed(write() as () => void);
          if (READS.has(name)) return write();
          const fault = this.#step("journal", name);
          return fault ? fault.journal(this, write) : write();
        };
      },
    });
  }

  subscribed(unsubscribe: () => void): () => void {
    this.#subscriptions.push(unsubscribe);
    return unsubscribe;
  }

  #timeOf(process: Process): Time {
    return {
      now: () => this.time.now(),
      monotonic: () => this.time.monotonic(),
      after: (ms, run) =>
        this.time.after(ms, () => {
          if (process.alive) run();
        }),
    };
  }
}

/** Listeners die with the process that registered them. */
function mortal(process: Process, parameters: unknown[]): unknown[] {
  return parameters.map((one) =>
    typeof one === "function"
      ? (...told: unknown[]) => {
          if (process.alive) (one as (...all: unknown[]) => void)(...told);
        }
      : one,
  );
}
