/** An order that this browser no longer has, from the copy that the till keeps of it. */
import type { PosOrder } from "@point_of_sale/app/models/pos_order";
import type { BridgeReceipt, BridgeState } from "../receipt/receipt_types.ts";
import { isBalanceProduct, type BalanceModels } from "./line_kind.ts";
import { sessionOfPage } from "./page_facts.ts";
import type { PosTill } from "./pos_till.ts";

type Values = Record<string, unknown>;

const without = (values: Values, names: readonly string[]): Values =>
  Object.fromEntries(Object.entries(values).filter(([name]) => !names.includes(name)));

/** `[[0, 0, values], …]` of a serialised order → records, each named by its own uuid. */
function children(commands: unknown, parent: Values): Values[] {
  const list = Array.isArray(commands) ? (commands as unknown[]) : [];
  return list.flatMap((command) => {
    const [code, , values] = Array.isArray(command) ? (command as [number, number, Values]) : [];
    if (code !== 0 || typeof values?.uuid !== "string") return [];
    const original = values["kkt_refunded_uuid"];
    return [
      {
        ...without(values, ["pack_lot_ids", "custom_attribute_value_ids", "kkt_refunded_uuid"]),
        ...(typeof original === "string" ? { refunded_orderline_id: original } : {}),
        id: values.uuid,
        ...parent,
      },
    ];
  });
}

/** By uuid of a line: what it names by uuid, since Odoo had no id for it yet. */
type Named = Record<string, Record<string, unknown> | undefined>;

/** The serialised order as records of the page's models; null when it can't be read. */
export function recordsOfBlob(blob: string): Record<string, Values[]> | null {
  let order: Values;
  try {
    order = JSON.parse(blob) as Values;
  } catch {
    return null;
  }
  const { uuid, lines, payment_ids, relations_uuid_mapping } = order;
  if (typeof uuid !== "string") return null;
  const named = ((relations_uuid_mapping ?? {}) as Record<string, Named>)["pos.order.line"] ?? {};
  const orderLines = children(lines, { order_id: uuid }).map((line) => ({
    ...line,
    ...named[String(line.uuid)],
  }));
  const payments = children(payment_ids, { pos_order_id: uuid });
  return {
    "pos.order": [
      {
        ...without(order, ["relations_uuid_mapping"]),
        id: uuid,
        lines: orderLines.map(({ id }) => id),
        payment_ids: payments.map(({ id }) => id),
      },
    ],
    "pos.order.line": orderLines,
    "pos.payment": payments,
  };
}

/** What of a line does not come back with a copy: nobody misses it once the order is signed. */
const ONLY_HERE = ["pack_lot_ids", "custom_attribute_value_ids", "coupon_id", "reward_id"];

const isGiven = (value: unknown): boolean =>
  Array.isArray(value) ? value.length > 0 : Boolean(value);

/** Whether the order can be sold as it was by its copy: no lots, no attributes, no rewards. */
export function isPlain(blob: string): boolean {
  const lines = recordsOfBlob(blob) === null ? null : (JSON.parse(blob) as Values)["lines"];
  return (
    Array.isArray(lines) &&
    (lines as [number, number, Values?][]).every(
      ([, , line]) => !ONLY_HERE.some((name) => isGiven(line?.[name])),
    )
  );
}

/** Below this the total is only rounded, roubles. */
const ROUNDING = 1;

/** Whether all lines are there: of a draft that Odoo had, the copy says only what had changed. */
export function isWhole(records: Readonly<Record<string, readonly Values[]>>): boolean {
  const total = Number(records["pos.order"]?.[0]?.["amount_total"]);
  const lines = records["pos.order.line"] ?? [];
  const sum = lines.reduce((all, line) => all + Number(line["price_subtotal_incl"]), 0);
  return lines.length > 0 && Math.abs(sum - total) < ROUNDING;
}

export interface Restored {
  readonly uuid: string;
  readonly blob: string | null;
  readonly receipt: BridgeReceipt;
}

/** @param uuids ≤ 100. @throws BridgeProblem, BridgeUnreachable, NotSent */
export async function fetchRestored(
  kkt: PosTill,
  uuids: readonly string[],
): Promise<readonly Restored[]> {
  const asked = { uuids };
  const { body } = await kkt.till.client.post<{ orders: Restored[] }>(
    "/v1/kkt/orders/restore",
    asked,
  );
  return body.orders;
}

/** Goods given back by their lines in this page, whoever named them how; null: one is not here. */
function withOriginals(kkt: PosTill, lines: readonly Values[]): Values[] | null {
  const models = kkt.pos.models as Record<
    "pos.order.line",
    { get(id: unknown): { id: unknown } | undefined } & {
      getBy(key: string, value: unknown): { id: unknown } | undefined;
    }
  >;
  const known = models["pos.order.line"];
  const connected: Values[] = [];
  for (const line of lines) {
    const named = line["refunded_orderline_id"];
    if (!named) {
      connected.push(line);
      continue;
    }
    const original = known.getBy("uuid", named) ?? known.get(named);
    if (original === undefined) return null;
    connected.push({ ...line, refunded_orderline_id: original.id });
  }
  return connected;
}

/**
 * Puts the till's copy into the page.
 *
 * @param session only an order of this `pos.session`; null: whichever
 * @param values of the order that are others now
 * @returns null for one that could not be shown as it was: the till itself brings it to Odoo
 */
export function connectRestored(
  kkt: PosTill,
  restored: Restored,
  session: number | null,
  values: Readonly<Values> = {},
): PosOrder | null {
  const { pos } = kkt;
  const records = restored.blob ? recordsOfBlob(restored.blob) : null;
  const [order] = records?.["pos.order"] ?? [];
  if (records === null || order === undefined || !isWhole(records)) return null;
  if (session !== null && order["session_id"] !== session) return null;
  const lines = withOriginals(kkt, records["pos.order.line"] ?? []);
  if (lines === null) return null;
  Object.assign(order, values, { kkt_fiscal: restored.receipt.fiscal ?? false });
  (pos.models as { connectNewData(data: object): unknown }).connectNewData({
    ...records,
    "pos.order.line": lines,
  });
  const found = pos.models["pos.order"].getBy("uuid", restored.uuid) as PosOrder | undefined;
  // related fields, which a serialised order does not bear; as Odoo's own page sets them
  if (found !== undefined) Object.assign(found, { config_id: pos.config, session_id: pos.session });
  return found ?? null;
}

const ENDED: readonly BridgeState[] = ["rejected", "cancelled"];

/** The balance of a gift card or wallet: its card is in no copy, so it would be sold without. */
const sellsBalance = (kkt: PosTill, blob: string): boolean =>
  recordsOfBlob(blob)?.["pos.order.line"]?.some(({ product_id }) =>
    isBalanceProduct(kkt.pos.models as BalanceModels, product_id),
  ) === true;

/**
 * An order that became no receipt and that the page has lost, as a draft again.
 *
 * @returns null when the till has no copy from which it can be sold
 * @throws BridgeProblem, BridgeUnreachable, NotSent
 */
export async function restoreDraft(kkt: PosTill, uuid: string): Promise<PosOrder | null> {
  const [restored] = await fetchRestored(kkt, [uuid]);
  if (restored === undefined || !ENDED.includes(restored.receipt.state)) return null;
  const blob = restored.blob ?? "";
  if (!isPlain(blob) || sellsBalance(kkt, blob)) return null;
  return connectRestored(kkt, restored, sessionOfPage(), { state: "draft", nb_print: 0 });
}

/** @returns null when the till has no copy. @throws BridgeProblem, BridgeUnreachable, NotSent */
export async function restoreOrder(kkt: PosTill, uuid: string): Promise<PosOrder | null> {
  const [restored] = await fetchRestored(kkt, [uuid]);
  return restored === undefined ? null : connectRestored(kkt, restored, null);
}
