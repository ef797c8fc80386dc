import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { isoUtc, sleep } from "./clock.ts";
import { canonicalJson, contentHash } from "./content-hash.ts";
import { isFiscalCharacter, refusedCharacters, simplifyTypography } from "./fiscal-text.ts";
import { compareHlc, decodeHlc, encodeHlc, HLC_ZERO, observe, tick, type Hlc } from "./hlc.ts";
import { isCompanyInn, isInn, isPersonInn } from "./inn.ts";
import { Listeners } from "./listeners.ts";
import { qrText } from "./qr.ts";
import { formatKey, parseKey } from "./receipt-key.ts";
import { ManualTime } from "./testing/manual-time.ts";
import { orderUuid, parsed, sale, wireRefund, wireSale } from "./testing/receipts.ts";

describe("the key", () => {
  it("is order uuid : attempt", () => {
    const key = { uuid: orderUuid(), attempt: 12 };
    expect(parseKey(formatKey(key))).toEqual(key);
  });

  it.each([
    "",
    orderUuid(),
    `${orderUuid()}:`,
    `${orderUuid()}:0`,
    `${orderUuid()}:01`,
    `${orderUuid()}:-1`,
    `${orderUuid()}:1.5`,
    `${orderUuid()}:10000`,
    `${orderUuid()}:1 `,
    ` ${orderUuid()}:1`,
    `${orderUuid()}:1:1`,
    `${orderUuid().slice(1)}:1`,
    "ABCDEF00-0000-4000-8000-000000000001:1",
    "g0000000-0000-4000-8000-000000000001:1",
  ])("is not %j", (text) => {
    expect(parseKey(text)).toBeNull();
  });
});

describe("the content hash", () => {
  const hash = contentHash(sale());

  it("is the same whatever does not stand in the fiscal content", () => {
    const wire = wireSale();
    const others = [
      { ...wire, customer: { email: "a@example.ru" } },
      { ...wire, customer: null },
      { ...wire, cashier: { name: "Сменщикова Б. Б." } },
      { ...wire, order: { ...wire.order, name: "Другое имя", owner: "other.owner", blob: null } },
      // the sum may be written out or left to be computed
      { ...wire, items: wire.items.map((item) => ({ ...item, sum: null })) },
    ];
    for (const other of others) expect(contentHash(parsed(other))).toBe(hash);
    expect(hash).toMatch(/^[0-9a-f]{64}$/);
  });

  it("differs when anything of the fiscal content does", () => {
    const wire = wireSale();
    const [frame, glasses] = wire.items;
    const others = [
      wireRefund(),
      { ...wire, items: [glasses!, frame!] },
      { ...wire, items: [{ ...frame!, name: "Оправа" }, glasses!] },
      { ...wire, items: [{ ...frame!, vat: 5 }, glasses!] },
      { ...wire, payments: [{ method: "cash" as const, amount: 7500 }] },
      { ...wire, tax_system: 1 },
      { ...wire, customer: { inn: "7707083893" } },
    ];
    const hashes = others.map((other) => contentHash(parsed(other)));
    expect(new Set([hash, ...hashes]).size).toBe(others.length + 1);
  });

  it("does not depend on the order of members", () => {
    expect(canonicalJson({ b: [1, { d: null, c: "я" }], a: true })).toBe(
      '{"a":true,"b":[1,{"c":"я","d":null}]}',
    );
    expect(() => canonicalJson({ a: undefined })).toThrow(TypeError);
  });
});

describe("the hybrid logical clock", () => {
  const wall = fc.integer({ min: 0, max: 4_102_444_800_000 });
  const stamp: fc.Arbitrary<Hlc> = fc.record({
    localTime: wall,
    logicalCounter: fc.nat({ max: 1000 }),
  });

  it("only grows, whatever the wall clock does", () => {
    fc.assert(
      fc.property(fc.array(wall, { minLength: 2 }), (walls) => {
        let last = HLC_ZERO;
        for (const now of walls) {
          const next = tick(last, now);
          expect(compareHlc(next, last)).toBeGreaterThan(0);
          expect(next.localTime).toBeGreaterThanOrEqual(now);
          last = next;
        }
      }),
    );
  });

  it("stays behind nothing that it has seen", () => {
    fc.assert(
      fc.property(stamp, stamp, wall, (own, remote, now) => {
        const next = observe(own, remote, now);
        expect(compareHlc(next, own)).toBeGreaterThan(0);
        expect(compareHlc(next, remote)).toBeGreaterThan(0);
      }),
    );
  });

  it("is a total order", () => {
    fc.assert(
      fc.property(stamp, stamp, (a, b) => {
        expect(Math.sign(compareHlc(a, b))).toBe(-Math.sign(compareHlc(b, a)) + 0);
        if (compareHlc(a, b) === 0) expect(a).toEqual(b);
        expect(decodeHlc(encodeHlc(a))).toEqual(a);
      }),
    );
    expect(() => decodeHlc("1:x")).toThrow(RangeError);
  });
});

describe("the QR code", () => {
  const fiscal = {
    dateTime: "2026-11-22T21:03",
    sumKopecks: 450_000,
    fn: "9999078900000961",
    fd: 101,
    fp: 1_234_567_890,
    operation: 1,
  };

  it("has the legal form", () => {
    expect(qrText(fiscal)).toBe(
      "t=20261122T2103&s=4500.00&fn=9999078900000961&i=101&fp=1234567890&n=1",
    );
  });

  it("takes no other time", () => {
    expect(() => qrText({ ...fiscal, dateTime: "2026-11-22 21:03" })).toThrow(RangeError);
  });
});

describe("ИНН", () => {
  it.each(["7707083893", "7728168971"])("%s is of a company", (inn) => {
    expect([isCompanyInn(inn), isPersonInn(inn), isInn(inn)]).toEqual([true, false, true]);
  });

  it("500100732259 is of a person", () => {
    expect(isPersonInn("500100732259")).toBe(true);
  });

  it("no digit can be mistaken", () => {
    for (const inn of ["7707083893", "500100732259"]) {
      for (let at = 0; at < inn.length; at += 1) {
        const wrong = String((Number(inn[at]) + 1) % 10);
        expect(isInn(inn.slice(0, at) + wrong + inn.slice(at + 1))).toBe(false);
      }
    }
  });
});

describe("text of a fiscal document", () => {
  it("takes exactly what CP866 and CP1251 share", async () => {
    const { default: iconv } = await import("iconv-lite");
    const survives = (character: string): boolean =>
      ["cp866", "win1251"].every(
        (page) => iconv.decode(iconv.encode(character, page), page) === character,
      );
    for (let code = 0x20; code < 0x3000; code += 1) {
      const character = String.fromCodePoint(code);
      const expected = survives(character) && code !== 0x7f;
      expect(isFiscalCharacter(character), code.toString(16)).toBe(expected);
    }
  });

  it("can be made from typography without loss of sense", () => {
    const text = simplifyTypography("«Оправа» — “Ray‑Ban” 5 ₽…");
    expect(text).toBe('"Оправа" - "Ray-Ban" 5 руб....');
    expect(refusedCharacters(text)).toEqual([]);
  });
});

describe("listeners and time", () => {
  it("one that throws leaves the others in peace", () => {
    const errors: unknown[] = [];
    const heard: number[] = [];
    const listeners = new Listeners<number>((error) => errors.push(error));
    listeners.add(() => {
      throw new Error("no");
    });
    const stop = listeners.add((value) => heard.push(value));
    listeners.tell(1);
    stop();
    listeners.tell(2);
    expect([heard, errors.length]).toEqual([[1], 2]);
  });

  it("sleep ends by time or by signal and leaves no timer", async () => {
    const time = new ManualTime();
    const abort = new AbortController();
    const ended: string[] = [];
    void sleep(time, 1000).then(() => ended.push("time"));
    void sleep(time, 5000, abort.signal).then(() => ended.push("signal"));
    await time.advance(1000);
    abort.abort();
    await time.advance(0);
    await sleep(time, 1000, abort.signal);
    expect([ended, time.pendingTimers]).toEqual([["time", "signal"], 0]);
    expect(isoUtc(time)).toBe("2026-11-22T18:03:01.000Z");
  });
});
