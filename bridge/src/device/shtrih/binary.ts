/**
 * Little-endian fields of the Shtrih protocol: unsigned integers of 1–6 bytes (money is five bytes
 * of kopecks, quantity six bytes of millionths), and dates in both orders that it uses.
 */

/** A payload ended before the field, or a value does not fit its field. */
export class WireFormatError extends Error {
  override readonly name = "WireFormatError";
}

/** Reads a payload from front to back; every method moves on. */
export class WireReader {
  readonly #bytes: Uint8Array;
  #offset = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  get remaining(): number {
    return this.#bytes.length - this.#offset;
  }

  /** Unsigned little-endian integer of `size` (1–6) bytes. @throws WireFormatError */
  uint(size: number, field: string): number {
    const bytes = this.bytes(size, field);
    let value = 0;
    for (let i = size - 1; i >= 0; i -= 1) value = value * 256 + (bytes[i] ?? 0);
    return value;
  }

  /** @throws WireFormatError if fewer than `size` bytes are left */
  bytes(size: number, field: string): Uint8Array {
    if (this.remaining < size) {
      throw new WireFormatError(
        `${field}: ${String(size)} byte(s) expected at offset ${String(this.#offset)}, ${String(this.remaining)} left`,
      );
    }
    const slice = this.#bytes.subarray(this.#offset, this.#offset + size);
    this.#offset += size;
    return slice;
  }

  rest(): Uint8Array {
    return this.bytes(this.remaining, "rest");
  }

  /** ASCII as it stands on the wire, padding included. */
  ascii(size: number, field: string): string {
    return Buffer.from(this.bytes(size, field)).toString("latin1");
  }

  /** ФН's order YY MM DD → `YYYY-MM-DD`. */
  dateYmd(field: string): string {
    const [y = 0, m = 0, d = 0] = this.bytes(3, field);
    return `20${two(y)}-${two(m)}-${two(d)}`;
  }

  /** Ordinary commands' order DD MM YY → `YYYY-MM-DD`. */
  dateDmy(field: string): string {
    const [d = 0, m = 0, y = 0] = this.bytes(3, field);
    return `20${two(y)}-${two(m)}-${two(d)}`;
  }

  /** ФН's YY MM DD HH MM → `YYYY-MM-DDTHH:MM`. */
  dateTime(field: string): string {
    const date = this.dateYmd(field);
    const [h = 0, min = 0] = this.bytes(2, field);
    return `${date}T${two(h)}:${two(min)}`;
  }

  /** HH MM SS → `HH:MM:SS`. */
  time(field: string): string {
    const [h = 0, m = 0, s = 0] = this.bytes(3, field);
    return `${two(h)}:${two(m)}:${two(s)}`;
  }
}

function two(n: number): string {
  return String(n).padStart(2, "0");
}

/** Builds a payload; chainable. */
export class WireWriter {
  readonly #chunks: number[] = [];

  /** Unsigned little-endian integer of `size` (1–6) bytes. @throws WireFormatError */
  uint(value: number, size: number, field: string): this {
    if (!Number.isSafeInteger(value) || value < 0 || value >= 256 ** size) {
      throw new WireFormatError(
        `${field}: ${String(value)} is no integer from 0 to 256^${String(size)} - 1`,
      );
    }
    let rest = value;
    for (let i = 0; i < size; i += 1) {
      this.#chunks.push(rest % 256);
      rest = Math.floor(rest / 256);
    }
    return this;
  }

  /** Five bytes of kopecks. */
  money(kopecks: number, field: string): this {
    return this.uint(kopecks, 5, field);
  }

  bytes(bytes: Uint8Array): this {
    for (const byte of bytes) this.#chunks.push(byte);
    return this;
  }

  /** Four-byte password; factory values are small numbers (30 = system administrator). */
  password(password: number): this {
    return this.uint(password, 4, "password");
  }

  /** `YYYY-MM-DDTHH:MM` → YY MM DD HH MM. */
  dateTime(value: string, field: string): this {
    const match = /^20(\d\d)-(\d\d)-(\d\d)T(\d\d):(\d\d)$/.exec(value);
    if (!match) throw new WireFormatError(`${field}: "${value}" is not 20YY-MM-DDTHH:MM`);
    return this.bytes(Uint8Array.from(match.slice(1).map(Number)));
  }

  build(): Uint8Array {
    return Uint8Array.from(this.#chunks);
  }
}

export function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("hex");
}

/** Hex text (spaces allowed) → bytes; null if it is not hex or of odd length. */
export function fromHex(text: string): Uint8Array | null {
  const clean = text.replace(/\s+/g, "");
  if (clean.length === 0 || clean.length % 2 !== 0 || !/^[0-9a-fA-F]+$/.test(clean)) return null;
  return new Uint8Array(Buffer.from(clean, "hex"));
}
