/**
 * Odoo refuses, accepts and never answers, or every packet to it is lost: the receipt screen comes
 * all the same within the limit, and everything is delivered by itself when Odoo is back.
 */
import { until } from "@opticserp/fixtures/stand/control.ts";
import { freePort } from "@opticserp/native";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Link, type LinkMode } from "../support/gate.ts";
import { delivered, expectFourAgree } from "../support/ledgers.ts";
import { ShopFloor, product } from "../support/shop-floor.ts";

/** Of the issue: delivered after Odoo's return with no further sale, ms. */
const DELIVERED_WITHIN_MS = 60_000;

const MODES: readonly { readonly mode: LinkMode; readonly how: string }[] = [
  { mode: "refuse", how: "refuses connections" },
  { mode: "hang", how: "accepts and never answers" },
  { mode: "drop", how: "loses every packet" },
];

/** What the POS itself goes by (`data_service.js`). */
const isOffline = () =>
  (globalThis as unknown as { posmodel: { data: { network: { offline: boolean } } } }).posmodel.data
    .network.offline;

describe("a sale without Odoo", () => {
  let floor: ShopFloor | undefined;
  let link: Link | undefined;

  beforeAll(async () => {
    const port = await freePort();
    const origin = `http://10.231.1.2:${port}`;
    floor = await ShopFloor.open(
      {
        name: "test-away",
        odooLink: async (odooPort) => {
          const made = await Link.create(1, port, odooPort);
          link = made;
          return made.url;
        },
      },
      [
        // What a till's policy grants: the address of Odoo may use keys and reach the bridge.
        `--unsafely-treat-insecure-origin-as-secure=${origin}`,
        `--ip-address-space-overrides=10.231.1.2:${port}=loopback`,
      ],
    );
  });
  afterAll(async () => {
    await floor?.close();
    await link?.close();
  });

  it.each(MODES)("Odoo $how", async ({ mode }) => {
    if (!floor || !link) throw new Error("the shop is not open");
    const { ledgers } = floor;
    await link.set(mode);
    // At the first moment nobody knows of the outage; later the page has been told of it.
    const first = await floor.sell(product("sunglasses", 1));
    const { page } = floor.pos;
    await until("the page knows that Odoo is away", () => page.evaluate(isOffline), 90_000);
    const second = await floor.sell(product("frames", 1), product("accessories", 2));
    await floor.picture(`away-${mode}`);
    for (const { uuid } of [first, second]) {
      expect(await ledgers.odoo.search("pos.order", [["uuid", "=", uuid]])).toEqual([]);
    }

    await link.set("pass");
    const from = performance.now();
    for (const { uuid } of [first, second]) {
      const left = DELIVERED_WITHIN_MS - (performance.now() - from);
      await delivered(ledgers, uuid, left);
    }
    for (const { uuid, sum, fd } of [first, second]) {
      expect((await expectFourAgree(ledgers, uuid, sum)).fd).toBe(fd);
    }
    await floor.pos.waitForTillMode("online", 150_000);
  });
});
