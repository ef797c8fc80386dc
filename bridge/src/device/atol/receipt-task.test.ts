import { describe, expect, it } from "vitest";
import type { Receipt } from "../../domain/receipt.ts";
import { CORRECTION, SALE, UUID } from "../contract/receipts.ts";
import { DeviceRefusal } from "../fiscal-device.ts";
import { receiptTask } from "./receipt-task.ts";

const OSN = 1;

describe("a receipt as a JSON task", () => {
  it("has roubles, words and the order's marker", () => {
    expect(receiptTask(SALE, OSN)).toEqual({
      type: "sell",
      taxationType: "osn",
      electronically: false,
      ignoreNonFiscalPrintErrors: true,
      operator: { name: "Кассирова А. А.", vatin: "500100732259" },
      clientInfo: { emailOrPhone: "+79990000000", name: "Иванов И. И." },
      items: [
        {
          type: "position",
          name: "Оправа корригирующая Luxor № 12",
          price: 4500,
          quantity: 1,
          amount: 4500,
          department: 1,
          measurementUnit: 0,
          paymentMethod: "fullPayment",
          paymentObject: 1,
          tax: { type: "none" },
        },
        {
          type: "position",
          name: "Очки солнцезащитные",
          price: 1250.5,
          quantity: 2,
          amount: 2501,
          department: 1,
          measurementUnit: 0,
          paymentMethod: "fullPayment",
          paymentObject: 1,
          tax: { type: "vat22" },
        },
        { type: "userAttribute", name: "ORDER", value: UUID, print: false },
      ],
      payments: [
        { type: "electronically", sum: 4000 },
        { type: "cash", sum: 3500 },
      ],
    });
  });

  it("names what a correction corrects", () => {
    const task = receiptTask(CORRECTION, OSN);
    expect(task).toMatchObject({
      type: "sellCorrection",
      correctionType: "instruction",
      correctionBaseDate: "2026.11.20",
      correctionBaseNumber: "12-34",
    });
    expect(task["items"]).toContainEqual({
      type: "additionalAttribute",
      value: "1234567890",
      print: false,
    });
    const own = receiptTask(
      {
        ...CORRECTION,
        type: "refund_correction",
        correction: { basis: "self", date: "2026-11-20", number: null, wrongFp: null },
      },
      OSN,
    );
    expect(own).toMatchObject({ type: "sellReturnCorrection", correctionType: "self" });
    expect(own).not.toHaveProperty("correctionBaseNumber");
    expect(JSON.stringify(own)).not.toContain("additionalAttribute");
  });

  it("passes agents, suppliers and marks on in the driver's words", () => {
    const [item] = SALE.items;
    const receipt: Receipt = {
      ...SALE,
      items: [
        {
          ...item!,
          agent: {
            bits: 4,
            operation: "приём платежа",
            phones: ["+7900"],
            receiverPhones: ["+7901"],
            transferOperator: { name: "О", address: "М", inn: "7707083893", phones: ["+7902"] },
          },
          supplier: { name: "Поставщик", inn: "7707083893", phones: ["+7903"] },
          mark: "010460043993125621JgXJ5.T\u001d8005112000\u001d93xxxx",
        },
      ],
    };
    const [position] = receiptTask(receipt, OSN)["items"] as Record<string, unknown>[];
    expect(position).toMatchObject({
      agentInfo: {
        agents: ["payingAgent"],
        payingAgent: { operation: "приём платежа", phones: ["+7900"] },
        receivePaymentsOperator: { phones: ["+7901"] },
        moneyTransferOperator: { name: "О", address: "М", vatin: "7707083893", phones: ["+7902"] },
      },
      supplierInfo: { name: "Поставщик", vatin: "7707083893", phones: ["+7903"] },
      imcParams: { itemEstimatedStatus: "itemPieceSold", imcType: "auto" },
    });
  });

  it("is refused where the register could not take it", () => {
    const cases: readonly [Receipt, number, RegExp][] = [
      [SALE, 1 | 2, /не указана система налогообложения/],
      [{ ...SALE, taxSystem: 32 }, OSN, /не зарегистрирована с системой налогообложения 32/],
      [{ ...SALE, electronicOnly: true, customer: null }, OSN, /нужен телефон/],
      [{ ...SALE, items: [{ ...SALE.items[0]!, name: "x".repeat(129) }] }, OSN, /длиннее 128/],
    ];
    for (const [receipt, taxSystems, message] of cases) {
      expect(() => receiptTask(receipt, taxSystems)).toThrow(DeviceRefusal);
      expect(() => receiptTask(receipt, taxSystems)).toThrow(message);
    }
  });
});
