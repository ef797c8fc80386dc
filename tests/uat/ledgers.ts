/** What register, ОФД and Odoo say of a receipt, compared to the kopeck. */
import { until, type LedgerDocument, type TlvNode } from "@opticserp/fixtures/stand/control.ts";
import type { Counter } from "./counter.ts";
import type { Seen } from "./recorder.ts";

export const SALE = 1;
export const REFUND = 2;

/** `2 500,00 ₽`. */
export const rub = (kopecks: number): string =>
  `${(kopecks / 100).toLocaleString("ru-RU", { minimumFractionDigits: 2 }).replace(/\s/g, " ")} ₽`;

/** Values of a tag in a document, wherever it stands. */
export function tags(nodes: readonly TlvNode[], tag: number): unknown[] {
  return nodes.flatMap((node) => [
    ...(node.tag === tag ? [node.value] : []),
    ...tags(node.children ?? [], tag),
  ]);
}

/** Values of a tag within the items (1059); sums by rate (1115) repeat some of them. */
export const itemTags = (nodes: readonly TlvNode[], tag: number): unknown[] =>
  tags(
    nodes.filter((node) => node.tag === 1059),
    tag,
  );

/** The one document of an order in the ФН. */
export async function documentOf(counter: Counter, uuid: string): Promise<LedgerDocument> {
  const [document, ...more] = await counter.kkt.receiptsOf(uuid);
  if (!document || more.length > 0) {
    throw new Error(`в ФН ${document ? more.length + 1 : 0} чеков заказа, а нужен один`);
  }
  return document;
}

interface OdooOrder extends Record<string, unknown> {
  readonly id: number;
  readonly pos_reference: string;
  readonly amount_total: number;
  readonly state: string;
}

interface OdooReceipt extends Record<string, unknown> {
  readonly fd: number;
  /** Text: a u32 is more than Odoo's integers hold. */
  readonly fp: string;
  readonly total_kopecks: number;
  readonly order_id: [number, string] | false;
}

/** Waits until Odoo has order and fiscal receipt of this uuid, linked with each other. */
export function inOdoo(
  { hall, fn }: Counter,
  uuid: string,
  withinMs = 120_000,
): Promise<{ readonly order: OdooOrder; readonly receipts: readonly OdooReceipt[] }> {
  return until(
    `Odoo has order and receipt of ${uuid}`,
    async () => {
      const [order] = await hall.odoo.read<OdooOrder>(
        "pos.order",
        [["uuid", "=", uuid]],
        ["pos_reference", "amount_total", "state"],
      );
      const receipts = await hall.odoo.read<OdooReceipt>(
        "kkt.receipt",
        [
          ["uuid", "=", uuid],
          ["fn", "=", fn],
        ],
        ["fd", "fp", "total_kopecks", "order_id"],
      );
      const linked = receipts[0]?.order_id !== false;
      return order && order.state !== "draft" && receipts.length > 0 && linked
        ? { order, receipts }
        : null;
    },
    withinMs,
  );
}

/** One document in the ФН, the same at the ОФД, in `kkt.receipt` and on the order. */
export async function seeLedgers(
  see: Seen,
  counter: Counter,
  receipt: { readonly uuid: string; readonly sum: number; readonly operation: number },
): Promise<{ readonly document: LedgerDocument; readonly order: OdooOrder }> {
  const { uuid, sum, operation } = receipt;
  const document = await documentOf(counter, uuid);
  see.equal("ФН: признак расчёта (1054)", document.operation, operation);
  see.equal("ФН: сумма", rub(document.sum ?? -1), rub(sum));
  const { order, receipts } = await inOdoo(counter, uuid);
  const theirs = await until("the ОФД has the document", async () => {
    const documents = await counter.hall.ofd.documents(counter.fn);
    return documents.find(({ fd }) => fd === document.fd);
  });
  see.equal(
    "ОФД: ФД, ФП, сумма",
    [theirs.fd, theirs.fp, theirs.sum],
    [document.fd, document.fp, sum],
  );
  see.equal(
    "Odoo, фискальный чек: ФД, ФП, сумма",
    receipts.map(({ fd, fp, total_kopecks }) => [fd, Number(fp), total_kopecks]),
    [[document.fd, document.fp, sum]],
  );
  see.equal("Odoo, заказ: сумма", rub(Math.abs(Math.round(order.amount_total * 100))), rub(sum));
  return { document, order };
}

/**
 * All receipts of the till's ФН: none twice (marker), all at the ОФД and in Odoo, in the order of
 * their numbers.
 */
export async function seeAllDelivered(see: Seen, counter: Counter, count: number): Promise<void> {
  const { hall, kkt, fn } = counter;
  const signed = await kkt.receipts();
  see.equal("Чеков в ФН", signed.length, count);
  see.equal("Заказов с двумя чеками", signed.length - new Set(signed.map((d) => d.marker)).size, 0);
  const fds = signed.map(({ fd }) => fd);
  const atOfd = (await hall.ofd.documents(fn)).filter(({ type }) => type === 3).map((d) => d.fd);
  see.check(
    `ОФД: ${atOfd.length} чеков, по порядку номеров (FIFO), без пропусков`,
    same(atOfd, fds),
  );
  const rows = await hall.odoo.read<{ fd: number } & Record<string, unknown>>(
    "kkt.receipt",
    [["fn", "=", fn]],
    ["fd"],
    { order: "id" },
  );
  const inOrder = rows.map(({ fd }) => fd);
  see.check(`Odoo: ${inOrder.length} чеков, каждый один раз`, same([...inOrder].sort(asc), fds));
  const { anomalies } = (await hall.ofd.anomalies()) as { anomalies: { fn: string | null }[] };
  see.equal("Замечаний ОФД", anomalies.filter((one) => one.fn === fn).length, 0);
}

const asc = (a: number, b: number): number => a - b;
const same = (a: readonly number[], b: readonly number[]): boolean =>
  a.length === b.length && a.every((one, index) => one === b[index]);
