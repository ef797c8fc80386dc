import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { isFiscalCharacter } from "../../domain/fiscal-text.ts";
import { parsed, wireSale } from "../../domain/testing/receipts.ts";
import { VAT_RATES, type VatCode } from "../../domain/vat.ts";
import type { Receipt } from "../../domain/receipt.ts";
import { DeviceRefusal } from "../fiscal-device.ts";
import { closeReceipt } from "./commands/close-receipt.ts";
import { operation } from "./commands/operation.ts";
import { commandBody } from "./commands/command.ts";
import { MAX_TLV } from "./commands/tlv-request.ts";
import { encodeFrame } from "./frame.ts";
import { cashierTlvs, planClose, planReceipt } from "./receipt-plan.ts";
import { readableTlv } from "./tags.ts";

const OPTIONS = { password: 30, taxSystems: 1 };

const RECEIPT: Receipt = {
  posId: "T1",
  type: "sale",
  order: { uuid: "u-1", name: "Заказ 1", owner: "p.n" },
  items: [
    {
      sku: null,
      name: "Очки",
      quantityMillionths: 1_500_000,
      priceKopecks: 10_000,
      sumKopecks: 15_000,
      vat: 11,
      paymentMethod: 1,
      subject: 10,
      unit: 0,
    },
  ],
  payments: [{ method: "cash", kopecks: 15_000 }],
  customer: null,
  cashier: { name: "Кассирова А. А.", inn: null },
  taxSystem: null,
  refundOf: null,
  correction: null,
  electronicOnly: false,
};

/** The one structure that an FF0C carries. */
function single(tlv: Uint8Array): unknown {
  const [only, ...more] = readableTlv(tlv);
  expect(more).toEqual([]);
  return only;
}

function tlvs(receipt: Receipt): unknown[] {
  return planReceipt(receipt, OPTIONS).documentTlvs.map(single);
}

describe("a plan", () => {
  it("opens by the receipt's type", () => {
    expect(planReceipt(RECEIPT, OPTIONS).open).toEqual({ password: 30, type: 0 });
    const refund = planReceipt({ ...RECEIPT, type: "refund" }, OPTIONS);
    expect(refund.open.type).toBe(2);
    expect(refund.items[0]?.operation.op).toBe(2);
  });

  it("gives the item's values as they are, and its unit", () => {
    const [item] = planReceipt(RECEIPT, OPTIONS).items;
    expect(item?.operation).toEqual({
      password: 30,
      op: 1,
      quantity: 1_500_000,
      price: 10_000,
      sum: 15_000,
      tax: null,
      rate: 203,
      department: 0,
      paymentMethod: 1,
      subject: 10,
      name: "Очки",
    });
    expect(item?.tlvs.map((tlv) => readableTlv(tlv))).toEqual([[{ tag: 2108, value: 0 }]]);
  });

  it.each(Object.keys(VAT_RATES).map(Number) as VatCode[])("has a rate byte for VAT %i", (vat) => {
    const items = RECEIPT.items.map((item) => ({ ...item, vat }));
    expect(planReceipt({ ...RECEIPT, items }, OPTIONS).items[0]?.operation.rate).toBeGreaterThan(0);
  });

  it("marks the document with the order and names the cashier", () => {
    expect(tlvs(RECEIPT)).toEqual([
      { tag: 1021, value: "Кассирова А. А." },
      {
        tag: 1084,
        value: [
          { tag: 1085, value: "ORDER" },
          { tag: 1086, value: "u-1" },
        ],
      },
    ]);
  });

  it("names the buyer, the e-mail before the phone, ИНН in full width", () => {
    const customer = {
      email: "a@b.example",
      phone: "+79990000000",
      name: "ООО «Ромашка»",
      inn: "7707083893",
    };
    expect(tlvs({ ...RECEIPT, customer })).toContainEqual({ tag: 1008, value: "a@b.example" });
    expect(tlvs({ ...RECEIPT, customer })).toContainEqual({
      tag: 1256,
      value: [
        { tag: 1227, value: 'ООО "Ромашка"' },
        { tag: 1228, value: "7707083893  " },
      ],
    });
    expect(tlvs({ ...RECEIPT, customer: { ...customer, email: null } })).toContainEqual({
      tag: 1008,
      value: "+79990000000",
    });
    const cashier = { name: "К", inn: "500100732259" };
    expect(cashierTlvs(cashier).map(single)).toContainEqual({
      tag: 1203,
      value: "500100732259",
    });
  });

  it("puts every kind of payment into its slot, added up", () => {
    const payments = [
      { method: "cash", kopecks: 1 },
      { method: "electronic", kopecks: 2 },
      { method: "electronic", kopecks: 20 },
      { method: "prepaid", kopecks: 3 },
      { method: "credit", kopecks: 4 },
      { method: "other", kopecks: 5 },
    ] as const;
    const { payments: slots } = planClose({ ...RECEIPT, payments }, OPTIONS);
    expect(slots).toEqual([1, 22, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 3, 4, 5]);
  });

  it("takes the device's only tax system, or the one that was asked for", () => {
    expect(planClose(RECEIPT, { ...OPTIONS, taxSystems: 4 }).taxSystem).toBe(4);
    const asked = { ...RECEIPT, taxSystem: 32 };
    expect(planClose(asked, { ...OPTIONS, taxSystems: 33 }).taxSystem).toBe(32);
    expect(() => planClose(RECEIPT, { ...OPTIONS, taxSystems: 33 })).toThrow(/1055/);
    expect(() => planClose(asked, OPTIONS)).toThrow(DeviceRefusal);
  });

  it("refuses what the device cannot take, before anything is sent", () => {
    const named = (name: string): Receipt => ({
      ...RECEIPT,
      items: RECEIPT.items.map((item) => ({ ...item, name })),
    });
    expect(() => planReceipt(named("漢"), OPTIONS)).toThrow(/U\+6F22/);
    expect(() => planReceipt(named("я".repeat(129)), OPTIONS)).toThrow(/128/);
    const supplier = { name: "я".repeat(243), inn: "7707083893", phones: [] };
    const items = RECEIPT.items.map((item) => ({ ...item, supplier }));
    expect(() => planReceipt({ ...RECEIPT, items }, OPTIONS)).toThrow(/1224.*249/);
  });

  it("tells why and of what a correction is", () => {
    const correction = {
      basis: "instruction",
      date: "2026-11-20",
      number: "7-А",
      wrongFp: 123_456,
    } as const;
    const plan = planReceipt({ ...RECEIPT, type: "refund_correction", correction }, OPTIONS);
    expect(plan.open.type).toBe(0x82);
    expect(plan.items[0]?.operation.op).toBe(2);
    expect(plan.documentTlvs.map(single)).toEqual([
      expect.objectContaining({ tag: 1021 }),
      { tag: 1173, value: 1 },
      {
        tag: 1174,
        value: [
          { tag: 1178, value: "2026-11-20T00:00:00" },
          { tag: 1179, value: "7-А" },
        ],
      },
      { tag: 1192, value: "123456" },
      expect.objectContaining({ tag: 1084 }),
    ]);
    const own = { ...correction, basis: "self", number: null, wrongFp: null } as const;
    const self = { ...RECEIPT, type: "sale_correction", correction: own } as const;
    expect(planReceipt(self, OPTIONS).open.type).toBe(0x80);
    expect(tlvs(self)).toContainEqual({ tag: 1173, value: 0 });
    expect(tlvs(self)).toContainEqual({
      tag: 1174,
      value: [{ tag: 1178, value: "2026-11-20T00:00:00" }],
    });
  });

  it("names the agent and whose goods they are", () => {
    const phone = "+79990000000";
    const item = {
      ...RECEIPT.items[0]!,
      agent: {
        bits: 1,
        operation: "Перевод",
        phones: [phone],
        receiverPhones: [phone],
        transferOperator: {
          name: "Банк",
          address: "Москва",
          inn: "7707083893",
          phones: [phone],
        },
      },
      supplier: { name: "Мастерская", inn: "500100732259", phones: [phone, phone] },
    };
    const [planned] = planReceipt({ ...RECEIPT, items: [item] }, OPTIONS).items;
    expect(planned?.tlvs.map(single)).toEqual([
      { tag: 2108, value: 0 },
      { tag: 1222, value: 1 },
      {
        tag: 1223,
        value: [
          { tag: 1075, value: phone },
          { tag: 1044, value: "Перевод" },
          { tag: 1073, value: phone },
          { tag: 1074, value: phone },
          { tag: 1026, value: "Банк" },
          { tag: 1005, value: "Москва" },
          { tag: 1016, value: "7707083893  " },
        ],
      },
      {
        tag: 1224,
        value: [
          { tag: 1171, value: phone },
          { tag: 1171, value: phone },
          { tag: 1225, value: "Мастерская" },
        ],
      },
      { tag: 1226, value: "500100732259" },
    ]);
  });
});

it("everything that the door lets in fits the frames of the line", () => {
  const letter = fc
    .oneof(fc.integer({ min: 0x20, max: 0x7e }), fc.integer({ min: 0x400, max: 0x45f }))
    .map((code) => String.fromCodePoint(code))
    .filter(isFiscalCharacter);
  const text = (max: number) =>
    fc
      .string({ unit: letter, minLength: 1, maxLength: max, size: "max" })
      .map((x) => `К${x.slice(1)}`);
  const kopecks = fc.integer({ min: 1, max: 1_000_000_000 });
  fc.assert(
    fc.property(text(128), text(256), text(64), kopecks, (name, buyer, cashier, price) => {
      const receipt = parsed({
        ...wireSale(),
        items: [{ name, qty: 1.5, price: price / 100, vat: 11 }],
        payments: [{ method: "cash", amount: price / 50 }],
        customer: { name: buyer, inn: "500100732259", email: `${"b".repeat(55)}@mail.ru` },
        cashier: { name: cashier, inn: "500100732259" },
      });
      const plan = planReceipt(receipt, OPTIONS);
      const bodies = [
        ...plan.items.map((item) => commandBody(0xff46, operation.encodeRequest(item.operation))),
        // a longer one goes through the ФН's buffer, in pieces
        ...plan.documentTlvs
          .filter((tlv) => tlv.length <= MAX_TLV)
          .map((tlv) => commandBody(0xff0c, Buffer.concat([Buffer.alloc(4), tlv]))),
        commandBody(0xff45, closeReceipt.encodeRequest(plan.close)),
      ];
      for (const body of bodies) expect(encodeFrame(body).length).toBeGreaterThan(0);
    }),
    { numRuns: 300, endOnFailure: true },
  );
});
