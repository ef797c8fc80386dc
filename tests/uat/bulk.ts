/** Many receipts at a till, made by the page's own code without a browser. */
import { ProofTill } from "../proof/shop.ts";
import { Page } from "../chaos/page.ts";
import { makePlan } from "../chaos/plan.ts";
import type { Counter } from "./counter.ts";

/** A receipt without an end after this is unresolved, ms. */
const GIVE_UP_MS = 300_000;

/** @returns a seller at the counter's till, another browser profile than the cashier's */
export async function bulkSeller(counter: Counter): Promise<ProofTill> {
  const { hall, till, posConfigId, manager } = counter;
  const started = performance.now();
  const page = await Page.open({
    url: till.url,
    till: till.code,
    certify: (profile, jwk) =>
      hall.odoo.call("kkt.till", "certify_browser", [posConfigId, profile, jwk]),
    now: () => performance.now() - started,
    giveUpMs: GIVE_UP_MS,
  });
  // the tills of a run share one Odoo, which takes an order's uuid once
  const seed = 7 + Number(till.code.replaceAll(/\D/g, ""));
  const [plan] = makePlan({ seed, runs: 400, tills: [till.code], ordersPerFault: 1e6 });
  const orders = (plan?.orders ?? []).map((order) => ({ ...order, faults: [] }));
  return new ProofTill(till, page, manager, orders);
}
