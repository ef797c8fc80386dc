/**
 * Four classes of work, each in a bulkhead of its own, so that reports and snapshots never take
 * what a sale needs (requirements, Bulkhead). Critical: receipts, shifts, relay to the ОФД. High:
 * results to Odoo, what a page asks to go on. Default: catalogue, lists. Low: snapshots, logs.
 */
import { bulkhead, BulkheadRejectedError, type BulkheadPolicy } from "cockatiel";

export const WORK_CLASSES = ["critical", "high", "default", "low"] as const;
export type WorkClass = (typeof WORK_CLASSES)[number];

export interface ClassLoad {
  readonly running: number;
  readonly waiting: number;
}

/** Critical tasks in the house from which on nothing else is begun. */
export const MOST_CRITICAL = 50;

/** [at a time, waiting]: of the critical ones none is ever turned away here. */
const ROOMS: Readonly<Record<WorkClass, readonly [number, number]>> = {
  critical: [1_000, 10_000],
  high: [32, 200],
  default: [8, 100],
  low: [2, 20],
};

/** The class is full, or critical work is piling up: come back later. */
export class Overloaded extends Error {
  override readonly name = "Overloaded";
}

export class WorkClasses {
  readonly #rooms = Object.fromEntries(
    WORK_CLASSES.map((name) => [name, bulkhead(...ROOMS[name])]),
  ) as Record<WorkClass, BulkheadPolicy>;

  /** Other work has to stand back. */
  get congested(): boolean {
    const { running, waiting } = this.load("critical");
    return running + waiting > MOST_CRITICAL;
  }

  load(name: WorkClass): ClassLoad {
    const room = this.#rooms[name];
    const [size, queue] = ROOMS[name];
    return { running: size - room.executionSlots, waiting: queue - room.queueSlots };
  }

  /** @throws Overloaded before `task` began; else what `task` throws */
  async run<T>(name: WorkClass, task: () => Promise<T> | T): Promise<T> {
    if (name !== "critical" && this.congested) throw new Overloaded(`${name} work stands back`);
    try {
      return await this.#rooms[name].execute(task);
    } catch (error) {
      if (error instanceof BulkheadRejectedError) throw new Overloaded(`${name} work is full`);
      throw error;
    }
  }
}
