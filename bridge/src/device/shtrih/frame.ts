/**
 * Framing V1 of the Shtrih protocol (fiscal.md §1.2): `02 | LEN | body | LRC`, single control bytes
 * between frames. Any other byte between frames means nothing (on TCP some devices add FFh). Pure:
 * bytes in, events out.
 */
export const STX = 0x02;
export const ENQ = 0x05;
export const ACK = 0x06;
export const NAK = 0x15;

/** LEN is one byte. */
export const MAX_BODY = 255;

export type ControlByte = typeof ENQ | typeof ACK | typeof NAK;

/** XOR of LEN and the body. */
export function lrc(length: number, body: Uint8Array): number {
  let value = length;
  for (const byte of body) value ^= byte;
  return value;
}

/** @throws RangeError for a body that is empty or longer than 255 bytes */
export function encodeFrame(body: Uint8Array): Uint8Array {
  if (body.length === 0 || body.length > MAX_BODY) {
    throw new RangeError(`a V1 frame carries 1-255 bytes, not ${String(body.length)}`);
  }
  const frame = new Uint8Array(body.length + 3);
  frame[0] = STX;
  frame[1] = body.length;
  frame.set(body, 2);
  frame[frame.length - 1] = lrc(body.length, body);
  return frame;
}

export interface DecodedFrame {
  readonly body: Uint8Array;
  readonly checksumOk: boolean;
}

/** Exactly one frame; null where STX, LEN or the length do not fit. */
export function decodeFrame(bytes: Uint8Array): DecodedFrame | null {
  const length = bytes[1];
  if (bytes[0] !== STX || length === undefined || length === 0 || bytes.length !== length + 3) {
    return null;
  }
  const body = bytes.slice(2, 2 + length);
  return { body, checksumOk: lrc(length, body) === bytes[bytes.length - 1] };
}

export type FrameEvent =
  | { readonly type: "control"; readonly byte: ControlByte }
  | { readonly type: "frame"; readonly body: Uint8Array }
  /** A frame with a wrong LRC, an empty one, or one that stopped half-way. */
  | { readonly type: "corrupt" };

/**
 * Finds frames and control bytes in a stream. After a broken frame it looks for another one inside
 * the bytes that the broken one took, so a stray 02h costs nothing; control bytes found there are
 * not believed, since they may be part of the broken frame's data.
 */
export class FrameParser {
  #pending: Uint8Array = new Uint8Array(0);

  /** A frame has begun and is not complete. */
  get inFrame(): boolean {
    return this.#pending.length > 0;
  }

  push(chunk: Uint8Array): FrameEvent[] {
    const events: FrameEvent[] = [];
    this.#scan(concat(this.#pending, chunk), this.#pending.length, events);
    return events;
  }

  /** The line has been quiet longer than the byte time-out: what has begun will not end. */
  idle(): FrameEvent[] {
    if (!this.inFrame) return [];
    const events: FrameEvent[] = [{ type: "corrupt" }];
    const abandoned = this.#pending;
    this.#pending = new Uint8Array(0);
    for (let start = 1; start < abandoned.length; start += 1) {
      const frame = abandoned[start] === STX ? frameAt(abandoned, start) : null;
      if (frame?.body) {
        events.push({ type: "frame", body: frame.body });
        start = frame.end - 1;
      }
    }
    return events;
  }

  reset(): void {
    this.#pending = new Uint8Array(0);
  }

  /** `fresh`: offset from which bytes have not been part of a broken frame. */
  #scan(bytes: Uint8Array, fresh: number, events: FrameEvent[]): void {
    let believeFrom = fresh;
    let offset = 0;
    while (offset < bytes.length) {
      const byte = bytes[offset];
      if (byte !== STX) {
        if (offset >= believeFrom && isControl(byte)) events.push({ type: "control", byte });
        offset += 1;
        continue;
      }
      const frame = frameAt(bytes, offset);
      if (frame === null) break;
      if (frame.body) {
        events.push({ type: "frame", body: frame.body });
        offset = frame.end;
      } else {
        events.push({ type: "corrupt" });
        believeFrom = Math.max(believeFrom, frame.end);
        offset += 1;
      }
    }
    this.#pending = bytes.slice(offset);
  }
}

/** null: incomplete; without body: broken. */
function frameAt(
  bytes: Uint8Array,
  start: number,
): { body: Uint8Array | null; end: number } | null {
  const length = bytes[start + 1];
  if (length === undefined) return null;
  if (length === 0) return { body: null, end: start + 2 };
  const end = start + length + 3;
  if (bytes.length < end) return null;
  const body = bytes.slice(start + 2, end - 1);
  return { body: lrc(length, body) === bytes[end - 1] ? body : null, end };
}

function isControl(byte: number | undefined): byte is ControlByte {
  return byte === ENQ || byte === ACK || byte === NAK;
}

/** A copy: a Buffer's `slice` would only look into the transport's memory. */
function concat(a: Uint8Array, b: Uint8Array): Uint8Array {
  const joined = new Uint8Array(a.length + b.length);
  joined.set(a);
  joined.set(b, a.length);
  return joined;
}
