/**
 * Session message between ФН and ОФД (fiscal.md §3.2): a header of 30 bytes, then the container,
 * which only the ФН and the ОФД understand. Little-endian:
 * `2A 08 41 0A | S-protocol 2 | A-protocol 2 | ФН 16 | body length 2 | flags 2 | CRC 2`.
 */
import { crc16 } from "../device/shtrih/crc16.ts";

export const HEADER_LENGTH = 30;
const SIGNATURE = Uint8Array.of(0x2a, 0x08, 0x41, 0x0a);
/** The CRC stands at the end of the header and is not part of what it covers. */
const CRC_OFFSET = 28;

export interface SessionHeader {
  /** S-protocol version as on the wire, hex: `81a2`. */
  readonly sProtocol: string;
  /** A-protocol version as on the wire, hex: `0120` is ФФД 1.2. */
  readonly aProtocol: string;
  /** ФН serial, 16 digits. */
  readonly fn: string;
  /** Bytes after the header. */
  readonly bodyLength: number;
  /** Bits 0–1 CRC mode (0 none, 1 header, 2 header and body), 2–3 container, 4–5 answer expected. */
  readonly flags: number;
  readonly crc: number;
}

/** Not a session message; `message` says why, in Russian. */
export class SessionMessageError extends Error {
  override readonly name = "SessionMessageError";
}

/** Reads the header; the body may still be missing. @throws SessionMessageError */
export function parseSessionHeader(bytes: Uint8Array): SessionHeader {
  if (bytes.length < HEADER_LENGTH) {
    throw new SessionMessageError(
      `сообщение ОФД: ${String(bytes.length)} байт, заголовок занимает ${String(HEADER_LENGTH)}`,
    );
  }
  if (SIGNATURE.some((byte, i) => bytes[i] !== byte)) {
    throw new SessionMessageError("сообщение ОФД: неверная сигнатура");
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const text = (from: number, to: number, encoding: "hex" | "latin1"): string =>
    Buffer.from(bytes.subarray(from, to)).toString(encoding);
  return {
    sProtocol: text(4, 6, "hex"),
    aProtocol: text(6, 8, "hex"),
    fn: text(8, 24, "latin1"),
    // unsigned: a body may be 32 KB and more
    bodyLength: view.getUint16(24, true),
    flags: view.getUint16(26, true),
    crc: view.getUint16(CRC_OFFSET, true),
  };
}

/**
 * Checks a whole message: length, and the CRC where the flags ask for one.
 * @throws SessionMessageError
 */
export function checkSessionMessage(message: Uint8Array): SessionHeader {
  const header = parseSessionHeader(message);
  const expected = HEADER_LENGTH + header.bodyLength;
  if (message.length !== expected) {
    throw new SessionMessageError(
      `сообщение ОФД: ${String(message.length)} байт, по заголовку ${String(expected)}`,
    );
  }
  const mode = header.flags & 0b11;
  if (mode === 0) return header;
  let crc = crc16(message.subarray(0, CRC_OFFSET));
  if (mode === 2) crc = crc16(message.subarray(HEADER_LENGTH), crc);
  if (crc !== header.crc)
    throw new SessionMessageError("сообщение ОФД: неверная контрольная сумма");
  return header;
}

/**
 * Some devices leave the A-protocol version short, 01 01 or 01 02 with an empty CRC; the ОФД expects
 * 01 10 (ФФД 1.1) and 01 20 (ФФД 1.2) (fiscal.md §3.0). Other messages stay as they are.
 */
export function withFullAProtocol(message: Uint8Array): Uint8Array {
  const short =
    message.length >= HEADER_LENGTH &&
    message[6] === 0x01 &&
    message[CRC_OFFSET] === 0 &&
    message[CRC_OFFSET + 1] === 0;
  const version = short ? { 0x01: 0x10, 0x02: 0x20 }[message[7] ?? 0] : undefined;
  if (version === undefined) return message;
  const fixed = message.slice();
  fixed[7] = version;
  return fixed;
}
