/**
 * How items (tag 1214) and payments (1031, 1081, 1215–1217) must fit together: what the ФНС's format
 * control and the meaning of the requisites demand (order ЕД-7-20/662@). Pure.
 */
import { formatKopecks } from "./money.ts";
import type { PaymentMethod, Receipt, ReceiptItem } from "./receipt.ts";
import { VAT_RATES, type VatCode } from "./vat.ts";
import type { FieldError } from "./wire-errors.ts";

/** Tag 1214. */
export const METHOD = {
  fullPrepayment: 1,
  prepayment: 2,
  advance: 3,
  full: 4,
  partial: 5,
  credit: 6,
  creditPayment: 7,
} as const;

/** Money before the goods: the VAT is the calculated one. */
const BEFORE: readonly number[] = [METHOD.fullPrepayment, METHOD.prepayment, METHOD.advance];
/** Part or all of the price is paid later. */
const ON_CREDIT: readonly number[] = [METHOD.partial, METHOD.credit];
/** What an earlier payment may be set off against: not new money without goods. */
const TAKES_OFFSET: readonly number[] = [
  METHOD.fullPrepayment,
  METHOD.prepayment,
  METHOD.full,
  METHOD.partial,
  METHOD.credit,
];
/** Tag 1212: платёж. */
const SUBJECT_PAYMENT = 10;
/** 20/120, 10/110, 5/105, 7/107, 22/122; 0 % and without VAT stay what they are (НК ст. 164 п. 4). */
const CALCULATED: readonly VatCode[] = [3, 4, 9, 10, 12, 5, 6];

export function settlementErrors(receipt: Pick<Receipt, "items" | "payments">): FieldError[] {
  const { items, payments } = receipt;
  return [
    ...items.flatMap(itemErrors),
    ...creditErrors(items, payments),
    ...offsetErrors(items, payments),
  ];
}

function itemErrors(item: ReceiptItem, index: number): FieldError[] {
  const errors: FieldError[] = [];
  if (item.paymentMethod === METHOD.advance && item.subject !== SUBJECT_PAYMENT) {
    errors.push({
      field: `items[${index}].subject`,
      message: "при авансе (1214 = 3) предмет расчёта — платёж (1212 = 10)",
    });
  }
  if (BEFORE.includes(item.paymentMethod) && !CALCULATED.includes(item.vat)) {
    errors.push({
      field: `items[${index}].vat`,
      message: `при предоплате и авансе (1214 = 1–3) ставка расчётная, 0 % или без НДС, а не «${VAT_RATES[item.vat].label}»`,
    });
  }
  return errors;
}

/** Tag 1216: exactly what goods handed over are not paid for yet. */
function creditErrors(items: Receipt["items"], payments: Receipt["payments"]): FieldError[] {
  const credit = paidBy(payments, "credit");
  const whole = sumOf(items, [METHOD.credit]);
  const either = sumOf(items, ON_CREDIT);
  const hasPartial = items.some((item) => item.paymentMethod === METHOD.partial);
  const error = (message: string): FieldError[] => [{ field: "payments", message }];
  if (credit > 0 && either === 0) {
    return error("оплата в кредит (1216) бывает только при передаче в кредит (1214 = 5 или 6)");
  }
  if (credit < whole) {
    return error(
      `в кредит передано (1214 = 6) на ${formatKopecks(whole)}, а оплата в кредит (1216) ${formatKopecks(credit)}`,
    );
  }
  if (hasPartial && credit === whole) {
    return error("при частичном расчёте (1214 = 5) остаток оплачивается в кредит (1216)");
  }
  if (credit > either || (hasPartial && credit === either)) {
    return error(
      `оплата в кредит (1216) ${formatKopecks(credit)} при том, что в кредит передано на ${formatKopecks(either)}${hasPartial ? " и часть оплачена сразу (1214 = 5)" : ""}`,
    );
  }
  return [];
}

/** Tag 1215. */
function offsetErrors(items: Receipt["items"], payments: Receipt["payments"]): FieldError[] {
  const prepaid = paidBy(payments, "prepaid");
  const most = sumOf(items, TAKES_OFFSET);
  if (prepaid <= most) return [];
  return [
    {
      field: "payments",
      message: `зачёт предоплаты (1215) ${formatKopecks(prepaid)} больше стоимости предметов, за которые он возможен (${formatKopecks(most)}): аванс и оплата кредита (1214 = 3, 7) им не оплачиваются`,
    },
  ];
}

function sumOf(items: Receipt["items"], methods: readonly number[]): number {
  return items
    .filter((item) => methods.includes(item.paymentMethod))
    .reduce((sum, item) => sum + item.sumKopecks, 0);
}

function paidBy(payments: Receipt["payments"], method: PaymentMethod): number {
  return payments
    .filter((payment) => payment.method === method)
    .reduce((sum, { kopecks }) => sum + kopecks, 0);
}
