/** (f) 200 receipts that were sold without links, delivered to the ОФД and then to the real Odoo. */
import { randomUUID } from "node:crypto";
import { until } from "@opticserp/fixtures/stand/control.ts";
import { ProofLog } from "../proof/run.ts";
import { ProofShop, type ProofTill } from "../proof/shop.ts";
import type { Figure } from "./stats.ts";

const RECEIPTS = 200;
const SECONDS = 20;
/** A slow machine is measured all the same, ms. */
const WITHIN_MS = 300_000;
const LINK_NUMBER = 34;

export async function measureBacklog({ count }: { count: number | null }): Promise<Figure[]> {
  const log = new ProofLog();
  try {
    const options = { name: "bench-backlog", tills: 1, printMs: 0, linkNumber: LINK_NUMBER };
    const shop = await ProofShop.open(options, log);
    const [till] = shop.tills;
    if (!till) throw new Error("the shop has no till");
    // Odoo's keys and the open shift: without them nothing is sold offline
    await till.sell(1, "sale");
    await shop.delivered(WITHIN_MS);
    await shop.links("away");
    const sold = await till.sell(count ?? RECEIPTS, "sale");
    log.step(`${sold.length} receipts without links`);
    const waiting = till.rest();
    if (waiting.ofdPending < sold.length || waiting.odooPending < sold.length) {
      throw new Error(`not all of ${sold.length} receipts wait: ${JSON.stringify(waiting)}`);
    }

    let from = performance.now();
    await shop.ofd.clearFaults();
    await syncNow(till);
    await until("ОФД has all", () => Promise.resolve(till.rest().ofdPending === 0), WITHIN_MS);
    const ofd = (performance.now() - from) / 1_000;
    log.step(`the ОФД has them after ${ofd.toFixed(1)} s`);

    from = performance.now();
    await shop.odooLink.set("pass");
    await syncNow(till);
    await until("Odoo has all", () => Promise.resolve(till.rest().odooPending === 0), WITHIN_MS);
    const odoo = (performance.now() - from) / 1_000;
    log.step(`Odoo has them after ${odoo.toFixed(1)} s`);

    const { duplicates, lost, outOfOrder, unresolved } = await shop.findings();
    const wrong = [...duplicates, ...lost, ...outOfOrder, ...unresolved];
    if (wrong.length > 0) throw new Error(`not delivered once each: ${wrong.join("; ")}`);
    const figure = (what: string, value: number, notes: readonly string[]): Figure => ({
      id: "f",
      what: `backlog of ${sold.length} receipts into ${what}`,
      measured: null,
      baseline: null,
      target: { of: "value", value, unit: "s", atMost: SECONDS },
      notes,
    });
    return [
      figure("the ОФД emulator", ofd, [
        "register on a serial pty, sold while both links refused; from the link's return with a " +
          "manager's sync, which spares the wait for the next try, to the last ticket in the ФН",
      ]),
      figure("the real Odoo", odoo, [
        "the same after that, to the journal's word that Odoo has all; ФН, ОФД, journal and " +
          "kkt.receipt compared afterwards, once each",
      ]),
    ];
  } finally {
    await log.end();
  }
}

/** A sync may run already that began when a link was away; this one begins after its return. */
async function syncNow(till: ProofTill): Promise<void> {
  await until(
    "the sync is taken",
    async () => {
      const key = { "idempotency-key": `bench-${randomUUID()}` };
      const { status } = await till.manager.request("POST", "/v1/kkt/buffer/sync", {}, key);
      return status === 202;
    },
    WITHIN_MS,
  );
}
