import { describe, expect, it } from "vitest";
import { parseOptions } from "./options.ts";

describe("options of the bench", () => {
  it("measures everything by default", () => {
    expect(parseOptions([])).toEqual({
      only: new Set(["a", "b", "c", "d", "e", "f", "g", "h", "i", "k", "l", "m", "n"]),
      count: null,
    });
  });

  it("takes a choice and a count", () => {
    expect(parseOptions(["--only", "d, b", "--n", "40"])).toEqual({
      only: new Set(["d", "b"]),
      count: 40,
    });
  });

  it("says what is allowed", () => {
    expect(() => parseOptions(["--only", "a,x"])).toThrow(
      "--only x: a, b, c, d, e, f, g, h, i, k, l, m, n are allowed",
    );
    expect(() => parseOptions(["--only", ""])).toThrow(
      "a, b, c, d, e, f, g, h, i, k, l, m, n are allowed",
    );
    for (const n of ["0", "-1", "1.5", "many"]) {
      expect(() => parseOptions([`--n=${n}`])).toThrow("a whole number from 1");
    }
    expect(() => parseOptions(["--fast"])).toThrow("--fast");
  });

  it("knows when help is wanted", () => {
    expect(parseOptions(["-h"])).toBeNull();
  });
});
