/** From a POS order to the facts that the receipt is built of. */
import type { PosOrder } from "@point_of_sale/app/models/pos_order";
import type { PosOrderline } from "@point_of_sale/app/models/pos_order_line";
import type { TaxRecord } from "../../@types/pos_models.d.ts";
import { asAdvance, asPrepayment } from "../receipt/down_payment.ts";
import { toKopecks, toMillionths } from "../receipt/kopecks.ts";
import type { LineFacts, OrderFacts, PaymentFacts } from "../receipt/receipt_builder.ts";
import type {
  Fiscal,
  PaymentKind,
  RefundOf,
  RefundPart,
  WireDiscount,
} from "../receipt/receipt_types.ts";
import { unitCode } from "../receipt/unit_code.ts";
import { isRefund, kindOf } from "./line_kind.ts";
import { orderedGoods } from "./ordered_goods.ts";

/** What the price computation of the POS says of one line, after taxes and fiscal positions. */
interface BaseLine {
  readonly tax_ids: readonly TaxRecord[];
  readonly tax_details: {
    readonly total_included_currency: number;
    /** What rounding over the whole order added to this line. */
    readonly delta_total_excluded_currency?: number;
  };
}

/** `amount_type` group: the taxes that count are its children. */
const flat = (taxes: readonly TaxRecord[]): readonly TaxRecord[] =>
  taxes.flatMap((tax) => (tax.amount_type === "group" ? flat(tax.children_tax_ids ?? []) : [tax]));

const codeOf = (tax: TaxRecord): number | null =>
  tax.kkt_vat_code ? Number(tax.kkt_vat_code) : null;

/** One line of the order; a prepayment becomes as many as it names goods. */
function lineFacts(order: PosOrder, line: PosOrderline, parts: PartsByLine): LineFacts[] {
  const amount = lineAmount(order, line);
  const kind = kindOf(order, line, amount);
  const template = line.product_id.product_tmpl_id;
  const facts: LineFacts = {
    kind,
    name: line.getFullProductName() as string,
    sku: skuOf(line),
    quantity: toMillionths(line.qty),
    amount,
    taxes: lineTaxes(order, line),
    subject: Number(template.kkt_subject || 1),
    paymentMethod: Number(template.kkt_payment_method || 4),
    unit: unitCode(line.product_id.uom_id?.name ?? ""),
    refundedOrder: line.refunded_orderline_id?.order_id?.uuid ?? null,
  };
  const back = parts.get(line.uuid);
  // what is given back is named, and taxed, as it was sold
  if (back !== undefined && kind === "goods") return [{ ...facts, ...asSold(facts, back) }];
  if (kind !== "advance") return [facts];
  return order.config.kkt_down_payment === "advance"
    ? [asAdvance(facts)]
    : asPrepayment(facts, orderedGoods(line));
}

/** Goods entered by hand are told apart by their barcode: they share one product. */
export const skuOf = (line: PosOrderline): string | null =>
  (line.kkt_name ? line.kkt_barcode : line.product_id.default_code) || null;

/** Positions of the original receipt by uuid of the refund's line. */
export type PartsByLine = ReadonlyMap<string, readonly RefundPart[]>;

function asSold(facts: LineFacts, parts: readonly RefundPart[]): Partial<LineFacts> {
  const [first] = parts;
  if (first === undefined) return {};
  const { vat, payment_method } = first.item;
  // 5 and 6 are how the sale was paid, not what it was
  const paymentMethod = payment_method <= 4 ? payment_method : facts.paymentMethod;
  return { parts, taxes: [vat], paymentMethod };
}

/** Kopecks with VAT of a line, after everything that the POS computes; signed as in Odoo. */
export function lineAmount(order: PosOrder, line: PosOrderline): number {
  const { total_included_currency = 0, delta_total_excluded_currency = 0 } =
    baseOf(order, line)?.tax_details ?? {};
  return toKopecks(total_included_currency + delta_total_excluded_currency);
}

/** Tags 1199 of a line's taxes. */
export const lineTaxes = (order: PosOrder, line: PosOrderline): (number | null)[] =>
  flat(baseOf(order, line)?.tax_ids ?? []).map(codeOf);

const baseOf = (order: PosOrder, line: PosOrderline): BaseLine | undefined =>
  (order.prices as { baseLineByLineUuids: Record<string, BaseLine> }).baseLineByLineUuids[
    line.uuid
  ];

function paymentFacts(order: PosOrder): PaymentFacts[] {
  return order.payment_ids
    .filter((payment) => payment.isDone() && payment.is_change !== true)
    .map((payment) => ({
      name: payment.payment_method_id.name,
      kind: (payment.payment_method_id.kkt_payment_type || null) as PaymentKind | null,
      amount: toKopecks(payment.getAmount() as number),
    }));
}

/** The reference that a refund carries, from whatever is known of the original's document. */
export const refundOf = (fiscal: Fiscal | null): RefundOf | null =>
  fiscal === null
    ? null
    : {
        fn: String(fiscal.fn),
        fd: Number(fiscal.fd),
        fp: Number(fiscal.fp),
        date: fiscal.date_time.slice(0, 10),
      };

/** The one order that a refund gives back, undefined when it is a sale or names none. */
export const originalOrder = (order: PosOrder): PosOrder | undefined =>
  order.lines.find((line) => line.refunded_orderline_id)?.refunded_orderline_id?.order_id;

export interface OrderContext {
  readonly posId: string;
  readonly owner: string;
  readonly blob: string | null;
  readonly cashier: string;
  /** Fiscal data of `originalOrder`, null when nobody knows them. */
  readonly original: Fiscal | null;
  /** The highest discount by hand, null when none was given. */
  readonly discount: WireDiscount | null;
  /** A refund whose original receipt is known: what each line gives back of it. */
  readonly parts?: PartsByLine;
}

/** Where the buyer wants the electronic receipt, as it was asked on the payment screen. */
function contactOf(order: PosOrder): OrderFacts["customer"] {
  const contact = order.kkt_contact || "";
  if (contact === "") return null;
  return contact.includes("@") ? { email: contact, phone: null } : { email: null, phone: contact };
}

/** @throws RangeError when an amount is not a number */
export function orderFacts(order: PosOrder, context: OrderContext): OrderFacts {
  return {
    posId: context.posId,
    uuid: order.uuid,
    name: order.pos_reference || order.uuid,
    owner: context.owner,
    blob: context.blob,
    isRefund: isRefund(order),
    lines: order.lines.flatMap((line) => lineFacts(order, line, context.parts ?? new Map())),
    payments: paymentFacts(order),
    total: toKopecks(order.priceIncl as number),
    change: Math.abs(toKopecks(order.change as number)),
    cashier: context.cashier,
    customer: contactOf(order),
    discount: context.discount,
    original: refundOf(context.original),
  };
}
