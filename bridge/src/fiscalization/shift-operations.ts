/** Opening and closing the shift once per key, for a person and for a receipt that finds it closed. */
import type { DeviceStatus } from "../device/fiscal-device.ts";
import type { Cashier } from "../domain/receipt.ts";
import type { StoredOperation } from "../journal/types.ts";
import { whenPrinted, type LaneTools } from "./lane-tools.ts";
import { runOnce } from "./run-once.ts";

/** @throws what the driver throws; a lost answer is settled with the next status */
export async function openShiftOnce(
  tools: LaneTools,
  key: string,
  cashier: Cashier,
  cause: "operator" | "receipt",
  status: DeviceStatus,
): Promise<StoredOperation> {
  const { link, shifts, deviceClock } = tools;
  await deviceClock.correct(status);
  const body = { kind: "shift_open", cashier, cause };
  return runOnce(tools, key, "shift_open", body, status, async () => {
    const { shift, fd, fp } = await whenPrinted(tools, () => link.device.openShift(cashier));
    shifts.opened(status.fn, shift, status.dateTime);
    return { shift, fd, fp };
  });
}
