/** Fiscal receipts: all of them in pages, one by its numbers, and what belongs to it. */
import { odooTime, type Domain, type Odoo } from "./odoo.ts";

export interface Receipt {
  readonly id: number;
  readonly uuid: string;
  readonly type: "sale" | "refund" | "sale_correction" | "refund_correction";
  readonly order_name: string | false;
  /** `[id, name]`, or false while the order has not arrived. */
  readonly order_id: readonly [number, string] | false;
  readonly till_id: readonly [number, string];
  readonly fn: string;
  readonly fd: number;
  readonly fp: string;
  readonly shift: number;
  /** The register's wall time, `2026-11-22T21:03`. */
  readonly date_time: string;
  /** The same moment, UTC. */
  readonly date_utc: string;
  /** Roubles. */
  readonly total: number;
  readonly ofd_delivered: boolean;
  /** As the register was told it: items, payments, cashier (docs/contracts.md, `receipts`). */
  readonly content: {
    readonly items: readonly {
      readonly name: string;
      readonly sum: number;
      readonly vat: number;
    }[];
    readonly payments: readonly { readonly method: string; readonly amount: number }[];
  };
}

const FIELDS = [
  ...["uuid", "type", "order_name", "order_id", "till_id", "fn", "fd", "fp", "shift"],
  ...["date_time", "date_utc", "total", "ofd_delivered", "content_text"],
];

type Row = Omit<Receipt, "content"> & { readonly content_text: string };

function asReceipt({ content_text, ...row }: Row): Receipt {
  return { ...row, content: JSON.parse(content_text) as Receipt["content"] };
}

/**
 * Everything that came after `afterId`, oldest first: keep the last id and go on from there.
 * Receipts are never altered, so what was read once need not be read again (only `order_id` and
 * `ofd_delivered` are filled in later).
 *
 * Rows of two deliveries at once do not become visible in the order of their ids: what is younger
 * than `settledMs` is left for the next time, or one of them would be passed over.
 */
export async function* receiptsAfter(
  odoo: Odoo,
  afterId: number,
  { page = 500, settledMs = 60_000 } = {},
) {
  let last = afterId;
  const until = odooTime(new Date(Date.now() - settledMs));
  for (;;) {
    const rows = await odoo.call<Row[]>("kkt.receipt", "search_read", {
      domain: [
        ["id", ">", last],
        ["create_date", "<=", until],
      ],
      fields: FIELDS,
      order: "id",
      limit: page,
    });
    yield* rows.map(asReceipt);
    if (rows.length < page) return;
    last = rows.at(-1)!.id;
  }
}

/** The one document of these numbers, or null. */
export function receiptByNumbers(odoo: Odoo, fn: string, fd: number): Promise<Receipt | null> {
  return first(odoo, [
    ["fn", "=", fn],
    ["fd", "=", fd],
  ]);
}

/** By the text of the QR code that is printed on it. */
export function receiptByQr(odoo: Odoo, qr: string): Promise<Receipt | null> {
  const parts = new URLSearchParams(qr);
  const [fn, fd] = [parts.get("fn"), Number(parts.get("i"))];
  if (!fn || !Number.isInteger(fd)) throw new Error(`no QR text of a receipt: ${qr}`);
  return receiptByNumbers(odoo, fn, fd);
}

async function first(odoo: Odoo, domain: Domain): Promise<Receipt | null> {
  const [row] = await odoo.call<Row[]>("kkt.receipt", "search_read", {
    domain,
    fields: FIELDS,
    limit: 1,
  });
  return row ? asReceipt(row) : null;
}

/** Orders of the Point of Sale that have no fiscal receipt, which only old ones should. */
export function ordersWithoutReceipt(odoo: Odoo, since: string) {
  return odoo.call<{ id: number; name: string; amount_total: number }[]>(
    "pos.order",
    "search_read",
    {
      domain: [
        ["kkt_receipt_id", "=", false],
        ["state", "in", ["paid", "done"]],
        ["date_order", ">=", since],
      ],
      fields: ["name", "amount_total"],
    },
  );
}

/** Which fiscal document an order has; null while it has none. */
export async function fiscalOfOrder(odoo: Odoo, orderId: number) {
  const [order] = await odoo.call<{ kkt_fn: string; kkt_fd: string; kkt_fp: string }[]>(
    "pos.order",
    "search_read",
    { domain: [["id", "=", orderId]], fields: ["kkt_fn", "kkt_fd", "kkt_fp"] },
  );
  if (!order?.kkt_fn) return null;
  return { fn: order.kkt_fn, fd: Number(order.kkt_fd), fp: Number(order.kkt_fp) };
}
