import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { crc16 } from "../device/shtrih/crc16.ts";
import {
  checkSessionMessage,
  HEADER_LENGTH,
  parseSessionHeader,
  SessionMessageError,
  withFullAProtocol,
} from "./session-message.ts";

const FN = "9999078902000001";

/** A message as a ФН makes it. */
function message(options: { flags?: number; body?: Uint8Array; a?: [number, number] } = {}) {
  const body = options.body ?? Uint8Array.of(1, 2, 3, 4);
  const flags = options.flags ?? 0x14;
  const bytes = Buffer.alloc(HEADER_LENGTH + body.length);
  bytes.write("2a08410a81a2", "hex");
  bytes.set(options.a ?? [0x01, 0x20], 6);
  bytes.write(FN, 8, "latin1");
  bytes.writeUInt16LE(body.length, 24);
  bytes.writeUInt16LE(flags, 26);
  bytes.set(body, HEADER_LENGTH);
  const mode = flags & 3;
  if (mode !== 0) {
    const head = crc16(bytes.subarray(0, 28));
    bytes.writeUInt16LE(mode === 2 ? crc16(body, head) : head, 28);
  }
  return new Uint8Array(bytes);
}

describe("a session message", () => {
  it("has a header of thirty bytes", () => {
    expect(parseSessionHeader(message())).toEqual({
      sProtocol: "81a2",
      aProtocol: "0120",
      fn: FN,
      bodyLength: 4,
      flags: 0x14,
      crc: 0,
    });
  });

  it("may have a body over 32 KB", () => {
    const long = message({ body: new Uint8Array(0x9000) });
    expect(checkSessionMessage(long).bodyLength).toBe(0x9000);
  });

  it.each([0x14, 0x15, 0x16])("passes whole with flags %i", (flags) => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (body) => {
        expect(checkSessionMessage(message({ flags, body })).bodyLength).toBe(body.length);
      }),
    );
  });

  it("shows damage where its checksum covers it", () => {
    const both = message({ flags: 0x16 });
    both[HEADER_LENGTH] = 0x7f;
    expect(() => checkSessionMessage(both)).toThrow(/контрольная сумма/);
    const head = message({ flags: 0x15 });
    head[9] = 0x30;
    expect(() => checkSessionMessage(head)).toThrow(SessionMessageError);
  });

  it("that is cut, too long, or no message at all is refused", () => {
    expect(() => parseSessionHeader(message().subarray(0, 29))).toThrow(/29 байт/);
    expect(() => checkSessionMessage(message().subarray(0, 33))).toThrow(/33 байт.*34/);
    expect(() => checkSessionMessage(Uint8Array.of(...message(), 0))).toThrow(/35 байт/);
    expect(() => parseSessionHeader(new Uint8Array(30))).toThrow(/сигнатура/);
  });
});

describe("a short A-protocol version", () => {
  it.each([
    [0x01, 0x10],
    [0x02, 0x20],
  ])("01 %i goes out as 01 %i", (short, full) => {
    const before = message({ a: [0x01, short] });
    const after = withFullAProtocol(before);
    expect([...after.subarray(6, 8)]).toEqual([0x01, full]);
    expect(after.subarray(8)).toEqual(before.subarray(8));
    expect(before[7]).toBe(short);
  });

  it("stays where a checksum covers it, and so does every other version", () => {
    const signed = message({ flags: 0x15, a: [0x01, 0x02] });
    expect(withFullAProtocol(signed)).toBe(signed);
    for (const a of [
      [0x01, 0x20],
      [0x01, 0x05],
      [0x00, 0x01],
    ] as [number, number][]) {
      const other = message({ a });
      expect(withFullAProtocol(other)).toBe(other);
    }
    expect(withFullAProtocol(Uint8Array.of(1, 2))).toEqual(Uint8Array.of(1, 2));
  });
});
