/** Two tills of one shop whose link to Odoo can be cut, and what the flows of the day ask of them. */
import { freePort } from "@opticserp/native";
import { rotateCredential } from "@opticserp/fixtures/data/load.ts";
import { PEOPLE, type PersonSpec } from "@opticserp/fixtures/data/shop.ts";
import { until } from "@opticserp/fixtures/stand/control.ts";
import { PosPage } from "@opticserp/fixtures/stand/pos-page.ts";
import type { Locator } from "playwright-core";
import { Link } from "../../support/gate.ts";
import { delivered, ledgersOf, type Ledgers } from "../../support/ledgers.ts";
import { ShopFloor } from "../../support/shop-floor.ts";
import { Day } from "../../uat/page/day.ts";
import { PinDialog } from "../../uat/page/pin.ts";
import { QUICK_LINKS } from "../../uat/timers.ts";

/** Generous: the machine may be busy with other tests. */
export const WAIT_MS = 120_000;

/** A refund whose original Odoo does not know yet is tried again after so long. */
const RETRY_MS = 8_000;

const HOST = 3;
const SCREEN = { width: 1024, height: 768 } as const;

const isOffline = () =>
  (globalThis as unknown as { posmodel: { data: { network: { offline: boolean } } } }).posmodel.data
    .network.offline;

export function person(role: PersonSpec["role"]): PersonSpec {
  const found = PEOPLE.find((one) => one.role === role);
  if (!found) throw new Error(`the demo shop has no ${role}`);
  return found;
}

export class DayShop {
  readonly floor: ShopFloor;
  readonly link: Link;
  readonly day: Day;
  /** The shop's second till. */
  readonly other: PosPage;
  readonly otherLedgers: Ledgers;
  readonly pin: PinDialog;

  private constructor(parts: {
    floor: ShopFloor;
    link: Link;
    other: PosPage;
    otherLedgers: Ledgers;
  }) {
    this.floor = parts.floor;
    this.link = parts.link;
    this.other = parts.other;
    this.otherLedgers = parts.otherLedgers;
    this.day = new Day(this.page);
    this.pin = new PinDialog(this.page);
  }

  get pos(): PosPage {
    return this.floor.pos;
  }

  get page(): PosPage["page"] {
    return this.floor.pos.page;
  }

  get ledgers(): Ledgers {
    return this.floor.ledgers;
  }

  static async open(): Promise<DayShop> {
    const port = await freePort();
    const host = `10.231.${HOST}.2`;
    let link: Link | undefined;
    const floor = await ShopFloor.open(
      {
        name: "test-day",
        tills: 2,
        config: { ...QUICK_LINKS, timers: { ...QUICK_LINKS["timers"], refund_retry_ms: RETRY_MS } },
        odooLink: async (odooPort) => {
          link = await Link.create(HOST, port, odooPort);
          return link.url;
        },
      },
      [
        // what a till's policy grants: the address of Odoo may use keys and reach the bridge
        `--unsafely-treat-insecure-origin-as-secure=http://${host}:${port}`,
        `--ip-address-space-overrides=${host}:${port}=loopback`,
      ],
      async (stand) => {
        const odoo = await stand.admin();
        const configs = stand.shop.tills.map(({ posConfigId }) => posConfigId);
        await odoo.write("pos.config", configs, { kkt_electronic_receipt: "ofd" });
      },
    );
    try {
      if (link === undefined) throw new Error("the stand asked for no link to Odoo");
      await floor.pos.page.setViewportSize(SCREEN);
      const [, second] = floor.stand.shop.tills;
      const cashier = PEOPLE[1];
      if (!second || !cashier) throw new Error("the demo shop is incomplete");
      const other = await PosPage.login(floor.browser, {
        url: floor.stand.odooUrl,
        login: cashier.login,
        password: cashier.password,
        posConfigId: second.posConfigId,
        employee: { name: cashier.name, pin: cashier.pin },
      });
      await other.open();
      return new DayShop({ floor, link, other, otherLedgers: await ledgersOf(floor.stand, 1) });
    } catch (error) {
      await floor.close();
      await link?.close();
      throw error;
    }
  }

  async close(): Promise<void> {
    await this.floor.close();
    await this.link.close();
  }

  /** Odoo is gone for browsers and bridges, and this page knows it. */
  async cutOdoo(): Promise<void> {
    await this.link.set("refuse");
    await until("the page knows that Odoo is away", () => this.page.evaluate(isOffline), WAIT_MS);
    await until(
      "the bridge knows it too",
      () =>
        this.page.evaluate(
          () =>
            !(globalThis as unknown as { posmodel: { kkt: { view: { odooReachable: boolean } } } })
              .posmodel.kkt.view.odooReachable,
        ),
      WAIT_MS,
    );
  }

  async bringOdooBack(): Promise<void> {
    await this.link.set("pass");
    await until(
      "the page knows that Odoo is back",
      async () => !(await this.page.evaluate(isOffline)),
      WAIT_MS,
    );
  }

  /** The second till's bridge is no longer let in by Odoo; @returns lets it in again */
  async lockOutOther(): Promise<() => Promise<void>> {
    const { stand } = this.floor;
    const till = stand.till(1);
    const [, loaded] = stand.shop.tills;
    if (!loaded) throw new Error("the shop has no second till");
    const secret = await rotateCredential(await stand.admin(), loaded.tillId);
    return async () => {
      await till.stopBridge();
      await till.startBridge({ BRIDGE_ODOO__CREDENTIAL: secret });
    };
  }

  /** Sells at a till; the card's sale is the default. @returns the order, settled and delivered */
  async sellAt(
    pos: PosPage,
    names: readonly string[],
    payments: readonly { readonly method: string; readonly amount?: string }[],
  ): Promise<{ readonly uuid: string; readonly fd: number }> {
    for (const name of names) await pos.addProduct(name);
    const uuid = pos.orderUuid();
    await pos.toPayment();
    for (const { method, amount } of payments) await pos.addPayment(method, amount);
    await pos.validate(WAIT_MS);
    const { fd } = await pos.readFiscalCopy();
    return { uuid, fd };
  }

  async referenceOf(uuid: string, ledgers = this.ledgers): Promise<string> {
    await delivered(ledgers, uuid, WAIT_MS);
    return this.orderField(uuid, "pos_reference");
  }

  async orderField(uuid: string, field: string): Promise<string> {
    return until(
      `Odoo has ${field} of ${uuid}`,
      async () => {
        const [order] = await this.ledgers.odoo.read<{ id: number } & Record<string, string>>(
          "pos.order",
          [["uuid", "=", uuid]],
          [field],
        );
        return order?.[field];
      },
      WAIT_MS,
    );
  }

  /** The search of a refund's sale: what is typed, or a day; the rows it found. */
  async find(what: { readonly text?: string; readonly date?: string }): Promise<Locator> {
    const { page } = this;
    if (!(await page.locator(".kkt-find").isVisible())) {
      if (!(await page.locator(".ticket-screen").isVisible())) await this.pos.openOrders("active");
      await page.locator(".kkt-find-open").click();
    }
    await page.locator(".kkt-find-text").fill(what.text ?? "");
    await page.locator(".kkt-find-date").fill(what.date ?? "");
    await page.locator(".kkt-find-go").click();
    await page.locator(".kkt-find-busy").waitFor({ state: "detached", timeout: WAIT_MS });
    return page.locator(".kkt-find-row");
  }

  row(uuid: string): Locator {
    return this.page.locator(`.kkt-find-row[data-uuid="${uuid}"]`);
  }

  /** Takes the found sale: its lines stand beside the list of orders. */
  async take(uuid: string): Promise<void> {
    await this.row(uuid).click();
    await this.page.locator(".ticket-screen .orderline").first().waitFor({ timeout: WAIT_MS });
  }

  /** Opens an order of the list that is not settled. */
  async load(uuid: string): Promise<void> {
    await this.pos.openOrders("active");
    await this.page.locator(`.ticket-screen .order-row[orderuuid="${uuid}"]`).click();
    await this.page.locator(".load-order-button").first().click();
  }

  async closeTrouble(id: string): Promise<string> {
    const { page } = this;
    await page.locator(`[data-trouble="${id}"]`).waitFor({ timeout: WAIT_MS });
    await this.floor.picture(`day-trouble-${id}`);
    const said = (await this.pos.dialogText()) ?? "";
    await page.locator(".kkt-trouble-close").click();
    return said;
  }

  async sessionId(): Promise<number> {
    const { tills } = this.floor.stand.shop;
    const [id] = await this.ledgers.odoo.search("pos.session", [
      ["config_id", "=", tills[0]?.posConfigId ?? 0],
      ["state", "!=", "closed"],
    ]);
    if (id === undefined) throw new Error("no session is open");
    return id;
  }
}

/** No word of Odoo's or ours is left in English. */
export const ENGLISH = /[A-Za-z]{5,}/;
