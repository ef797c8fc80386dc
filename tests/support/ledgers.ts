/** The four places that must say the same of a receipt, to the kopeck. */
import type { OdooClient } from "@opticserp/fixtures/data/odoo-client.ts";
import {
  KktControl,
  OfdControl,
  until,
  type LedgerDocument,
} from "@opticserp/fixtures/stand/control.ts";
import type { Stand } from "@opticserp/fixtures/stand/stand.ts";
import { expect } from "vitest";

/** A receipt as one of the four has it; sums in kopecks. */
export interface Entry {
  readonly fd: number;
  readonly fp: number;
  /** Of the document; refunds are positive here. */
  readonly sum: number;
}

export interface Ledgers {
  readonly kkt: KktControl;
  readonly ofd: OfdControl;
  readonly odoo: OdooClient;
  /** The ФН whose documents are meant. */
  readonly fn: string;
}

export async function ledgersOf(stand: Stand, till = 0): Promise<Ledgers> {
  const { kkt } = stand.till(till);
  return {
    kkt: new KktControl(kkt.ready.control),
    ofd: new OfdControl(stand.ofd.ready.control),
    odoo: await stand.admin(),
    fn: kkt.ready.fn,
  };
}

const kopecks = (roubles: number) => Math.round(roubles * 100);
const entry = ({ fd, fp, sum }: LedgerDocument): Entry => ({ fd, fp, sum: sum ?? -1 });

export interface OdooOrder {
  readonly id: number;
  readonly uuid: string;
  readonly state: string;
  readonly amount_total: number;
}

/** Waits until Odoo has order and fiscal receipt of this uuid, linked with each other. */
export function delivered({ odoo, fn }: Ledgers, uuid: string, timeoutMs = 60_000) {
  return until(
    `Odoo has order and receipt of ${uuid}`,
    async () => {
      const [order] = await odoo.read<OdooOrder & Record<string, unknown>>(
        "pos.order",
        [["uuid", "=", uuid]],
        ["uuid", "state", "amount_total"],
      );
      const receipts = await odoo.read<{
        id: number;
        fn: string;
        fd: number;
        /** Text: a u32 is more than Odoo's integers hold. */
        fp: string;
        total_kopecks: number;
        order_id: [number, string] | false;
      }>(
        "kkt.receipt",
        [
          ["uuid", "=", uuid],
          ["fn", "=", fn],
        ],
        ["fn", "fd", "fp", "total_kopecks", "order_id"],
      );
      const [receipt] = receipts;
      if (!order || !receipt || receipt.order_id === false || order.state === "draft") return null;
      return { order, receipt, receipts };
    },
    timeoutMs,
  );
}

/** Waits for all four, then compares them. Returns the fiscal document of the register. */
export async function expectFourAgree(
  ledgers: Ledgers,
  uuid: string,
  sum: number,
): Promise<LedgerDocument> {
  const { order, receipt, receipts } = await delivered(ledgers, uuid);
  const signed = await ledgers.kkt.receiptsOf(uuid);
  expect(signed.map(entry)).toEqual([{ fd: receipt.fd, fp: Number(receipt.fp), sum }]);
  const atOfd = await until("the ОФД has the document", async () => {
    const documents = await ledgers.ofd.documents();
    const found = documents.filter(({ fn, fd }) => fn === ledgers.fn && fd === receipt.fd);
    return found.length > 0 && found;
  });
  expect(atOfd.map(entry)).toEqual(signed.map(entry));
  expect(receipts).toHaveLength(1);
  expect(receipt.total_kopecks).toBe(sum);
  expect(receipt.order_id && receipt.order_id[0]).toBe(order.id);
  expect(Math.abs(kopecks(order.amount_total))).toBe(sum);
  const [document] = signed;
  if (!document) throw new Error("unreachable: compared above");
  return document;
}
