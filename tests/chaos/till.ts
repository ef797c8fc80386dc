/** One till of the campaign: its register, cable, bridge, clock and page, and how each is struck. */
import { setTimeout as sleep } from "node:timers/promises";
import { KktControl } from "@opticserp/fixtures/stand/control.ts";
import type { NoisyLine } from "@opticserp/fixtures/stand/noisy-line.ts";
import type { TillClock } from "@opticserp/fixtures/stand/till-clock.ts";
import type { TillStand } from "@opticserp/fixtures/stand/till.ts";
import { faultName, strikesReceipt, type Fault } from "./faults.ts";
import type { Outages } from "./outages.ts";
import type { Page } from "./page.ts";

const DAY = 86_400;
/** Tries of a key on the device that prints or is switched off just now. */
const KEY_TRIES = 5;

export interface ChaosTillParts {
  readonly stand: TillStand;
  readonly line: NoisyLine;
  readonly clock: TillClock;
  readonly page: Page;
  readonly outages: Outages;
  readonly log: (message: string) => void;
}

export class ChaosTill {
  readonly #parts: ChaosTillParts;
  readonly kkt: KktControl;
  /** Faults that were put in place, by name. */
  readonly struck = new Map<string, number>();
  /** Of those that wait for their command: how many met it. */
  readonly met = new Map<string, number>();
  /** Ends of the bridge that nobody asked for. */
  readonly deaths: string[] = [];
  readonly #running = new Set<Promise<void>>();
  #bridgeTurn: Promise<unknown> = Promise.resolve();
  #killing = false;
  #ended = false;
  /** Seconds: the days that have gone by in this campaign. */
  #days = 0;
  starts = 0;
  #startMs = 0;

  constructor(parts: ChaosTillParts) {
    this.#parts = parts;
    this.kkt = new KktControl(parts.stand.kkt.ready.control);
    this.#watch();
  }

  get code(): string {
    return this.#parts.stand.code;
  }

  get page(): Page {
    return this.#parts.page;
  }

  get journalPath(): string {
    return this.#parts.stand.journalPath;
  }

  get fn(): string {
    return this.#parts.stand.kkt.ready.fn;
  }

  /** Mean time from the start of a bridge to its ready line, ms. */
  get startMs(): number {
    return this.starts === 0 ? 0 : this.#startMs / this.starts;
  }

  /** Bytes that the cable damaged. */
  get damagedBytes(): number {
    return this.#parts.line.hits;
  }

  /** Puts the order's faults in place; those of an instant come while the order is under way. */
  async strike(faults: readonly Fault[]): Promise<void> {
    for (const fault of faults) {
      if ("afterMs" in fault) this.#spawn(fault, fault.afterMs);
      else if (endsLater(fault)) await this.#placed(fault);
      else this.#spawn(fault, 0);
    }
  }

  /** All faults are over and everything works: from now on what is open must resolve itself. */
  async calm(): Promise<void> {
    while (this.#running.size > 0) await Promise.all(this.#running);
    const { line, clock, outages } = this.#parts;
    await outages.calm();
    await this.kkt.clearFaults();
    await this.kkt.post("/power", { on: true });
    await this.kkt.post("/paper", { present: true, cover: "closed" });
    await this.kkt.post("/clock", { offsetSeconds: 0 });
    clock.set(this.#days);
    line.calm();
    await line.plug();
    await this.#bridgeTurn;
    await this.#revive();
  }

  async stop(): Promise<void> {
    this.#ended = true;
    await this.#bridgeTurn;
    await this.#parts.stand.stopBridge();
    await this.#parts.line.close();
    await this.#parts.stand.kkt.stop();
  }

  /** A day passes for the register and for the till. */
  async advance(seconds: number): Promise<void> {
    const { clock } = this.#parts;
    const jumped = clock.seconds - this.#days;
    this.#days += seconds;
    clock.set(this.#days + jumped);
    await this.kkt.post("/clock", { advanceSeconds: seconds });
  }

  #spawn(fault: Fault, afterMs: number): void {
    this.#keep(
      sleep(afterMs).then(() => {
        this.#count(fault);
        return this.#do(fault);
      }),
    );
  }

  /** In place when this resolves; taken away after its time. */
  async #placed(fault: Extract<Fault, { kind: PlacedKind }>): Promise<void> {
    this.#count(fault);
    const forMs = fault.kind === "paper" ? fault.forMs : ARMED_FOR_MS;
    const placed = await this.#place(fault);
    this.#keep(
      sleep(forMs).then(async () => {
        // gone by itself: it met its command
        const met = await this.#unplace(placed);
        if (met) bump(this.met, faultName(fault));
        if (fault.kind === "paper") await this.kkt.post("/paper", { present: true });
      }),
    );
  }

  async #place(fault: Extract<Fault, { kind: PlacedKind }>): Promise<number> {
    const made = (await this.kkt.fault(deviceFault(fault))) as { id: number };
    return made.id;
  }

  async #unplace(id: number): Promise<boolean> {
    const answer = await fetch(`${this.kkt.url}/faults/${id}`, { method: "DELETE" });
    return answer.status === 404;
  }

  async #do(fault: Fault): Promise<void> {
    const { line, clock, outages, page } = this.#parts;
    switch (fault.kind) {
      case "kill":
        await this.#kill();
        if (fault.again === null) return;
        await sleep(fault.again);
        return this.#kill();
      case "blackout":
        await Promise.all([this.#power(fault.forMs), this.#kill()]);
        return;
      case "noise":
        line.noise(fault.noise);
        return;
      case "unplug":
        await line.unplug();
        await sleep(fault.forMs);
        return line.plug();
      case "silence": {
        const spec = { kind: "silence", durationMs: fault.forMs };
        const { id } = (await this.kkt.fault(spec)) as { id: number };
        await sleep(fault.forMs);
        await this.#unplace(id);
        return;
      }
      case "power-now":
        return this.#power(fault.forMs);
      case "operator":
        return this.#pressKey(fault.report);
      case "ofd":
        return outages.ofd(fault);
      case "odoo":
        return outages.odoo(fault.what, fault.forMs);
      case "till-clock":
        clock.set(this.#days + fault.seconds);
        return;
      case "kkt-clock":
        await this.kkt.post("/clock", { offsetSeconds: fault.seconds });
        await sleep(fault.forMs);
        await this.kkt.post("/clock", { offsetSeconds: 0 });
        return;
      case "day":
        return this.advance(DAY);
      case "reload":
        page.reload();
        return;
      case "double-send":
        return page.sendTwice();
      case "withdraw":
        page.choose("withdraw");
        return;
      case "wire":
      case "device-error":
      case "power":
      case "paper":
        throw new Error(`${fault.kind} is put in place before the order`);
    }
  }

  async #power(forMs: number): Promise<void> {
    await this.kkt.fault({ kind: "power-cut", when: "now", powerOnAfterMs: forMs });
    await sleep(forMs);
  }

  async #pressKey(report: "z" | "x"): Promise<void> {
    for (let tries = 0; tries < KEY_TRIES; tries += 1) {
      const done = await this.kkt.post(`/operator/${report}`, {}).then(
        () => true,
        () => false,
      );
      if (done) return;
      await sleep(60);
    }
  }

  /** kill −9 and a start, one after the other however many want it. */
  #kill(): Promise<void> {
    const next = this.#bridgeTurn.then(async () => {
      this.#killing = true;
      await this.#parts.stand.bridge.kill();
      this.#killing = false;
      await this.#start();
    });
    this.#bridgeTurn = next.catch((error: unknown) => {
      this.deaths.push(`start: ${(error as Error).message}`);
    });
    return next.catch(() => undefined);
  }

  async #start(): Promise<void> {
    const from = performance.now();
    await this.#parts.stand.startBridge();
    this.#startMs += performance.now() - from;
    this.starts += 1;
    this.#watch();
  }

  async #revive(): Promise<void> {
    if (!this.#parts.stand.bridge.running) await this.#start();
  }

  /** A bridge that ends by itself is a finding, and a till's supervisor starts it again. */
  #watch(): void {
    const { stand, log } = this.#parts;
    void stand.bridge.exited.then(({ code, signal }) => {
      if (this.#killing || this.#ended) return;
      this.deaths.push(`ended by itself: ${signal ?? `code ${code}`}`);
      log(`${this.code}: the bridge ended by itself: ${signal ?? `code ${code}`}`);
      const next = this.#bridgeTurn.then(() => this.#revive());
      this.#bridgeTurn = next.catch((error: unknown) => {
        this.deaths.push(`start: ${(error as Error).message}`);
      });
    });
  }

  #count(fault: Fault): void {
    bump(this.struck, faultName(fault));
    if (strikesReceipt(fault)) this.page.struck();
  }

  #keep(work: Promise<void>): void {
    const kept = work
      .catch((error: unknown) => this.#parts.log(`${this.code}: fault: ${String(error)}`))
      .finally(() => this.#running.delete(kept));
    this.#running.add(kept);
  }
}

/** A fault that waits for its command is taken back when none came for so long, ms. */
const ARMED_FOR_MS = 3_000;

type PlacedKind = "wire" | "device-error" | "power" | "paper";

function endsLater(fault: Fault): fault is Extract<Fault, { kind: PlacedKind }> {
  return ["wire", "device-error", "power", "paper"].includes(fault.kind);
}

/** As the emulator's control API takes it. */
function deviceFault(fault: Extract<Fault, { kind: PlacedKind }>): Record<string, unknown> {
  switch (fault.kind) {
    case "wire":
      return {
        kind: fault.what,
        skip: fault.skip,
        ...(fault.command === null ? {} : { command: fault.command }),
        ...(fault.what === "answer-lost-after-execute" ? { keep: fault.keep } : {}),
      };
    case "device-error":
      return { kind: "error", command: fault.command, code: fault.code };
    case "power":
      return {
        kind: "power-cut",
        when: fault.when,
        command: fault.command,
        powerOnAfterMs: fault.forMs,
      };
    case "paper":
      return { kind: "paper-out", when: fault.when };
  }
}

function bump(counts: Map<string, number>, name: string): void {
  counts.set(name, (counts.get(name) ?? 0) + 1);
}
