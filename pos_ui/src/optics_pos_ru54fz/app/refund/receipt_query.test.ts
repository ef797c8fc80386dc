import { expect, it } from "vitest";
import { queryOf } from "./receipt_query.ts";

const QR = "t=20261122T2103&s=4500.00&fn=9999078900000101&i=12&fp=4123456789&n=1";

it("reads the paper's QR code", () => {
  expect(queryOf(` ${QR}\n`, "", 2026)).toEqual({
    qr: QR,
    fn: "9999078900000101",
    fd: 12,
    fp: "4123456789",
  });
});

it("reads it from a scanner that types on a Russian layout", () => {
  // «&» is «?» there, «.» is «ю» or «/»
  const russian = "е=20261122Е2103?ы=4500ю00?ат=9999078900000101?ш=12?аз=4123456789?т=1";
  expect(queryOf(russian, "", 2026)).toMatchObject({ fn: "9999078900000101", fd: 12 });
});

it("takes dates as they are written here", () => {
  expect(queryOf("22.11.2026", "", 2026)).toEqual({ date: "2026-11-22" });
  expect(queryOf("2.1.26", "", 2026)).toEqual({ date: "2026-01-02" });
  expect(queryOf("22.11", "", 2026)).toEqual({ date: "2026-11-22" });
  expect(queryOf("2026-11-22", "", 2026)).toEqual({ date: "2026-11-22" });
  expect(queryOf("31.02.2026", "", 2026)).toEqual({ text: "31.02.2026" });
});

it("looks for anything else as text, also on one day", () => {
  expect(queryOf("Иванов", "", 2026)).toEqual({ text: "Иванов" });
  expect(queryOf("00012", "2026-11-22", 2026)).toEqual({ text: "00012", date: "2026-11-22" });
  expect(queryOf("", "2026-11-22", 2026)).toEqual({ date: "2026-11-22" });
  expect(queryOf("  ", "", 2026)).toBeNull();
  expect(queryOf("t=1&fn=1", "", 2026)).toEqual({ text: "t=1&fn=1" });
});
