/**
 * Odoo's time, as far as the till knows it: certificates are judged by it, not by a wall clock that
 * anyone at the till can turn. Between heartbeats the machine's monotonic clock carries it on, also
 * into the next process; a machine that was started anew has to hear Odoo again.
 */
import { readFileSync } from "node:fs";
import { z } from "zod";
import type { Clock } from "../../domain/clock.ts";
import type { Journal } from "../../journal/types.ts";
import { DurableSetting } from "../../resilience/durable-setting.ts";

/** What the machine counts since its start; the same for all processes. */
export interface Machine {
  /** Of this start of the machine. */
  readonly bootId: string;
  /** ms since then. */
  readonly uptimeMs: () => number;
}

/** Where the kernel tells its boot id; elsewhere nothing is carried over. */
const BOOT_ID = "/proc/sys/kernel/random/boot_id";
/** Written down again when it differs by more than this from what is written, ms. */
const WORTH_WRITING = 500;

const anchorSchema = z.object({
  boot_id: z.string(),
  server_ms: z.number(),
  uptime_ms: z.number(),
});

export function thisMachine(): Machine | null {
  try {
    const bootId = readFileSync(BOOT_ID, "utf8").trim();
    return { bootId, uptimeMs: () => Number(process.hrtime.bigint()) / 1e6 };
  } catch {
    return null;
  }
}

/** Keeps Odoo's time over the end of the process. */
export class TimeAnchor {
  readonly #setting: DurableSetting<typeof anchorSchema>;
  readonly #machine: Machine;
  #written: number | null = null;

  constructor(journal: Pick<Journal, "getSetting" | "setSetting">, machine: Machine) {
    this.#setting = new DurableSetting(journal, "odoo.time", anchorSchema);
    this.#machine = machine;
  }

  /** Odoo's time now, ms UTC; null when it was not heard since the machine's start. */
  recall(): number | null {
    const { bootId, uptimeMs } = this.#machine;
    const anchor = this.#setting.read();
    if (anchor?.boot_id !== bootId || anchor.uptime_ms > uptimeMs()) return null;
    this.#written = anchor.server_ms - anchor.uptime_ms;
    return this.#written + uptimeMs();
  }

  keep(serverMs: number): void {
    const { bootId, uptimeMs } = this.#machine;
    const uptime = uptimeMs();
    const origin = serverMs - uptime;
    if (this.#written !== null && Math.abs(origin - this.#written) < WORTH_WRITING) return;
    this.#written = origin;
    this.#setting.write({ boot_id: bootId, server_ms: serverMs, uptime_ms: uptime });
  }
}

export class TrustedTime {
  readonly #clock: Clock;
  readonly #durable: TimeAnchor | null;
  #anchor: { readonly serverMs: number; readonly monotonicMs: number } | null = null;

  constructor(clock: Clock, durable: TimeAnchor | null = null) {
    this.#clock = clock;
    this.#durable = durable;
    const serverMs = durable?.recall() ?? null;
    if (serverMs !== null) this.#anchor = { serverMs, monotonicMs: clock.monotonic() };
  }

  /** @param serverMs Odoo's time, ms UTC, at the monotonic ms given */
  learn(serverMs: number, monotonicMs: number): void {
    this.#anchor = { serverMs, monotonicMs };
    this.#durable?.keep(this.now());
  }

  /** ms UTC; the till's own wall clock until Odoo was heard for the first time. */
  now(): number {
    if (this.#anchor === null) return this.#clock.now();
    return this.#anchor.serverMs + (this.#clock.monotonic() - this.#anchor.monotonicMs);
  }

  /** Till's wall clock minus Odoo's, ms; null until Odoo was heard. */
  driftMs(): number | null {
    return this.#anchor === null ? null : this.#clock.now() - this.now();
  }
}
