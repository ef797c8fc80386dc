/**
 * From the facts of an order to the receipt that the bridge wants: ФФД has no negative lines, so
 * discounts, rewards and the rounding of the total are spread over the goods; what cannot be told
 * truthfully is refused by name. Pure: kopecks and millionths in, wire form out.
 */
import { withCredit } from "./credit.ts";
import { toQuantity, toRoubles } from "./kopecks.ts";
import { ReceiptRefusal } from "./refusal.ts";
import { receiptEmail, receiptPhone, receiptText } from "./receipt_text.ts";
import { spread } from "./spread.ts";
import { amountOfParts, positionsBack } from "./positions_back.ts";
import { splitLine } from "./split_line.ts";
import type {
  PaymentKind,
  ReceiptType,
  RefundOf,
  RefundPart,
  WireCustomer,
  WireDiscount,
  WireItem,
  WirePayment,
  WireReceipt,
} from "./receipt_types.ts";

/**
 * `goods`: sold or given back, or a discount when its amount is negative; `advance`: a down
 * payment taken; `advance_offset`: an earlier down payment that now pays (tag 1215).
 */
export type LineKind = "goods" | "advance" | "advance_offset";

export interface LineFacts {
  readonly kind: LineKind;
  readonly name: string;
  readonly sku: string | null;
  /** Millionths, signed as in Odoo. */
  readonly quantity: number;
  /** Kopecks with VAT, after the line's own discount, signed as in Odoo. */
  readonly amount: number;
  /** Tag 1199 of each tax on the line, null where the tax has none; no tax = VAT exempt. */
  readonly taxes: readonly (number | null)[];
  /** Tag 1212. */
  readonly subject: number;
  /** Tag 1214. */
  readonly paymentMethod: number;
  /** Tag 2108. */
  readonly unit: number;
  /** uuid of the order that this line gives back, null on a sale. */
  readonly refundedOrder: string | null;
  /** A refund whose original receipt is known: the positions that this line gives back. */
  readonly parts?: readonly RefundPart[];
}

export interface PaymentFacts {
  readonly name: string;
  /** `kkt_payment_type` of the payment method, null when it has none. */
  readonly kind: PaymentKind | null;
  /** Kopecks, signed as in Odoo; the change is not among them. */
  readonly amount: number;
}

export interface OrderFacts {
  readonly posId: string;
  readonly uuid: string;
  readonly name: string;
  readonly owner: string;
  readonly blob: string | null;
  readonly isRefund: boolean;
  readonly lines: readonly LineFacts[];
  readonly payments: readonly PaymentFacts[];
  /** Kopecks with VAT before cash rounding, signed as in Odoo. */
  readonly total: number;
  /** Kopecks given back in cash, not negative. */
  readonly change: number;
  readonly cashier: string;
  readonly customer: { readonly email: string | null; readonly phone: string | null } | null;
  /** The highest discount by hand and a manager's word on it, null when none was given. */
  readonly discount: WireDiscount | null;
  /** Fiscal data of the one original of a refund, null when it has none. */
  readonly original: RefundOf | null;
}

interface Good {
  readonly line: LineFacts;
  readonly vat: number;
  amount: number;
}

/** Tag 1199 of a line: no tax is 6 (без НДС); one code, however many taxes carry it. */
function vatOf(line: LineFacts): number {
  const codes = new Set(line.taxes);
  if (codes.has(null)) throw new ReceiptRefusal("vat_code_missing", line.name);
  if (codes.size > 1) throw new ReceiptRefusal("vat_codes_mixed", line.name);
  const code = [...codes][0] ?? 6;
  return isBeforeGoods(line) ? (ADVANCE_VAT[code] ?? code) : code;
}

/** Money taken before the goods are handed over: a down payment, or a product sold so (1214, 1–3). */
const isBeforeGoods = (line: LineFacts): boolean =>
  line.kind === "advance" || line.paymentMethod <= 3;

/** Tag 1199 of an advance is the calculated rate of the goods' own (НК ст. 164 п. 4). */
const ADVANCE_VAT: Readonly<Record<number, number>> = { 1: 3, 2: 4, 7: 9, 8: 10, 11: 12 };

/** Rounding of a total gives up kopecks, never a rouble. */
const MOST_ROUNDING = 99;

function reduce(goods: readonly Good[], amount: number): void {
  const parts = spread(
    amount,
    goods.map((g) => g.amount),
  );
  goods.forEach((good, index) => (good.amount -= parts[index] ?? 0));
}

/** Goods with every negative line spread over those of the same VAT. */
function goodsAfterDiscounts(lines: readonly LineFacts[], sign: number): Good[] {
  const goods: Good[] = [];
  const discounts: Good[] = [];
  for (const line of lines) {
    const amount = line.amount * sign;
    if (line.kind === "advance_offset" || (amount === 0 && line.quantity * sign >= 0)) continue;
    if (line.quantity * sign < 0) throw new ReceiptRefusal("goods_returned_in_sale", line.name);
    (amount < 0 ? discounts : goods).push({ line, vat: vatOf(line), amount });
  }
  for (const discount of discounts) {
    const same = goods.filter((g) => g.vat === discount.vat);
    const room = same.reduce((sum, g) => sum + g.amount, 0);
    if (room < -discount.amount) {
      throw new ReceiptRefusal("discount_without_goods", discount.line.name);
    }
    reduce(same, -discount.amount);
  }
  return goods;
}

function paymentsOf(order: OrderFacts, sign: number): { method: PaymentKind; amount: number }[] {
  const payments: { method: PaymentKind; amount: number }[] = [];
  for (const payment of order.payments) {
    if (payment.amount === 0) continue;
    if (payment.kind === null) throw new ReceiptRefusal("payment_type_missing", payment.name);
    if (payment.amount * sign < 0) throw new ReceiptRefusal("payment_negative", payment.name);
    payments.push({ method: payment.kind, amount: payment.amount * sign });
  }
  return payments;
}

/** Kopecks of earlier down payments that pay now, tag 1215. */
const offsetOf = (order: OrderFacts, sign: number): number =>
  order.lines
    .filter((line) => line.kind === "advance_offset")
    .reduce((sum, line) => sum - line.amount * sign, 0);

/** Kopecks that have to be paid for the goods, after the rounding that the payments show. */
function settle(goods: readonly Good[], order: OrderFacts, paid: number, offset: number): void {
  const total = Math.abs(order.total) + offset;
  const lines = goods.reduce((sum, g) => sum + g.amount, 0);
  // Odoo may round taxes over the whole order: at most a kopeck a line
  if (Math.abs(lines - total) > goods.length) {
    throw new ReceiptRefusal("totals_differ", toRoubles(lines - total).toFixed(2));
  }
  if (lines > total) reduce(goods, lines - total);
  else if (lines < total) {
    const largest = goods.reduce((a, b) => (b.amount > a.amount ? b : a));
    largest.amount += total - lines;
  }
  const rounding = total - paid;
  if (rounding < 0) throw new ReceiptRefusal("rounding_up", toRoubles(-rounding).toFixed(2));
  if (rounding > MOST_ROUNDING) {
    throw new ReceiptRefusal("underpaid", toRoubles(rounding).toFixed(2));
  }
  if (rounding > 0) reduce(goods, rounding);
}

function itemsOf(goods: readonly Good[]): WireItem[] {
  const items: WireItem[] = [];
  for (const { line, vat, amount } of goods) {
    if (amount === 0) continue;
    if (line.parts !== undefined && amountOfParts(line.parts) === amount) {
      items.push(...positionsBack(line.parts, line.paymentMethod));
      continue;
    }
    const name = receiptText(line.name, 128);
    if (name === "") throw new ReceiptRefusal("name_missing", line.sku ?? line.name);
    const sku = line.sku === null ? null : receiptText(line.sku, 64) || null;
    for (const portion of splitLine(Math.abs(line.quantity), amount)) {
      items.push({
        sku,
        name,
        qty: toQuantity(portion.quantity),
        price: toRoubles(portion.price),
        sum: toRoubles(portion.sum),
        vat,
        payment_method: line.paymentMethod,
        // an advance (1214 = 3) is money for nothing named yet
        subject: line.paymentMethod === 3 ? 10 : line.subject,
        unit: line.unit,
      });
    }
  }
  return items;
}

function customerOf(order: OrderFacts): WireCustomer | null {
  const email = receiptEmail(order.customer?.email ?? null);
  const phone = receiptPhone(order.customer?.phone ?? null);
  return email === null && phone === null ? null : { email, phone, name: null, inn: null };
}

function originalOf(order: OrderFacts): RefundOf {
  const originals = new Set(order.lines.map((line) => line.refundedOrder));
  originals.delete(null);
  if (originals.size === 0) throw new ReceiptRefusal("refund_without_original");
  if (originals.size > 1) throw new ReceiptRefusal("refund_of_several");
  if (order.original === null) throw new ReceiptRefusal("original_not_fiscal");
  return order.original;
}

/**
 * What can be said before anything is paid, so that no money is taken in vain.
 *
 * @throws ReceiptRefusal as `buildReceipt` would for the goods
 */
export function checkGoods(order: OrderFacts): void {
  const sign = order.isRefund || order.total < 0 ? -1 : 1;
  const goods = goodsAfterDiscounts(order.lines, sign);
  if (itemsOf(goods).length === 0) throw new ReceiptRefusal("nothing_to_sell");
  const worth = goods.reduce((sum, good) => sum + good.amount, 0);
  checkOffset(goods, offsetOf(order, sign), worth);
}

/** Earlier down payments pay for goods: not for new advances, and no more than the goods cost. */
function checkOffset(goods: readonly Good[], offset: number, worth: number): void {
  const advances = goods
    .filter(({ line }) => line.paymentMethod === 3)
    .reduce((sum, good) => sum + good.amount, 0);
  if (offset > worth - advances) {
    throw new ReceiptRefusal("offset_exceeds", toRoubles(offset - worth + advances).toFixed(2));
  }
}

/**
 * The receipt of a settled order. Σ item sums = Σ payments − change, exactly.
 *
 * @throws ReceiptRefusal when the order cannot be told truthfully on a receipt
 */
export function buildReceipt(order: OrderFacts): WireReceipt {
  const type: ReceiptType = order.isRefund || order.total < 0 ? "refund" : "sale";
  const sign = type === "refund" ? -1 : 1;
  const refundOf = type === "refund" ? originalOf(order) : null;
  const payments = paymentsOf(order, sign);
  const goods = goodsAfterDiscounts(order.lines, sign);
  if (goods.length === 0) throw new ReceiptRefusal("nothing_to_sell");
  const offset = offsetOf(order, sign);
  if (offset > 0) payments.push({ method: "prepaid", amount: offset });
  const cash = payments.filter((p) => p.method === "cash").reduce((sum, p) => sum + p.amount, 0);
  if (order.change > cash) {
    throw new ReceiptRefusal("change_exceeds_cash", toRoubles(order.change).toFixed(2));
  }
  const paid = payments.reduce((sum, p) => sum + p.amount, 0) - order.change;
  settle(goods, order, paid, offset);
  checkOffset(goods, offset, paid);
  const credit = payments
    .filter((p) => p.method === "credit")
    .reduce((sum, p) => sum + p.amount, 0);
  const items = withCredit(itemsOf(goods), credit, paid);
  if (items.length === 0) throw new ReceiptRefusal("nothing_to_sell");
  const cashier = receiptText(order.cashier, 64);
  if (cashier === "") throw new ReceiptRefusal("cashier_missing");
  return {
    pos_id: order.posId,
    type,
    order: {
      uuid: order.uuid,
      name: receiptText(order.name, 64) || order.uuid,
      owner: order.owner,
      ...(order.blob === null ? {} : { blob: order.blob }),
    },
    items,
    payments: payments.map((p): WirePayment => ({ method: p.method, amount: toRoubles(p.amount) })),
    customer: customerOf(order),
    cashier: { name: cashier, inn: null },
    tax_system: null,
    refund_of: refundOf,
    ...(order.discount === null ? {} : { discount: order.discount }),
  };
}
