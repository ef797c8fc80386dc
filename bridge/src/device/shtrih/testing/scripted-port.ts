/** A line whose other end follows a script: what the host must say next, and what it is answered. */
import type { Scheduler } from "../../../domain/clock.ts";
import { hex } from "../binary.ts";
import { type Transport, TransportError, type TransportEvents } from "../transport/transport.ts";

export type Step =
  /** The host writes exactly this. */
  | { readonly host: Uint8Array }
  /** The device answers, `afterMs` later. */
  | { readonly device: Uint8Array; readonly afterMs?: number }
  /** The line breaks. */
  | { readonly lost: string }
  /** The next write of the host fails with this. */
  | { readonly writeFails: string };

export function host(...bytes: (number | Uint8Array)[]): Step {
  return { host: joined(bytes) };
}

export function device(...bytes: (number | Uint8Array)[]): Step {
  return { device: joined(bytes) };
}

export function later(afterMs: number, ...bytes: (number | Uint8Array)[]): Step {
  return { device: joined(bytes), afterMs };
}

export class ScriptedPort implements Transport {
  readonly name = "scripted";
  readonly written: Uint8Array[] = [];
  /** What the host said against the script. */
  readonly surprises: string[] = [];
  opened = 0;
  #steps: readonly Step[] = [];
  #next = 0;
  #events: TransportEvents | null = null;
  readonly #scheduler: Scheduler;

  constructor(scheduler: Scheduler) {
    this.#scheduler = scheduler;
  }

  /** What is left of an earlier script is a surprise. */
  script(...steps: readonly Step[]): void {
    this.finish();
    this.#steps = steps;
    this.#next = 0;
    this.#speak();
  }

  /** Notes what the host should have said and did not. */
  finish(): void {
    const left = this.#steps.slice(this.#next).find((step) => "host" in step);
    if (left) this.surprises.push(`the host never said ${hex(left.host)}`);
    this.#steps = [];
    this.#next = 0;
  }

  open(events: TransportEvents): Promise<void> {
    this.opened += 1;
    this.#events = events;
    return Promise.resolve();
  }

  write(bytes: Uint8Array): Promise<void> {
    const step = this.#steps[this.#next];
    if (step && "writeFails" in step) {
      this.#next += 1;
      return Promise.reject(new TransportError(step.writeFails));
    }
    this.written.push(bytes.slice());
    if (step && "host" in step && hex(step.host) === hex(bytes)) {
      this.#next += 1;
      this.#speak();
    } else {
      const expected = step && "host" in step ? hex(step.host) : "nothing";
      this.surprises.push(`the host said ${hex(bytes)} where the script has ${expected}`);
    }
    return Promise.resolve();
  }

  close(): Promise<void> {
    this.#events = null;
    return Promise.resolve();
  }

  #speak(): void {
    for (;;) {
      const step = this.#steps[this.#next];
      if (!step || "host" in step || "writeFails" in step) return;
      this.#next += 1;
      if ("lost" in step) {
        this.#scheduler.after(0, () => this.#events?.lost(new TransportError(step.lost)));
      } else {
        this.#scheduler.after(step.afterMs ?? 0, () => this.#events?.data(step.device));
      }
    }
  }
}

function joined(bytes: readonly (number | Uint8Array)[]): Uint8Array {
  return Uint8Array.from(bytes.flatMap((part) => (typeof part === "number" ? [part] : [...part])));
}
