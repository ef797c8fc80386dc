import { describe, expect, it } from "vitest";
import { deviceErrorName, deviceErrorText, mayFollowSigning } from "./errors.ts";

describe("error bytes", () => {
  it("are named in Russian, with their number", () => {
    expect(deviceErrorText(0x45)).toBe("45h: сумма всех типов оплаты меньше итога чека");
    expect(deviceErrorText(0x06)).toContain("Замените ФН");
  });

  it("01h to 20h are the ФН's, though older devices meant something else", () => {
    expect(deviceErrorName(0x15).name).toBe("fn-unsent-30-days");
    expect(deviceErrorName(0x16).name).toBe("fn-shift-over-24h");
  });

  it("of the ФН-М come moved to A0h", () => {
    expect(deviceErrorName(0xa0).name).toBe("fn-marking-forbidden");
    expect(deviceErrorName(0xc0).name).toBe("date-time-check");
  });

  it("that nobody knows keep their number", () => {
    expect(deviceErrorText(0xee)).toBe("EEh: неизвестная ошибка ККТ");
  });

  it("of the printer don't prove that nothing was signed, errors of the content do", () => {
    for (const code of [0x6b, 0x71, 0x75]) expect(mayFollowSigning(code)).toBe(true);
    for (const code of [0x33, 0x45, 0x4e, 0x50, 0x06, 0x15]) {
      expect(mayFollowSigning(code)).toBe(false);
    }
  });
});
