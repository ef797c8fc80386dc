import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { fromHex, hex, WireFormatError, WireReader, WireWriter } from "./binary.ts";

describe("integers", () => {
  it("come back from one to six bytes", () => {
    const sized = fc.integer({ min: 1, max: 6 }).chain((size) =>
      fc.tuple(
        fc.constant(size),
        fc.maxSafeNat().map((n) => n % 256 ** size),
      ),
    );
    fc.assert(
      fc.property(sized, ([size, value]) => {
        const wire = new WireWriter().uint(value, size, "x").build();
        expect(wire.length).toBe(size);
        expect(new WireReader(wire).uint(size, "x")).toBe(value);
      }),
    );
  });

  it("are little-endian: 100.00 roubles are 1027000000", () => {
    expect(hex(new WireWriter().money(10_000, "price").build())).toBe("1027000000");
  });

  it.each([-1, 1.5, 256 ** 5, NaN])("does not write %s into five bytes", (value) => {
    expect(() => new WireWriter().money(value, "price")).toThrow(WireFormatError);
  });

  it("says which field is missing, and where", () => {
    const reader = new WireReader(Uint8Array.of(1, 2, 3));
    reader.uint(2, "shift");
    expect(() => reader.uint(4, "fd")).toThrow(/fd: 4 byte\(s\) expected at offset 2, 1 left/);
  });
});

describe("dates", () => {
  it("stand in two orders", () => {
    const wire = Uint8Array.of(26, 11, 22, 21, 3);
    expect(new WireReader(wire).dateTime("dt")).toBe("2026-11-22T21:03");
    expect(new WireReader(Uint8Array.of(22, 11, 26)).dateDmy("d")).toBe("2026-11-22");
    expect(new WireReader(Uint8Array.of(9, 8, 7)).time("t")).toBe("09:08:07");
    expect(hex(new WireWriter().dateTime("2026-11-22T21:03", "dt").build())).toBe(hex(wire));
    expect(() => new WireWriter().dateTime("22.11.2026", "dt")).toThrow(WireFormatError);
  });
});

it("reads hex with spaces, and nothing else", () => {
  expect(fromHex("02 06 8D")).toEqual(Uint8Array.of(2, 6, 0x8d));
  for (const bad of ["", "2", "0x02", "zz"]) expect(fromHex(bad)).toBeNull();
});
