/** What Odoo has of a sale's receipt, and what is left of it. Odoo may hang: it gets 2 s. */
import type { Fiscal, WireItem, WirePayment } from "../receipt/receipt_types.ts";
import type { LeftLine } from "../refund/refund_lines.ts";
import type { PosTill } from "./pos_till.ts";

/** The page and the bridge have their own knowledge to go by. */
export const ODOO_MS = 2_000;

/** A refund of the sale by any till, its payments as on its receipt. */
export interface RefundOnRecord {
  readonly uuid: string;
  readonly payments: readonly { readonly method: string; readonly amount: number }[];
}

/** A member of `pos.order.kkt_refundable`'s answer. */
export interface OdooReceipt {
  readonly fiscal: Fiscal;
  readonly items: readonly WireItem[];
  readonly left: readonly LeftLine[];
  /** These two: absent from an older Odoo. */
  readonly payments?: readonly WirePayment[];
  readonly refunds?: readonly RefundOnRecord[];
}

interface Timers {
  setTimeout(callback: () => void, ms: number): unknown;
  clearTimeout(timer: unknown): void;
}

const TIMERS: Timers = {
  setTimeout: (callback, ms) => setTimeout(callback, ms),
  clearTimeout: (timer) => clearTimeout(timer as number | undefined),
};

type Asked = { readonly link: Pick<PosTill["link"], "reachable"> } & {
  readonly pos: { readonly data: { readonly orm: unknown } };
};

/** @returns null: Odoo does not answer, not in time, or does not have the receipt */
export async function odooReceipt(
  kkt: Asked,
  uuid: string,
  timers = TIMERS,
): Promise<OdooReceipt | null> {
  if (!kkt.link.reachable) return null;
  const orm = kkt.pos.data.orm as {
    call(model: string, method: string, args: unknown[]): Promise<unknown>;
  };
  const asked = orm.call("pos.order", "kkt_refundable", [[uuid]]);
  let timer: unknown;
  const late = new Promise<null>((resolve) => {
    timer = timers.setTimeout(() => resolve(null), ODOO_MS);
  });
  try {
    const told = (await Promise.race([asked, late])) as Record<string, OdooReceipt> | null;
    return told?.[uuid] ?? null;
  } catch {
    return null;
  } finally {
    timers.clearTimeout(timer);
  }
}
