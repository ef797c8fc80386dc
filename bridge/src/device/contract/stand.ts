/**
 * What the contract suite needs of a driver on a transport: a register that really signs, and a hand
 * on everything that can go wrong there. A new driver or transport adds a file to `stands/` and a
 * test file of three lines.
 */
import type { FiscalDevice } from "../fiscal-device.ts";

/**
 * What happens to the next closing of a receipt, in words that fit every wire:
 * - `lost-before`: neither command nor answer arrives; nothing is executed
 * - `lost-after`: executed, the answer is gone for good
 * - `late`: executed, the answer comes when it is asked for again
 * - `corrupt`, `duplicated`: the answer comes spoilt first, or twice
 * - `silent`: from the closing on nothing answers until `heal`; nothing is executed
 * - `refused`: the device answers an error and signs nothing
 * - `paper-out-before`, `paper-out-during`: no paper when it closes; the paper ends in the print
 * - `power-cut-before`, `power-cut-after`: the device goes dark before or after it has signed
 */
export const FAULTS = [
  "lost-before",
  "lost-after",
  "late",
  "corrupt",
  "duplicated",
  "silent",
  "refused",
  "paper-out-before",
  "paper-out-during",
  "power-cut-before",
  "power-cut-after",
] as const;
export type Fault = (typeof FAULTS)[number];

/** A document as the register's own ledger has it, which no driver has touched. */
export interface LedgerDocument {
  readonly fd: number;
  readonly fp: number;
  /** Container docType. */
  readonly type: number;
  /** Tag 1054. */
  readonly operation: number | null;
  /** Kopecks. */
  readonly sum: number | null;
  /** Tag 1086 in 1084. */
  readonly marker: string | null;
  readonly tlv: readonly LedgerTag[];
}

export interface LedgerTag {
  readonly tag: number;
  readonly value: unknown;
  readonly children?: readonly LedgerTag[];
}

export interface RigOptions {
  /** Print time of a document, ms; 0 by default. */
  readonly printMs?: number;
  /** `[HOST:]PORT` of an ОФД, which the register has in its settings. */
  readonly ofd?: string;
}

type Done = void | Promise<void>;

/** One register and one driver in front of it. */
export interface Rig {
  readonly device: FiscalDevice;
  /** Another driver on the same register: the next process, after `device` has disconnected. */
  another(): FiscalDevice;
  /** The register's ФН. */
  readonly fn: string;
  inject(fault: Fault): Done;
  /** Paper, power and line are as they should be; a fault that has not struck yet is forgotten. */
  heal(): Done;
  setPaper(present: boolean): Done;
  setCover(open: boolean): Done;
  /** Somebody presses Z on the device. */
  pressZ(): Done;
  moveClock(seconds: number): Done;
  ledger(): Promise<readonly LedgerDocument[]>;
  stop(): Done;
}

export interface Stand {
  /** Driver, protocol and transport, for people. */
  readonly name: string;
  /** What can't happen on this wire, and why. */
  readonly impossible: Readonly<Partial<Record<Fault, string>>>;
  start(options?: RigOptions): Promise<Rig>;
}
