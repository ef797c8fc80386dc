/** An order that this browser no longer has, from the copy that the till keeps of it. */
import type { PosOrder } from "@point_of_sale/app/models/pos_order";
import type { BridgeReceipt } from "../receipt/receipt_types.ts";
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
    return [
      {
        ...without(values, ["pack_lot_ids", "custom_attribute_value_ids"]),
        id: values.uuid,
        ...parent,
      },
    ];
  });
}

/** The serialised order as records of the page's models; null when it can't be read. */
export function recordsOfBlob(blob: string): Record<string, Values[]> | null {
  let order: Values;
  try {
    order = JSON.parse(blob) as Values;
  } catch {
    return null;
  }
  const { uuid, lines, payment_ids } = order;
  if (typeof uuid !== "string") return null;
  const orderLines = children(lines, { order_id: uuid });
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

interface Restored {
  readonly uuid: string;
  readonly blob: string | null;
  readonly receipt: BridgeReceipt;
}

/** @returns null when the till has no copy. @throws BridgeProblem, BridgeUnreachable, NotSent */
export async function restoreOrder(kkt: PosTill, uuid: string): Promise<PosOrder | null> {
  const { pos } = kkt;
  const { body } = await kkt.till.client.post<{ orders: Restored[] }>("/v1/kkt/orders/restore", {
    uuids: [uuid],
  });
  const [restored] = body.orders;
  const records = restored?.blob ? recordsOfBlob(restored.blob) : null;
  const [order] = records?.["pos.order"] ?? [];
  if (records === null || order === undefined) return null;
  order.kkt_fiscal = restored?.receipt.fiscal ?? false;
  (pos.models as { connectNewData(data: object): unknown }).connectNewData(records);
  return (pos.models["pos.order"].getBy("uuid", uuid) as PosOrder | undefined) ?? null;
}
