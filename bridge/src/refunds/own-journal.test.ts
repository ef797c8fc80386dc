import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { disproved } from "./own-journal.ts";

interface Line {
  readonly sku: string | null;
  readonly name: string;
  readonly quantityMillionths: number;
  readonly sumKopecks: number;
  readonly refundLine?: number;
}

const line = (change: Partial<Line> = {}): Line => ({
  sku: "FR-001",
  name: "Оправа",
  quantityMillionths: 2_000_000,
  sumKopecks: 900_000,
  ...change,
});

describe("what the own journal disproves", () => {
  const original = [line(), line({ sku: null, name: "Линза", sumKopecks: 100_001 })];

  it("has nothing against less than was sold, nor against all of it", () => {
    expect(disproved(original, [], original)).toBeNull();
    const one = line({ quantityMillionths: 1_000_000, sumKopecks: 450_000 });
    expect(disproved(original, [one], [one])).toBeNull();
  });

  it("adds what was taken back before", () => {
    const one = line({ quantityMillionths: 1_500_000, sumKopecks: 100 });
    expect(disproved(original, [one], [one])).toBe(
      "«Оправа»: продано 2, с прежними возвратами вышло бы 3.",
    );
    const dear = line({ quantityMillionths: 1, sumKopecks: 450_001 });
    expect(disproved(original, [dear], [dear])).toBe(
      "«Оправа»: продано на 9000.00, с прежними возвратами вышло бы 9000.02.",
    );
  });

  it("knows an item by its line, then its article, then its name", () => {
    const renamed = line({ name: "Оправа новая" });
    expect(disproved(original, [], [renamed])).toBeNull();
    expect(disproved(original, [], [line({ sku: null, name: "Линза", sumKopecks: 5 })])).toBeNull();
    expect(disproved(original, [], [line({ sku: "X", name: "Футляр" })])).toMatch(/такой позиции/);
    expect(disproved(original, [], [line({ refundLine: 2 })])).toMatch(/продано на 1000\.01/);
    expect(disproved(original, [], [line({ refundLine: 3 })])).toMatch(/такой позиции/);
  });

  it("takes lines of one article together where the refund names no line", () => {
    const split = [line({ sumKopecks: 33_33 }), line({ sumKopecks: 33_34 })];
    const both = line({ quantityMillionths: 4_000_000, sumKopecks: 66_67 });
    expect(disproved(split, [], [both])).toBeNull();
    expect(disproved(split, [], [{ ...both, refundLine: 1 }])).not.toBeNull();
    // one line is used up by number, so that only the other is left for the rest
    const first = line({ sumKopecks: 33_33, refundLine: 1 });
    expect(disproved(split, [first], [both])).not.toBeNull();
    expect(disproved(split, [first], [line({ sumKopecks: 33_34 })])).toBeNull();
  });

  it("does not let an earlier excess elsewhere stand against an honest refund", () => {
    const odd = line({ quantityMillionths: 9_000_000 });
    expect(disproved(original, [odd], [line({ sku: null, name: "Линза", sumKopecks: 1 })])).toBe(
      null,
    );
  });

  const anyLine = fc.record({
    sku: fc.constantFrom(null, "A", "B", "C"),
    name: fc.constantFrom("а", "б", "в", "г"),
    quantityMillionths: fc.integer({ min: 1, max: 5_000_000 }),
    sumKopecks: fc.integer({ min: 0, max: 1_000_000 }),
  });

  /** Cuts each line into what is refunded first and what is left. */
  const cuts = fc
    .array(anyLine, { minLength: 1, maxLength: 6 })
    .chain((lines) =>
      fc.tuple(
        fc.constant(lines),
        fc.tuple(...lines.map(() => fc.tuple(fc.double({ min: 0, max: 1, noNaN: true })))),
        fc.boolean(),
      ),
    )
    .map(([lines, shares, byLine]) => {
      const parts = lines.map((sold, index) => {
        const share = shares[index]?.[0] ?? 0;
        const part = {
          ...sold,
          quantityMillionths: Math.floor(sold.quantityMillionths * share),
          sumKopecks: Math.floor(sold.sumKopecks * share),
          ...(byLine ? { refundLine: index + 1 } : {}),
        };
        const rest = {
          ...part,
          quantityMillionths: sold.quantityMillionths - part.quantityMillionths,
          sumKopecks: sold.sumKopecks - part.sumKopecks,
        };
        return { part, rest };
      });
      return { lines, first: parts.map(({ part }) => part), rest: parts.map(({ rest }) => rest) };
    });

  it("never disproves a refund in two parts that make up the whole", () => {
    fc.assert(
      fc.property(cuts, ({ lines, first, rest }) => {
        expect(disproved(lines, [], first)).toBeNull();
        expect(disproved(lines, first, rest)).toBeNull();
        expect(disproved(lines, rest, first)).toBeNull();
      }),
    );
  });

  it("always disproves one kopeck or one millionth more than the whole", () => {
    fc.assert(
      fc.property(cuts, fc.nat(), fc.boolean(), ({ lines, first, rest }, at, money) => {
        const index = at % rest.length;
        const more = rest.map((item, own) =>
          own !== index
            ? item
            : money
              ? { ...item, sumKopecks: item.sumKopecks + 1 }
              : { ...item, quantityMillionths: item.quantityMillionths + 1 },
        );
        expect(disproved(lines, first, more)).not.toBeNull();
      }),
    );
  });
});
