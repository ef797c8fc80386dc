/** What the parts of the lane share. */
import {
  DeviceDoubt,
  DeviceLinkError,
  DeviceRefusal,
  DeviceSetupError,
  type DeviceStatus,
} from "../device/fiscal-device.ts";
import { sleep, type Time } from "../domain/clock.ts";
import type { CrashHook } from "./crash-points.ts";
import type { DeviceLink } from "./device-link.ts";
import type { LaneLog } from "./lane-log.ts";
import type { ReceiptBook } from "./receipt-book.ts";
import { CODE_PAPER_OUT_PRINTING, CODE_PRINTING } from "./reasons.ts";
import type { DeviceClock } from "./device-clock.ts";
import type { DocumentWatch } from "./document-watch.ts";
import type { OperationLog } from "./operation-log.ts";
import type { Shifts } from "./shifts.ts";

export interface LaneTools {
  readonly link: DeviceLink;
  readonly book: ReceiptBook;
  readonly operations: OperationLog;
  readonly documents: DocumentWatch;
  readonly shifts: Shifts;
  readonly deviceClock: DeviceClock;
  readonly time: Time;
  readonly crash: CrashHook;
  readonly log: LaneLog;
  readonly settings: LaneSettings;
  /** The company's ИНН that the device must have; null = not known yet. */
  readonly expectedInn: () => string | null;
  /** Reads what a restored journal lost; does nothing otherwise. */
  readonly catchUp: (status: DeviceStatus) => Promise<void>;
}

/** All in ms. */
export interface LaneSettings {
  /** An accepted receipt lives this long after its screen last asked (requirements UAT 05a). */
  readonly screenDeadlineMs: number;
  /** Pauses between tries of the link; the last one repeats. */
  readonly retryMs: readonly number[];
  /** Pause between looks at a situation that a person must end. */
  readonly alarmRetryMs: number;
  /** How often an idle lane reads the device's status. */
  readonly statusIntervalMs: number;
  /** How long `stop` waits for the receipt in flight. */
  readonly stopTimeoutMs: number;
  /** While the device prints the previous document (50h): pause between tries, and the longest wait. */
  readonly printingRetryMs: number;
  readonly printingMs: number;
}

export const DEFAULT_LANE_SETTINGS: LaneSettings = {
  screenDeadlineMs: 60_000,
  retryMs: [300, 700, 1500, 2000],
  alarmRetryMs: 30_000,
  statusIntervalMs: 5000,
  stopTimeoutMs: 20_000,
  printingRetryMs: 300,
  printingMs: 60_000,
};

/** Tries of the link before it counts as gone, and of a receipt that it keeps breaking. */
export const LINK_TRIES = 3;

/** The device is not to be had now; nothing fiscal came of the command in question. */
export function isLinkTrouble(error: unknown): boolean {
  return (
    error instanceof DeviceLinkError ||
    error instanceof DeviceDoubt ||
    error instanceof DeviceSetupError
  );
}

export function retryPause({ retryMs }: LaneSettings, tries: number): number {
  return retryMs[Math.min(tries, retryMs.length - 1)] ?? 1000;
}

/**
 * What everybody does who takes the device: connects if needed, reads its status, and puts away what
 * lies there from before. Nothing of ours is open while the device is free, so an open document is
 * a leftover.
 */
export async function takeDevice(tools: LaneTools): Promise<DeviceStatus> {
  const { link, operations, documents, shifts, deviceClock } = tools;
  const { device } = link;
  await link.connect();
  const status = await link.readStatus();
  await operations.settle(device, status);
  await documents.look(device, status);
  await tools.catchUp(status);
  await shifts.learn(status);
  deviceClock.watch();
  if (status.documentOpen) await device.cancelReceipt();
  if (status.paper === "waiting-continue") await device.continuePrint();
  return status;
}

/**
 * Repeats a command while the device still prints the document before it (50h) or waits to go on
 * printing (58h), for a minute at the most. Both are refusals, so the command was not executed and
 * may be sent again.
 * @param clean undoes what a command of several steps has left open
 */
export async function whenPrinted<T>(
  { link, time, settings }: LaneTools,
  command: () => Promise<T>,
  clean: () => Promise<void> = () => Promise.resolve(),
): Promise<T> {
  const deadline = time.monotonic() + settings.printingMs;
  for (;;) {
    try {
      return await command();
    } catch (error) {
      // by the clock, not by tries: a driver may have waited itself before it gave up
      if (!(error instanceof DeviceRefusal) || time.monotonic() >= deadline) throw error;
      const waiting = error.deviceCode === CODE_PAPER_OUT_PRINTING;
      if (!waiting && error.deviceCode !== CODE_PRINTING) throw error;
      if (waiting) await link.device.continuePrint();
      await sleep(time, settings.printingRetryMs);
      await clean();
    }
  }
}
