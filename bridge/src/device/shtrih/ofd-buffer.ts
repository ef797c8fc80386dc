/**
 * Messages between ФН and ОФД through the ФН's buffer (fiscal.md §3.0). What is interrupted harms
 * nothing: the ФН offers the same message again.
 */
import { bufferRead } from "./commands/buffer-read.ts";
import { bufferStartWrite } from "./commands/buffer-start-write.ts";
import { bufferStatus } from "./commands/buffer-status.ts";
import { bufferWrite } from "./commands/buffer-write.ts";
import { DeviceLinkError } from "../fiscal-device.ts";
import type { ShtrihSession } from "./session.ts";

/** What fits into a V1 answer of 255 bytes, and into a request with its head. */
const MAX_READ = 250;
const MAX_WRITE = 244;

/** null: nothing to send. */
export async function readMessage(
  session: ShtrihSession,
  password: number,
): Promise<Uint8Array | null> {
  const { dataSize, blockSize } = await session.run(bufferStatus, { password });
  if (dataSize === 0) return null;
  const message = new Uint8Array(dataSize);
  const largest = Math.min(blockSize === 0 ? MAX_READ : blockSize, MAX_READ);
  for (let offset = 0; offset < dataSize;) {
    const size = Math.min(largest, dataSize - offset);
    const { data } = await session.run(bufferRead, { password, offset, size });
    if (data.length === 0 || data.length > size) {
      throw new DeviceLinkError(
        `FF31: касса отдала ${String(data.length)} байт вместо ${String(size)}`,
      );
    }
    message.set(data, offset);
    offset += data.length;
  }
  return message;
}

/** @throws DeviceRefusal 20h if the ФН rejects the ticket */
export async function writeMessage(
  session: ShtrihSession,
  password: number,
  message: Uint8Array,
): Promise<void> {
  const { blockSize } = await session.run(bufferStartWrite, { password, size: message.length });
  const largest = Math.min(blockSize === 0 ? MAX_WRITE : blockSize, MAX_WRITE);
  for (let offset = 0; offset < message.length; offset += largest) {
    const data = message.subarray(offset, offset + largest);
    await session.run(bufferWrite, { password, offset, data });
  }
}
