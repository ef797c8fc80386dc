import { describe, expect, it } from "vitest";
import { refusalKind, refusalReason } from "../../fiscalization/reasons.ts";
import { taskError } from "./errors.ts";
import { DeviceLinkError, DeviceRefusal } from "../fiscal-device.ts";

function reasonOf(code: number) {
  const error = taskError("sell", code, "описание драйвера");
  if (!(error instanceof DeviceRefusal)) throw error;
  return refusalReason(error);
}

describe("what the cashier reads of an ATOL register's refusal", () => {
  it("has plain words and says whether editing the receipt can help", () => {
    const underpaid = reasonOf(66);
    expect(underpaid).toEqual({
      code: "device_refused",
      deviceCode: 1066,
      text: "Сумма оплаты меньше суммы чека. Проверьте оплату.",
    });
    expect(refusalKind(underpaid)).toBe("content");
    expect(refusalKind(reasonOf(44))).toBe("state");
    expect(refusalKind(reasonOf(68))).toBe("state");
    expect(refusalKind(reasonOf(410))).toBe("content");
  });

  it("is not taken for an error byte of the other family", () => {
    // 69 = 45h: payments below the total there, something else here
    expect(reasonOf(69).text).toContain("ошибкой АТОЛ 69");
    expect(reasonOf(69).text).toContain("описание драйвера");
  });

  it("is no refusal at all where the server does not reach the register", () => {
    expect(taskError("getFnStatus", 2, "Нет связи")).toBeInstanceOf(DeviceLinkError);
  });
});
