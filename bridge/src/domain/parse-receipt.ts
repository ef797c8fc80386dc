/** From the wire to the inside: roubles → kopecks, and the rules that span several members. */
import {
  MAX_KOPECKS,
  MILLION,
  formatKopecks,
  kopecksFromRoubles,
  millionthsFromQuantity,
  multiply,
  withinOneKopeck,
  type Exact,
} from "./money.ts";
import { formatKey } from "./receipt-key.ts";
import { agentErrors, toAgent, toSupplier } from "./agent-wire.ts";
import { givesMoneyBack, isCorrection } from "./receipt-kind.ts";
import type {
  Correction,
  Customer,
  Payment,
  Receipt,
  ReceiptItem,
  ReceiptKey,
  RefundOf,
} from "./receipt.ts";
import { MARKED_SUBJECTS, wireReceiptSchema, type CheckedWireReceipt } from "./receipt-wire.ts";
import { settlementErrors } from "./settlement-rules.ts";
import { VAT_RATES, isVatCode, vatAllowedOn, vatPeriod, type VatCode } from "./vat.ts";
import { fieldErrors, russianMessage, type FieldError } from "./wire-errors.ts";

export interface ParseOptions {
  /** Local date of the till, `YYYY-MM-DD`. */
  readonly today: string;
  /** When given, the order's uuid must be the key's. */
  readonly key?: ReceiptKey;
  /** When given, `pos_id` must be this till. */
  readonly posId?: string;
  /** `[features] marking`; off when absent. */
  readonly marking?: boolean;
}

export type ParseResult =
  | { readonly ok: true; readonly receipt: Receipt; readonly blob: string | null }
  | {
      readonly ok: false;
      readonly errors: readonly FieldError[];
      /** A marking code came and the feature is off: problem `marking_disabled`. */
      readonly markingDisabled: boolean;
    };

export function parseReceipt(wire: unknown, options: ParseOptions): ParseResult {
  const checked = wireReceiptSchema.safeParse(wire, { error: russianMessage });
  if (!checked.success) {
    return { ok: false, errors: fieldErrors(checked.error), markingDisabled: false };
  }
  const receipt = toReceipt(checked.data);
  const disabled = options.marking === true ? [] : disabledMarks(receipt);
  if (disabled.length > 0) return { ok: false, errors: disabled, markingDisabled: true };
  const errors = [
    ...addressErrors(receipt, options),
    ...itemErrors(receipt, options.today),
    ...moneyErrors(receipt),
    ...settlementErrors(receipt),
    ...refundErrors(receipt, options.today),
    ...correctionErrors(receipt, options.today),
    ...electronicErrors(receipt),
    ...markErrors(receipt),
  ];
  if (errors.length > 0) return { ok: false, errors, markingDisabled: false };
  return { ok: true, receipt, blob: checked.data.order.blob ?? null };
}

/** Total of the receipt, tag 1020, kopecks. */
export function totalKopecks(receipt: Pick<Receipt, "items">): number {
  return receipt.items.reduce((total, item) => total + item.sumKopecks, 0);
}

/** What the customer gets back in cash, kopecks. */
export function changeKopecks(receipt: Pick<Receipt, "items" | "payments">): number {
  return paidKopecks(receipt.payments) - totalKopecks(receipt);
}

/** The day whose VAT rates apply: the original's for a refund, the corrected one, else today. */
export function settlementDate(
  receipt: Pick<Receipt, "refundOf" | "correction">,
  today: string,
): string {
  return receipt.correction?.date ?? receipt.refundOf?.date ?? today;
}

function paidKopecks(payments: readonly Payment[]): number {
  return payments.reduce((total, payment) => total + payment.kopecks, 0);
}

function toReceipt(wire: CheckedWireReceipt): Receipt {
  return {
    posId: wire.pos_id,
    type: wire.type,
    order: { uuid: wire.order.uuid, name: wire.order.name, owner: wire.order.owner },
    items: wire.items.map(toItem),
    payments: wire.payments.map(({ method, amount }) => ({
      method,
      kopecks: exact(kopecksFromRoubles(amount)),
    })),
    customer: toCustomer(wire.customer),
    cashier: { name: wire.cashier.name, inn: wire.cashier.inn ?? null },
    taxSystem: wire.tax_system ?? null,
    refundOf: toRefundOf(wire.refund_of),
    correction: toCorrection(wire.correction),
    electronicOnly: wire.electronic_only ?? false,
  };
}

function toItem(item: CheckedWireReceipt["items"][number]): ReceiptItem {
  const priceKopecks = exact(kopecksFromRoubles(item.price));
  const quantityMillionths = exact(millionthsFromQuantity(item.qty));
  return {
    sku: item.sku ?? null,
    name: item.name,
    quantityMillionths,
    priceKopecks,
    sumKopecks:
      item.sum == null
        ? multiply(priceKopecks, quantityMillionths)
        : exact(kopecksFromRoubles(item.sum)),
    vat: vatCode(item.vat),
    paymentMethod: item.payment_method,
    subject: item.subject,
    unit: item.unit,
    ...(item.agent == null ? {} : { agent: toAgent(item.agent) }),
    ...(item.supplier == null ? {} : { supplier: toSupplier(item.supplier) }),
    ...(item.mark == null ? {} : { mark: item.mark }),
    ...(item.refund_line == null ? {} : { refundLine: item.refund_line }),
  };
}

/** null when the customer carries nothing at all. */
function toCustomer(wire: CheckedWireReceipt["customer"]): Customer | null {
  if (wire == null) return null;
  const customer = {
    email: wire.email ?? null,
    phone: wire.phone ?? null,
    name: wire.name ?? null,
    inn: wire.inn ?? null,
  };
  return Object.values(customer).some((value) => value !== null) ? customer : null;
}

function toRefundOf(wire: CheckedWireReceipt["refund_of"]): RefundOf | null {
  return wire == null ? null : { fn: wire.fn, fd: wire.fd, fp: wire.fp, date: wire.date };
}

function toCorrection(wire: CheckedWireReceipt["correction"]): Correction | null {
  if (wire == null) return null;
  const { basis, date } = wire;
  return { basis, date, number: wire.number ?? null, wrongFp: wire.wrong_fp ?? null };
}

/** The schema has checked the number already. */
function exact(result: Exact): number {
  if (!result.ok) throw new RangeError(result.message);
  return result.value;
}

function vatCode(code: number): VatCode {
  if (!isVatCode(code)) throw new RangeError(`not a VAT code: ${code}`);
  return code;
}

function addressErrors(receipt: Receipt, { key, posId }: ParseOptions): FieldError[] {
  const errors: FieldError[] = [];
  if (key !== undefined && key.uuid !== receipt.order.uuid) {
    errors.push({
      field: "order.uuid",
      message: `не совпадает с Idempotency-Key ${formatKey(key)}`,
    });
  }
  if (posId !== undefined && posId !== receipt.posId) {
    errors.push({ field: "pos_id", message: `эта касса — ${posId}, чек для ${receipt.posId}` });
  }
  return errors;
}

function itemErrors(receipt: Receipt, today: string): FieldError[] {
  const date = settlementDate(receipt, today);
  return receipt.items.flatMap((item, index) => {
    const errors: FieldError[] = [];
    const { sumKopecks, priceKopecks, quantityMillionths, vat } = item;
    const computed = multiply(priceKopecks, quantityMillionths);
    if (Math.max(sumKopecks, computed) > MAX_KOPECKS) {
      errors.push({ field: `items[${index}].price`, message: "цена × количество слишком велика" });
    } else if (!withinOneKopeck(sumKopecks, priceKopecks, quantityMillionths)) {
      errors.push({
        field: `items[${index}].sum`,
        message: `сумма ${formatKopecks(sumKopecks)} отличается от цены × количество (${formatKopecks(computed)}) больше чем на копейку`,
      });
    }
    if (!vatAllowedOn(vat, date)) {
      errors.push({
        field: `items[${index}].vat`,
        message: `ставка «${VAT_RATES[vat].label}» (код ${vat}) действует ${vatPeriod(vat)}, дата расчёта ${date}`,
      });
    }
    if (item.refundLine !== undefined && !givesMoneyBack(receipt.type)) {
      errors.push({
        field: `items[${index}].refund_line`,
        message: "указывается только при возврате",
      });
    }
    return [...errors, ...agentErrors(item.agent, item.supplier, `items[${index}]`)];
  });
}

function moneyErrors(receipt: Receipt): FieldError[] {
  const total = totalKopecks(receipt);
  if (total === 0) return [{ field: "items", message: "сумма чека должна быть больше нуля" }];
  if (total > MAX_KOPECKS) return [{ field: "items", message: "сумма чека слишком велика" }];
  const paid = paidKopecks(receipt.payments);
  if (paid > MAX_KOPECKS) return [{ field: "payments", message: "сумма оплат слишком велика" }];
  if (paid < total) {
    return [
      {
        field: "payments",
        message: `оплачено ${formatKopecks(paid)}, меньше суммы чека ${formatKopecks(total)}`,
      },
    ];
  }
  if (paid > total && receipt.type !== "sale") {
    const what = givesMoneyBack(receipt.type) ? "возвращается" : "в чеке коррекции оплачено";
    return [{ field: "payments", message: `${what} ${formatKopecks(paid)}, больше суммы чека` }];
  }
  const cash = paidKopecks(receipt.payments.filter(({ method }) => method === "cash"));
  if (paid - total > cash) {
    return [
      {
        field: "payments",
        message: `сдача ${formatKopecks(paid - total)} больше внесённых наличных ${formatKopecks(cash)}`,
      },
    ];
  }
  return [];
}

function refundErrors({ type, refundOf }: Receipt, today: string): FieldError[] {
  if (type !== "refund") {
    return refundOf === null
      ? []
      : [{ field: "refund_of", message: "указывается только при возврате" }];
  }
  if (refundOf === null) {
    return [{ field: "refund_of", message: "обязательное поле для возврата" }];
  }
  return refundOf.date > today
    ? [{ field: "refund_of.date", message: "дата исходного чека не может быть в будущем" }]
    : [];
}

/** Tags 1173, 1174, 1192; 54-ФЗ ст. 4.3 п. 4. */
function correctionErrors({ type, correction }: Receipt, today: string): FieldError[] {
  if (!isCorrection(type)) {
    return correction === null
      ? []
      : [{ field: "correction", message: "указывается только в чеке коррекции" }];
  }
  if (correction === null) {
    return [{ field: "correction", message: "обязательное поле для чека коррекции" }];
  }
  const errors: FieldError[] = [];
  const byInstruction = correction.basis === "instruction";
  if (byInstruction && correction.number === null) {
    errors.push({ field: "correction.number", message: "обязательное поле для предписания" });
  }
  if (!byInstruction && correction.number !== null) {
    errors.push({ field: "correction.number", message: "указывается только для предписания" });
  }
  if (correction.date > today) {
    errors.push({
      field: "correction.date",
      message: "дата корректируемого расчёта не может быть в будущем",
    });
  }
  return errors;
}

function electronicErrors({ electronicOnly, customer }: Receipt): FieldError[] {
  if (!electronicOnly || customer?.email != null || customer?.phone != null) return [];
  return [
    {
      field: "electronic_only",
      message: "чек без бумаги возможен, только если есть e-mail или телефон покупателя",
    },
  ];
}

function disabledMarks({ items }: Receipt): FieldError[] {
  const message = "маркированные товары этой кассой не продаются: [features] marking выключено";
  return items.flatMap((item, index) =>
    item.mark === undefined ? [] : [{ field: `items[${index}].mark`, message }],
  );
}

/** A marking code, a subject that says so, one piece: all or none. */
function markErrors({ items }: Receipt): FieldError[] {
  return items.flatMap((item, index): FieldError[] => {
    const path = `items[${index}]`;
    const marked = MARKED_SUBJECTS.includes(item.subject);
    if (item.mark === undefined) {
      const message = "маркированные товары (31, 33) продаются только с кодом маркировки (mark)";
      return marked ? [{ field: `${path}.subject`, message }] : [];
    }
    if (!marked) {
      const message = "у товара с кодом маркировки предмет расчёта 31 или 33 (тег 1212)";
      return [{ field: `${path}.subject`, message }];
    }
    if (item.quantityMillionths !== MILLION || item.unit !== 0) {
      return [{ field: `${path}.qty`, message: "товар с кодом маркировки продаётся поштучно" }];
    }
    return [];
  });
}
