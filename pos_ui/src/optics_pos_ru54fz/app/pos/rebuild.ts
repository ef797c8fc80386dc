/**
 * Rebuilds what this browser lost from the till's journal: the marks and orders of the last day come
 * back as settled, are shown and can be reprinted and taken back, and reach Odoo once.
 */
import type { PosOrder } from "@point_of_sale/app/models/pos_order";
import { lossOf, markOf, type Held } from "../attempt/lost.ts";
import type { BridgeReceipt } from "../receipt/receipt_types.ts";
import type { PosTill } from "./pos_till.ts";
import { connectRestored, fetchRestored } from "./restored_order.ts";
import { sessionOfPage } from "./page_facts.ts";

/** How far back, by the journal's own times, ms. */
const DAY_MS = 24 * 3_600_000;
const PAGE = 100;

const orderOf = (kkt: PosTill, uuid: string): PosOrder | undefined =>
  kkt.pos.models["pos.order"].getBy("uuid", uuid) as PosOrder | undefined;

function heldOf(kkt: PosTill, uuid: string): Held {
  const order = orderOf(kkt, uuid);
  if (order === undefined) return "none";
  return order.state === "draft" ? "draft" : "settled";
}

const timeOf = ({ fiscalized_at }: BridgeReceipt): number => Date.parse(fiscalized_at ?? "");

interface Page {
  readonly receipts: readonly BridgeReceipt[];
  /** `before` of the next page. */
  readonly next: number | null;
}

/** Newest first. The browser's clock has no say in it. */
async function receiptsOfTheDay({ till }: PosTill): Promise<BridgeReceipt[]> {
  const receipts: BridgeReceipt[] = [];
  let before: number | null = null;
  do {
    const asked: object = { limit: PAGE, before };
    const { body } = await till.client.post<Page>("/v1/kkt/receipts/search", asked);
    receipts.push(...body.receipts);
    before = body.next;
    const [newest] = receipts;
    const oldest = receipts.at(-1);
    if (newest && oldest && timeOf(newest) - timeOf(oldest) > DAY_MS) break;
  } while (before !== null);
  const [newest] = receipts;
  return receipts.filter((one) => newest !== undefined && timeOf(newest) - timeOf(one) <= DAY_MS);
}

/** Of these those that Odoo has settled itself. @throws when Odoo is away */
async function knownToOdoo(kkt: PosTill, uuids: readonly string[]): Promise<ReadonlySet<string>> {
  const orm = kkt.pos.data.orm as {
    searchRead(model: string, domain: unknown[], fields: string[]): Promise<{ uuid: string }[]>;
  };
  const domain = [
    ["uuid", "in", uuids],
    ["state", "!=", "draft"],
  ];
  const known = await orm.searchRead("pos.order", domain, ["uuid"]);
  return new Set(known.map(({ uuid }) => uuid));
}

async function restoreMark(kkt: PosTill, receipt: BridgeReceipt): Promise<void> {
  const order = orderOf(kkt, receipt.uuid);
  const mark = markOf(receipt, crypto.randomUUID(), Date.now());
  await kkt.till.store.put(mark);
  // what Odoo has of a draft bears no payments: the till brings it there
  if (order !== undefined && order.payment_ids.length > 0) kkt.settled(mark);
}

async function restoreOrders(kkt: PosTill, receipts: readonly BridgeReceipt[]): Promise<number> {
  const uuids = receipts.map(({ uuid }) => uuid);
  const restored = await fetchRestored(kkt, uuids.slice(0, PAGE));
  let count = 0;
  // a refund needs its sale: oldest first
  for (const one of [...restored].sort((a, b) => timeOf(a.receipt) - timeOf(b.receipt))) {
    const order = connectRestored(kkt, one, sessionOfPage());
    if (order === null) continue;
    if (kkt.till.store.get(one.uuid) === undefined) {
      await kkt.till.store.put(markOf(one.receipt, crypto.randomUUID(), Date.now()));
    }
    count += 1;
  }
  return count + (uuids.length > PAGE ? await restoreOrders(kkt, receipts.slice(PAGE)) : 0);
}

/**
 * @returns how many orders came back
 * @throws BridgeProblem, BridgeUnreachable, NotSent: what is lost is still lost
 */
export async function rebuild(kkt: PosTill): Promise<number> {
  const { store } = kkt.till;
  const away = !kkt.link.reachable;
  const receipts = await receiptsOfTheDay(kkt);
  const losses = receipts.map((receipt) => ({
    receipt,
    loss: lossOf(receipt, store.get(receipt.uuid), heldOf(kkt, receipt.uuid), away),
  }));
  const marks = losses.filter(({ loss }) => loss === "mark");
  for (const { receipt } of marks) await restoreMark(kkt, receipt);
  const lost = losses.filter(({ loss }) => loss === "order").map(({ receipt }) => receipt);
  if (lost.length === 0) return marks.length;
  const known = away
    ? new Set<string>()
    : await knownToOdoo(
        kkt,
        lost.map(({ uuid }) => uuid),
      ).catch(() => new Set<string>());
  const missing = lost.filter(({ uuid }) => !known.has(uuid));
  return marks.length + (await restoreOrders(kkt, missing));
}
