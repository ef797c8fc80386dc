import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { MAX_KOPECKS } from "./money.ts";
import { changeKopecks, parseReceipt, totalKopecks } from "./parse-receipt.ts";
import { wireReceiptSchema, type WireReceipt } from "./receipt-wire.ts";
import { keyOf, orderUuid, TODAY, wireRefund, wireSale } from "./testing/receipts.ts";

type Json = Record<string, unknown>;

/** The sale with one member changed: `change("items[0].price", 1)`; undefined removes it. */
function change(path: string, value: unknown, base: WireReceipt = wireSale()): Json {
  const copy = structuredClone(base) as unknown as Json;
  const parts = path.split(/[.[\]]+/).filter((part) => part !== "");
  const last = parts.pop()!;
  let target: Json = copy;
  for (const part of parts) target = target[part] as Json;
  if (value === undefined) delete target[last];
  else target[last] = value;
  return copy;
}

function errorsOf(wire: unknown, options: Partial<Parameters<typeof parseReceipt>[1]> = {}) {
  const result = parseReceipt(wire, { today: TODAY, ...options });
  return result.ok ? [] : result.errors;
}

describe("a correct receipt", () => {
  it("comes in as kopecks and millionths, defaults filled in", () => {
    const result = parseReceipt(wireSale(), { today: TODAY, key: keyOf(), posId: "T1" });
    expect(result).toMatchObject({
      ok: true,
      blob: JSON.stringify({ uuid: orderUuid() }),
      receipt: {
        posId: "T1",
        type: "sale",
        order: { uuid: orderUuid(), name: "Заказ 1", owner: "profile-1.nonce-1" },
        items: [
          { priceKopecks: 450_000, quantityMillionths: 1_000_000, sumKopecks: 450_000, vat: 6 },
          { sumKopecks: 250_050, paymentMethod: 4, subject: 1, unit: 0 },
        ],
        customer: { phone: "+79990000000", email: null, name: null, inn: null },
        cashier: { name: "Кассирова А. А.", inn: null },
        taxSystem: null,
        refundOf: null,
        correction: null,
        electronicOnly: false,
      },
    });
    if (!result.ok) return;
    expect(totalKopecks(result.receipt)).toBe(700_050);
    expect(changeKopecks(result.receipt)).toBe(49_950);
    expect(JSON.parse(JSON.stringify(result.receipt))).toEqual(result.receipt);
  });

  it.each([
    ["customer", null],
    ["customer", undefined],
    ["customer", { email: null, phone: null, name: null, inn: null }],
    ["customer", { email: "buyer@example.ru", name: 'ООО "Покупатель"', inn: "7707083893" }],
    ["customer", { inn: "500100732259" }],
    ["cashier.inn", "500100732259"],
    ["tax_system", 32],
    ["order.blob", null],
    ["items[0].sku", null],
    ["items[0].name", "№ 1 · Ёмкость 5° (запас)"],
    ["items[0].name", "Я".repeat(128)],
    ["items[0].sum", 4500.01],
    ["items[0].sum", 4499.99],
    ["items[0].subject", 32],
    ["items[0].unit", 255],
    ["items[1].qty", 0.5],
    ["payments[0].amount", 7000.5],
  ])("may have %s = %j", (path, value) => {
    expect(errorsOf(change(path, value))).toEqual([]);
  });

  it("may be a refund with the rate of its original's day", () => {
    const old = change("items[1].vat", 1, wireRefund()) as unknown as WireReceipt;
    expect(errorsOf(change("refund_of.date", "2025-12-31", old))).toEqual([]);
    expect(errorsOf(old)).toMatchObject([{ field: "items[1].vat" }]);
  });

  it("may be paid by anything as long as the change is cash", () => {
    const payments = ["cash", "electronic", "prepaid", "credit", "other"].map((method) => ({
      method,
      amount: 1400.1,
    }));
    const partly = change("items[0].payment_method", 5) as unknown as WireReceipt;
    expect(errorsOf(change("payments", payments, partly))).toEqual([]);
  });
});

describe("a bad receipt is refused with the field's name:", () => {
  it.each([
    ["items[0].price", -1, "items[0].price", /меньше нуля/],
    ["items[0].price", 4500.001, "items[0].price", /двух знаков/],
    ["items[0].price", "4500", "items[0].price", /ожидается число/],
    ["items[0].price", 1e300, "items[0].price", /не больше/],
    ["items[0].price", undefined, "items[0].price", /обязательное поле/],
    ["items[0].qty", 0, "items[0].qty", /больше нуля/],
    ["items[0].qty", 1.0000001, "items[0].qty", /шести знаков/],
    ["items[0].qty", null, "items[0].qty", /ожидается число/],
    ["items[0].sum", 4500.02, "items[0].sum", /больше чем на копейку/],
    ["items[0].sum", -4500, "items[0].sum", /меньше нуля/],
    ["items[0].vat", 0, "items[0].vat", /неизвестный код НДС/],
    ["items[0].vat", 13, "items[0].vat", /неизвестный код НДС/],
    ["items[0].vat", 6.5, "items[0].vat", /целое число/],
    ["items[0].vat", 1, "items[0].vat", /по 31\.12\.2025/],
    ["items[0].payment_method", 8, "items[0].payment_method", /1–7/],
    ["items[0].subject", 28, "items[0].subject", /тег 1212/],
    ["items[0].subject", 33, "items[0].subject", /маркированные/],
    ["items[0].unit", 1, "items[0].unit", /тег 2108/],
    ["items[0].name", "", "items[0].name", /пустым/],
    ["items[0].name", "   ", "items[0].name", /пустым/],
    ["items[0].name", "Я".repeat(129), "items[0].name", /128/],
    ["items[0].name", "Оправа «Ray»", "items[0].name", /«»» \(U\+00BB\)/],
    ["items[0].name", "Линза — −2,5", "items[0].name", /U\+2014.*U\+2212/],
    ["items[0].name", "100 ₽", "items[0].name", /U\+20BD/],
    ["items[0].name", "очки 😎", "items[0].name", /U\+1F60E/],
    ["items[0].name", "две\nстроки", "items[0].name", /U\+000A/],
    ["items[0].name", "//не печатать", "items[0].name", /\/\//],
    ["items[0].sku", "a\u0000b", "items[0].sku", /управляющих/],
    ["items[0].discount", 5, "items[0].discount", /неизвестное поле/],
    ["items", [], "items", /не меньше 1/],
    ["items", {}, "items", /список/],
    ["payments[1].amount", 4500.49, "payments", /меньше суммы чека/],
    ["payments[0].amount", 7000.51, "payments", /сдача 5000\.01 больше/],
    ["payments[0].method", "bitcoin", "payments[0].method", /допустимы: cash/],
    ["payments[0].amount", -1, "payments[0].amount", /меньше нуля/],
    ["payments", [], "payments", /не меньше 1/],
    ["payments", [{ method: "electronic", amount: 7000.51 }], "payments", /сдача/],
    ["customer.email", "нет", "customer.email", /name@example/],
    ["customer.email", `${"a".repeat(60)}@b.ru`, "customer.email", /64/],
    ["customer.phone", "89990000000", "customer.phone", /\+7/],
    ["customer.phone", "+7999", "customer.phone", /\+7/],
    ["customer.inn", "7707083894", "customer.inn", /ИНН/],
    ["customer.inn", "770708389", "customer.inn", /ИНН/],
    ["customer.name", "П".repeat(257), "customer.name", /256/],
    ["cashier.inn", "7707083893", "cashier.inn", /12 цифр/],
    ["cashier.name", "К".repeat(65), "cashier.name", /64/],
    ["cashier", undefined, "cashier", /обязательное поле/],
    ["tax_system", 8, "tax_system", /1055/],
    ["tax_system", 3, "tax_system", /1055/],
    ["type", "buy", "type", /допустимы: sale, refund/],
    ["pos_id", "T 1", "pos_id", /1–32/],
    ["order.uuid", "12", "order.uuid", /UUID/],
    ["order.uuid", orderUuid().replaceAll("0", "A"), "order.uuid", /UUID/],
    ["order.owner", "short", "order.owner", /8–128/],
    ["order.owner", "profile/nonce", "order.owner", /8–128/],
    ["order.blob", "{", "order.blob", /JSON/],
    ["order.blob", "1", "order.blob", /объект JSON/],
    ["order.blob", JSON.stringify(["я".repeat(270_000)]), "order.blob", /512/],
    ["refund_of", { fn: "1", fd: 1, fp: 1, date: "2026-01-01" }, "refund_of.fn", /16 цифр/],
    ["unknown", 1, "unknown", /неизвестное поле/],
  ])("%s = %j", (path, value, field, message) => {
    const errors = errorsOf(change(path, value));
    const error = errors.find((one) => one.field === field);
    expect(error, JSON.stringify(errors)).toBeDefined();
    expect(error?.message).toMatch(message);
  });

  it.each([null, undefined, 1, "text", [], true])("a body that is %j", (wire) => {
    expect(errorsOf(wire)).toMatchObject([{ field: "body" }]);
  });

  it("a refund without its original, a sale with one", () => {
    expect(errorsOf(change("refund_of", null, wireRefund()))).toMatchObject([
      { field: "refund_of", message: "обязательное поле для возврата" },
    ]);
    expect(errorsOf(change("refund_of", wireRefund().refund_of))).toMatchObject([
      { field: "refund_of", message: "указывается только при возврате" },
    ]);
  });

  it.each([
    ["refund_of.date", "2026-11-23", "refund_of.date"],
    ["refund_of.date", "2026-02-30", "refund_of.date"],
    ["refund_of.date", "22.11.2026", "refund_of.date"],
    ["refund_of.fd", 0, "refund_of.fd"],
    ["refund_of.fp", 0x1_0000_0000, "refund_of.fp"],
    ["payments[0].amount", 7000.51, "payments"],
  ])("a refund with %s = %j", (path, value, field) => {
    expect(errorsOf(change(path, value, wireRefund()))).toMatchObject([{ field }]);
  });

  it("nothing to pay, or more than the device can hold", () => {
    const free = change("items", [{ name: "Салфетка", qty: 1, price: 0, vat: 11 }]);
    expect(errorsOf(free)).toMatchObject([
      { field: "items", message: expect.stringMatching(/больше нуля/) as string },
    ]);
    const price = MAX_KOPECKS / 100;
    const item = { name: "Дорогое", qty: 1, price, vat: 11 };
    const dear = change("items", [item, item]);
    expect(errorsOf(dear)).toMatchObject([
      { field: "items", message: expect.stringMatching(/слишком велика/) as string },
    ]);
    const product = change("items", [{ ...item, qty: 2 }]);
    expect(errorsOf(product)).toMatchObject([
      { field: "items[0].price", message: expect.stringMatching(/слишком велика/) as string },
      { field: "items" },
    ]);
  });

  it("more items than a fiscal document can take", () => {
    const item = wireSale().items[0]!;
    expect(errorsOf(change("items", Array(101).fill(item)))).toMatchObject([
      { field: "items", message: "не больше 100 строк" },
    ]);
  });

  it("another order or till than the call is about", () => {
    expect(errorsOf(wireSale(), { key: keyOf(2), posId: "T2" })).toMatchObject([
      { field: "order.uuid" },
      { field: "pos_id" },
    ]);
  });

  it("all faults at once, each by its name", () => {
    const wire = change("items[0].price", -1);
    (wire["order"] as Json)["owner"] = "x";
    wire["extra"] = true;
    expect(errorsOf(wire).map(({ field }) => field)).toEqual([
      "order.owner",
      "items[0].price",
      "extra",
    ]);
  });
});

it("whatever comes is a receipt or has errors in Russian, never an exception", () => {
  const number = fc.oneof(
    fc.double(),
    fc.integer({ min: 1, max: 1_000_000_000 }).map((kopecks) => kopecks / 100),
    fc.constantFrom(0, 1, 1e-7, 1e15, 8192.01, MAX_KOPECKS / 100, 281_474_976.710655),
  );
  const item = fc.record(
    { name: fc.string({ unit: "grapheme" }), qty: number, price: number, sum: number, vat: number },
    { requiredKeys: ["name", "qty", "price", "vat"] },
  );
  const payment = fc.record({ method: fc.constantFrom("cash", "electronic"), amount: number });
  const wire = fc.oneof(
    fc.anything(),
    fc
      .record({
        items: fc.array(
          fc.oneof(
            item,
            item.map((one) => ({ ...one, name: "Очки", vat: 6 })),
          ),
        ),
        payments: fc.array(payment),
      })
      .map((members) => ({ ...wireSale(), ...members })),
  );
  fc.assert(
    fc.property(wire, (body) => {
      const result = parseReceipt(body, { today: TODAY });
      if (result.ok) expect(totalKopecks(result.receipt)).toBeLessThanOrEqual(MAX_KOPECKS);
      else for (const { message } of result.errors) expect(message).toMatch(/[а-я]/);
    }),
    { numRuns: 2_000 },
  );
});

it("OpenAPI can be generated from the schema", () => {
  const schema = z.toJSONSchema(wireReceiptSchema, { io: "input" });
  expect(schema).toMatchObject({ type: "object", additionalProperties: false });
  expect(JSON.stringify(schema)).toContain("Tag 1199");
});
