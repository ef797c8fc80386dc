/** What the lane does when it is in doubt, without its journal: asks until the device tells. */
import {
  type ClosedReceipt,
  DeviceDoubt,
  DeviceLinkError,
  type FiscalDevice,
} from "../fiscal-device.ts";

const TRIES = 40;
const PAUSE_MS = 50;

/** Runs `step` on a connected device until it is no longer in the way. */
export async function eventually<T>(device: FiscalDevice, step: () => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries += 1) {
    try {
      await device.connect();
      return await step();
    } catch (error) {
      const link = error instanceof DeviceLinkError || error instanceof DeviceDoubt;
      if (!link || tries === TRIES) throw error;
      await device.disconnect();
      await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
    }
  }
}

/** The facts from which the lane decides; nothing is left open on the device. */
export async function readBack(
  device: FiscalDevice,
  operationId: string,
): Promise<{ readonly pending: ClosedReceipt | null; readonly lastFd: number }> {
  const pending = await eventually(device, () => device.takePendingClose(operationId));
  const status = await eventually(device, () => device.status());
  if (status.documentOpen) await device.cancelReceipt();
  await finishPrinting(device);
  const { lastFd } = await device.position();
  return { pending, lastFd };
}

export async function finishPrinting(device: FiscalDevice): Promise<void> {
  const { paper } = await eventually(device, () => device.status());
  if (paper === "waiting-continue") await device.continuePrint();
}
