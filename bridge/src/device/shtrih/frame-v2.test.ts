import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { fromHex, hex } from "./binary.ts";
import { decodeFrameV2, encodeFrameV2 } from "./frame-v2.ts";
import frames from "./vectors/shtrih_frames.json" with { type: "json" };

const vectors = frames.filter(({ framing }) => framing === "v2");

describe("a packet of V2", () => {
  it.each(vectors)("is read from a real log: $desc", ({ hex: text }) => {
    const decoded = decodeFrameV2(fromHex(text) ?? new Uint8Array());
    expect(decoded?.checksumOk).toBe(true);
    if (!decoded) return;
    expect(hex(encodeFrameV2(decoded))).toBe(text);
  });

  it("comes back as it was written, with no bare start byte inside", () => {
    const data = fc.uint8Array({ maxLength: 600 });
    fc.assert(
      fc.property(data, fc.nat({ max: 0xffff }), (content, number) => {
        const wire = encodeFrameV2({ number, data: content });
        expect(wire.lastIndexOf(0x8f)).toBe(0);
        expect(decodeFrameV2(wire)).toEqual({ number, data: content, checksumOk: true });
      }),
    );
  });

  it("knows the packets without data", () => {
    expect(hex(encodeFrameV2({ number: null, data: new Uint8Array() }))).toBe("8f00000f1d");
    expect(decodeFrameV2(Uint8Array.of(0x8f, 0, 0, 0x0f, 0x1d))).toEqual({
      number: null,
      data: new Uint8Array(),
      checksumOk: true,
    });
  });

  it("says when the checksum is wrong", () => {
    expect(decodeFrameV2(fromHex("8f07000300111e000000ad67") ?? new Uint8Array())).toMatchObject({
      checksumOk: false,
    });
  });

  it.each(["8f", "8f0700", "8f07000300111e000000ad", "8f07008f00111e000000ad66", "8f059f001c00"])(
    "is not seen in %s",
    (text) => {
      expect(decodeFrameV2(fromHex(text) ?? new Uint8Array())).toBeNull();
    },
  );

  it("never throws on anything", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), (bytes) => {
        decodeFrameV2(Uint8Array.of(0x8f, ...bytes));
      }),
    );
  });
});
