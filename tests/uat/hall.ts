/**
 * Where the acceptance takes place: real PostgreSQL and Odoo behind a link that can fail, the ОФД
 * emulator and Chromium. Each scenario gets a till of its own in it.
 */
import { networkInterfaces } from "node:os";
import { freePort } from "@opticserp/native";
import type { OdooClient } from "@opticserp/fixtures/data/odoo-client.ts";
import { tillSpecs } from "@opticserp/fixtures/data/shop.ts";
import { OfdControl } from "@opticserp/fixtures/stand/control.ts";
import { launchChromium } from "@opticserp/fixtures/stand/pos-page.ts";
import { Stand } from "@opticserp/fixtures/stand/stand.ts";
import type { Browser } from "playwright-core";
import { Link } from "../support/gate.ts";

export const SEED = 1;

/** The acceptance's own product: «солнцезащитные очки, 2 500 ₽» of scenario 08. */
export const SUNGLASSES = {
  name: "Очки солнцезащитные «Приёмка»",
  sku: "SG-UAT",
  ean: "2000099999997",
  priceKopecks: 250_000,
} as const;

export interface HallOptions {
  /** Names folder, database and programs. */
  readonly name: string;
  readonly tills: number;
  readonly progress: (step: string) => void;
}

/** A link's number (see `gate.ts`) that nobody on this machine has just now. */
function freeLinkNumber(): number {
  const addresses = Object.values(networkInterfaces()).flatMap((list) => list ?? []);
  const taken = new Set(addresses.map(({ address }) => address));
  for (let number = 41; number <= 250; number += 1) {
    if (!taken.has(`10.231.${String(number)}.1`)) return number;
  }
  throw new Error("210 links are up: none is free for this run");
}

export class Hall {
  readonly stand: Stand;
  readonly odooLink: Link;
  readonly ofdLink: Link;
  readonly odoo: OdooClient;
  readonly ofd: OfdControl;
  readonly browser: Browser;

  private constructor(
    stand: Stand,
    links: { readonly odoo: Link; readonly ofd: Link },
    odoo: OdooClient,
    browser: Browser,
  ) {
    this.stand = stand;
    this.odooLink = links.odoo;
    this.ofdLink = links.ofd;
    this.odoo = odoo;
    this.ofd = new OfdControl(stand.ofd.ready.control);
    this.browser = browser;
  }

  static async open(options: HallOptions): Promise<Hall> {
    const port = await freePort();
    let link: Link | undefined;
    const stand = await Stand.start({
      name: options.name,
      tills: 0,
      shopTills: tillSpecs(options.tills),
      printMs: 0,
      transport: "serial",
      seed: SEED,
      odooLink: async (odooPort) => {
        link = await Link.create(freeLinkNumber(), port, odooPort);
        return link.url;
      },
      progress: options.progress,
    });
    let ofd: Link | undefined;
    try {
      if (!link) throw new Error("the stand asked for no link to Odoo");
      const [, ofdPort] = stand.ofd.ready.listen.split(":");
      ofd = await Link.create(freeLinkNumber(), await freePort(), Number(ofdPort));
      const odoo = await stand.admin();
      await addSunglasses(odoo);
      const browser = await launchChromium([
        // What a till's policy grants: the address of Odoo may use keys and reach the bridge.
        `--unsafely-treat-insecure-origin-as-secure=${link.url}`,
        `--ip-address-space-overrides=${link.host}:${link.port}=loopback`,
      ]);
      return new Hall(stand, { odoo: link, ofd }, odoo, browser);
    } catch (error) {
      await ofd?.close();
      await link?.close();
      await stand.stop();
      throw error;
    }
  }

  /** Both links of the shop: `away` refuses, as a router without a line does. */
  async links(state: "away" | "back"): Promise<void> {
    const mode = state === "away" ? "refuse" : "pass";
    await this.ofdLink.set(mode);
    await this.odooLink.set(mode);
  }

  /** Everything works again. */
  async calm(): Promise<void> {
    await this.ofd.clearFaults();
    await this.links("back");
  }

  async close(): Promise<void> {
    await this.browser.close();
    await this.ofdLink.close();
    await this.odooLink.close();
    await this.stand.stop();
  }
}

async function addSunglasses(odoo: OdooClient): Promise<void> {
  const [tax] = await odoo.search("account.tax", [
    ["kkt_vat_code", "=", "11"],
    ["type_tax_use", "=", "sale"],
  ]);
  await odoo.create("product.template", {
    name: SUNGLASSES.name,
    default_code: SUNGLASSES.sku,
    barcode: SUNGLASSES.ean,
    type: "consu",
    available_in_pos: true,
    list_price: SUNGLASSES.priceKopecks / 100,
    taxes_id: [[6, 0, tax === undefined ? [] : [tax]]],
    kkt_subject: "1",
    kkt_payment_method: "4",
  });
}
