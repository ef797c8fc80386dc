import { expect, it } from "vitest";
import { fromHex } from "./binary.ts";
import { crc16 } from "./crc16.ts";
import payloads from "./vectors/shtrih_payloads.json" with { type: "json" };

it("agrees with the vendor's test", () => {
  const vector = payloads.find(({ kind }) => kind === "crc16-ccitt-false");
  expect(crc16(fromHex(vector?.hex ?? "") ?? new Uint8Array())).toBe(vector?.expect);
});

it("agrees with the catalogue's check value, in one piece and in two", () => {
  const check = Buffer.from("123456789");
  expect(crc16(check)).toBe(0x29b1);
  expect(crc16(check.subarray(4), crc16(check.subarray(0, 4)))).toBe(0x29b1);
});
