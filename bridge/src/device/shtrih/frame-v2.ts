/**
 * Framing V2 of the Shtrih protocol (fiscal.md §1.3), as pure functions:
 * `8F | LEN16 | NUM16 | DATA | CRC16`, little-endian, LEN = NUM + DATA, CRC over LEN..DATA; after 8Fh
 * the bytes 8Fh and 9Fh are written as 9F 81 and 9F 83.
 */
import { crc16 } from "./crc16.ts";

const START = 0x8f;
const ESCAPE = 0x9f;
const ESCAPED_START = 0x81;
const ESCAPED_ESCAPE = 0x83;
const LENGTH = 2;
const NUMBER = 2;
const CRC = 2;

export interface FrameV2 {
  /** Packet number modulo 65536; null in a request for synchronisation (LEN = 0). */
  readonly number: number | null;
  /** Command and payload; empty in packets without data. */
  readonly data: Uint8Array;
}

export interface DecodedFrameV2 extends FrameV2 {
  readonly checksumOk: boolean;
}

/** @throws RangeError if a packet without a number carries data, or LEN does not fit */
export function encodeFrameV2({ number, data }: FrameV2): Uint8Array {
  if (number === null && data.length > 0) throw new RangeError("data without a packet number");
  const length = number === null ? 0 : NUMBER + data.length;
  if (length > 0xffff) throw new RangeError(`a V2 packet carries ${String(length)} bytes at most`);
  const body = new Uint8Array(LENGTH + length);
  const view = new DataView(body.buffer);
  view.setUint16(0, length, true);
  if (number !== null) {
    view.setUint16(LENGTH, number, true);
    body.set(data, LENGTH + NUMBER);
  }
  const crc = crc16(body);
  const escaped = [START];
  for (const byte of [...body, crc & 0xff, crc >> 8]) {
    if (byte === START) escaped.push(ESCAPE, ESCAPED_START);
    else if (byte === ESCAPE) escaped.push(ESCAPE, ESCAPED_ESCAPE);
    else escaped.push(byte);
  }
  return Uint8Array.from(escaped);
}

/** Exactly one packet; null where the start, the escapes or the length do not fit. */
export function decodeFrameV2(bytes: Uint8Array): DecodedFrameV2 | null {
  const plain = bytes[0] === START ? unescape(bytes.subarray(1)) : null;
  if (!plain || plain.length < LENGTH + CRC) return null;
  const view = new DataView(plain.buffer, plain.byteOffset, plain.length);
  const length = view.getUint16(0, true);
  if (plain.length !== LENGTH + length + CRC || length === 1) return null;
  const body = plain.subarray(0, LENGTH + length);
  return {
    number: length === 0 ? null : view.getUint16(LENGTH, true),
    data: length === 0 ? new Uint8Array(0) : body.slice(LENGTH + NUMBER),
    checksumOk: crc16(body) === view.getUint16(LENGTH + length, true),
  };
}

/** null: a bare 8Fh inside, or 9Fh followed by something else, means a damaged packet. */
function unescape(bytes: Uint8Array): Uint8Array | null {
  const plain: number[] = [];
  for (let i = 0; i < bytes.length; i += 1) {
    const byte = bytes[i] ?? 0;
    if (byte === START) return null;
    if (byte !== ESCAPE) {
      plain.push(byte);
      continue;
    }
    i += 1;
    if (bytes[i] === ESCAPED_START) plain.push(START);
    else if (bytes[i] === ESCAPED_ESCAPE) plain.push(ESCAPE);
    else return null;
  }
  return Uint8Array.from(plain);
}

export type PacketEvent =
  | { readonly type: "packet"; readonly number: number | null; readonly data: Uint8Array }
  /** A wrong checksum, a wrong escape, an impossible length, or a packet that stopped half-way. */
  | { readonly type: "corrupt" };

/**
 * Finds packets in a stream. A bare 8Fh always begins a packet, so one broken packet costs at most
 * itself; what stands between packets means nothing.
 */
export class PacketParser {
  /** Plain bytes of the packet that has begun, without 8Fh; null between packets. */
  #plain: number[] | null = null;
  #escaped = false;

  /** A packet has begun and is not complete. */
  get inFrame(): boolean {
    return this.#plain !== null;
  }

  push(chunk: Uint8Array): PacketEvent[] {
    const events: PacketEvent[] = [];
    for (const byte of chunk) {
      const event = this.#byte(byte);
      if (event) events.push(event);
    }
    return events;
  }

  /** The line has been quiet longer than the byte time-out: what has begun will not end. */
  idle(): PacketEvent[] {
    return this.inFrame ? [this.#broken()] : [];
  }

  #byte(byte: number): PacketEvent | null {
    if (byte === START) {
      const event = this.inFrame ? this.#broken() : null;
      this.#plain = [];
      return event;
    }
    if (!this.#plain) return null;
    if (this.#escaped) {
      this.#escaped = false;
      if (byte === ESCAPED_START) return this.#plainByte(this.#plain, START);
      if (byte === ESCAPED_ESCAPE) return this.#plainByte(this.#plain, ESCAPE);
      return this.#broken();
    }
    if (byte === ESCAPE) {
      this.#escaped = true;
      return null;
    }
    return this.#plainByte(this.#plain, byte);
  }

  #plainByte(plain: number[], byte: number): PacketEvent | null {
    plain.push(byte);
    if (plain.length < LENGTH) return null;
    const length = (plain[0] ?? 0) | ((plain[1] ?? 0) << 8);
    if (length === 1) return this.#broken();
    if (plain.length < LENGTH + length + CRC) return null;
    this.#plain = null;
    const body = Uint8Array.from(plain.slice(0, LENGTH + length));
    const [low = 0, high = 0] = plain.slice(LENGTH + length);
    if (crc16(body) !== (low | (high << 8))) return { type: "corrupt" };
    const number = length === 0 ? null : (body[2] ?? 0) | ((body[3] ?? 0) << 8);
    return { type: "packet", number, data: body.slice(LENGTH + NUMBER) };
  }

  #broken(): PacketEvent {
    this.#plain = null;
    this.#escaped = false;
    return { type: "corrupt" };
  }
}
