import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { fromHex, hex, WireFormatError } from "./binary.ts";
import { decodeCp866 } from "./text.ts";
import {
  decodeFvln,
  decodeTlvList,
  decodeVln,
  encodeFvln,
  encodeTlv,
  encodeVln,
  findTlv,
  findTlvString,
  findTlvUint,
  tlvByte,
  tlvFixedString,
  tlvString,
  tlvStruct,
} from "./tlv.ts";
import { readableTlv } from "./tags.ts";
import payloads from "./vectors/shtrih_payloads.json" with { type: "json" };

const vector = (fits: (one: { kind: string; type?: string }) => boolean): Uint8Array =>
  fromHex(payloads.find(fits)?.hex ?? "") ?? new Uint8Array();

describe("the vendor's values", () => {
  it("string", () => {
    const [item] = decodeTlvList(vector(({ kind }) => kind === "tlv"));
    expect(item?.tag).toBe(666);
    expect(decodeCp866(item?.value ?? new Uint8Array())).toBe("Мама, мыла; раму!_AaE)");
    expect(hex(tlvString(666, "Мама, мыла; раму!_AaE)"))).toBe(
      hex(vector(({ kind }) => kind === "tlv")),
    );
  });

  it("VLN and FVLN", () => {
    expect(decodeVln(vector(({ type }) => type === "vln"))).toBe(132);
    expect(decodeFvln(vector(({ type }) => type === "fvln"))).toBe("1.000000");
    expect(hex(encodeFvln(1_000_000, 6))).toBe("0640420f");
  });
});

describe("numbers", () => {
  it("come back", () => {
    fc.assert(
      fc.property(fc.maxSafeNat(), (value) => {
        expect(decodeVln(encodeVln(value))).toBe(value);
      }),
    );
  });

  it("have their decimal point where the first byte says", () => {
    expect(decodeFvln(encodeFvln(5, 3))).toBe("0.005");
    expect(decodeFvln(encodeFvln(12, 0))).toBe("12");
  });

  it("over 2^53 are refused, not rounded", () => {
    expect(() => decodeVln(Uint8Array.of(255, 255, 255, 255, 255, 255, 255))).toThrow(
      WireFormatError,
    );
    expect(() => encodeVln(-1)).toThrow(WireFormatError);
    expect(() => decodeFvln(new Uint8Array())).toThrow(WireFormatError);
  });
});

describe("lists", () => {
  it("come back with tags that nobody knows", () => {
    const item = fc.record({
      tag: fc.nat({ max: 0xffff }),
      value: fc.uint8Array({ maxLength: 50 }),
    });
    fc.assert(
      fc.property(fc.array(item, { maxLength: 8 }), (items) => {
        const wire = Buffer.concat(items.map(({ tag, value }) => encodeTlv(tag, value)));
        const list = decodeTlvList(wire);
        expect(list.map(({ tag, value }) => ({ tag, value: hex(value) }))).toEqual(
          items.map(({ tag, value }) => ({ tag, value: hex(value) })),
        );
      }),
    );
  });

  it("that stop half-way are refused, and never throw anything else", () => {
    expect(() => decodeTlvList(Uint8Array.of(1, 0, 5, 0, 1))).toThrow(WireFormatError);
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), (bytes) => {
        try {
          decodeTlvList(bytes);
        } catch (error) {
          expect(error).toBeInstanceOf(WireFormatError);
        }
        readableTlv(bytes);
      }),
    );
  });

  it("answer for a tag", () => {
    const list = decodeTlvList(
      Buffer.concat([tlvFixedString(1203, "5001007322", 12), tlvByte(2108, 0), tlvByte(1054, 2)]),
    );
    expect(findTlvString(list, 1203)).toBe("5001007322  ");
    expect(findTlvUint(list, 1054)).toBe(2);
    expect(findTlv(list, 9999)).toBeNull();
    expect(findTlvString(list, 9999)).toBeNull();
    expect(findTlvUint(list, 9999)).toBeNull();
  });
});

it("reads for people, unknown tags as hex", () => {
  const wire = Buffer.concat([
    tlvStruct(1084, tlvString(1085, "ORDER"), tlvString(1086, "u-1")),
    encodeTlv(1023, encodeFvln(2_500_000, 6)),
    encodeTlv(1178, Uint8Array.of(0x00, 0x2a, 0x4e, 0x69)),
    encodeTlv(64_000, Uint8Array.of(1, 2)),
  ]);
  expect(readableTlv(wire)).toEqual([
    {
      tag: 1084,
      value: [
        { tag: 1085, value: "ORDER" },
        { tag: 1086, value: "u-1" },
      ],
    },
    { tag: 1023, value: "2.500000" },
    { tag: 1178, value: "2025-12-26T06:24:00" },
    { tag: 64_000, value: "0102" },
  ]);
});
