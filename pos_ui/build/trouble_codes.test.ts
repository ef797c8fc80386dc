import { readFileSync } from "node:fs";
import fc from "fast-check";
import { expect, test } from "vitest";
import { PROBLEMS } from "../../bridge/src/http/problems.ts";
import { ALARM_TEXTS, REASONS } from "../../bridge/src/fiscalization/reasons.ts";
import { offerOf, TROUBLE_OF, troubleOf } from "../src/optics_pos_ru54fz/app/trouble/trouble.ts";

const contracts = readFileSync(new URL("../../docs/contracts.md", import.meta.url), "utf8");

/** The codes of the table «Problem codes». */
function codesOfContracts(): string[] {
  const table = contracts.split("### Problem codes")[1]?.split("\n\n")[0] ?? "";
  const rows = table.split("\n").filter((line) => /^\| \d/.test(line));
  const codes = rows.flatMap((row) =>
    [...(row.split("|")[2] ?? "").matchAll(/`([a-z_]+)`/g)].map((found) => found[1] ?? ""),
  );
  return codes.filter(
    (code) => !["errors", "receipt", "expected_attempt", "rejected"].includes(code),
  );
}

test("every code of the contracts has its screen", () => {
  const codes = codesOfContracts();
  expect(codes.length).toBeGreaterThan(45);
  expect(codes.filter((code) => !Object.hasOwn(TROUBLE_OF, code))).toEqual([]);
});

test("every code that the bridge can answer has its screen", () => {
  const codes = [
    ...Object.keys(PROBLEMS),
    ...Object.keys(ALARM_TEXTS),
    ...Object.values(REASONS).map(({ code }) => code),
  ];
  expect(codes.filter((code) => !Object.hasOwn(TROUBLE_OF, code))).toEqual([]);
});

test("whatever is said, there is a screen; an unknown word is nobody's fault but ours", () => {
  const known = new Set(Object.values(TROUBLE_OF));
  fc.assert(
    fc.property(
      fc.oneof(fc.string(), fc.constantFrom("__proto__", "constructor", "http_502", "")),
      fc.option(fc.integer({ min: 0, max: 2_000 })),
      (code, deviceCode) => {
        const trouble = troubleOf({ code, deviceCode });
        expect(typeof trouble).toBe("string");
        if (!Object.hasOwn(TROUBLE_OF, code) && deviceCode === null) {
          expect(trouble).toBe("program_error");
        }
        return known.size > 0;
      },
    ),
  );
});

test.each([
  [0x05, "fn_expired"],
  [0x06, "fn_full"],
  [0x16, "shift_expired"],
  [0x4e, "shift_expired"],
  [0x6b, "paper_out"],
  [1044, "paper_out"],
  [1045, "cover_open"],
  [1121, "fn_full"],
  [0x33, "device_refused"],
])("the register's %s is %s", (deviceCode, trouble) => {
  expect(troubleOf({ code: "device_refused", deviceCode })).toBe(trouble);
});

test("a shift that is too old offers the Z report", () => {
  expect(offerOf("shift_expired")).toBe("shift_and_cash");
  expect(offerOf("paper_out")).toBeNull();
});
