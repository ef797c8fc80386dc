/** One POS start for all troubles: a till whose bridge is reached through a proxy that can spoil it. */
import type { OdooClient } from "@opticserp/fixtures/data/odoo-client.ts";
import { until } from "@opticserp/fixtures/stand/control.ts";
import type { Locator } from "playwright-core";
import { expect } from "vitest";
import { FaultyBridge } from "../../support/faulty-bridge.ts";
import { CASH, ShopFloor, product } from "../../support/shop-floor.ts";

export const lens = product("lenses");

/** Limits are for a machine under load. */
export const SOON_MS = 60_000;

/** Cash by one press on the product screen. */
async function offerFastPayment(odoo: OdooClient, posConfigId: number): Promise<void> {
  const [config] = await odoo.read<{ id: number; payment_method_ids: number[] }>(
    "pos.config",
    [["id", "=", posConfigId]],
    ["payment_method_ids"],
  );
  const cash = await odoo.search("pos.payment.method", [
    ["id", "in", config?.payment_method_ids ?? []],
    ["is_cash_count", "=", true],
  ]);
  await odoo.write("pos.config", [posConfigId], {
    use_fast_payment: true,
    fast_payment_method_ids: [[6, 0, cash]],
  });
}

interface TillView {
  readonly deviceState: string | null;
  readonly mode: string;
  readonly lane: string | null;
}

export class TroubleFloor {
  readonly floor: ShopFloor;
  readonly bridge: FaultyBridge;

  private constructor(floor: ShopFloor, bridge: FaultyBridge) {
    this.floor = floor;
    this.bridge = bridge;
  }

  static async open(name: string): Promise<TroubleFloor> {
    let bridge: FaultyBridge | null = null;
    try {
      const floor = await ShopFloor.open({ name }, [], async (stand) => {
        bridge = await FaultyBridge.start(stand.till().httpPort, stand.odooUrl);
        const [till] = stand.shop.tills;
        const odoo = await stand.admin();
        if (!till) throw new Error("the demo shop has no till");
        await odoo.write("kkt.till", [till.tillId], { bridge_url: bridge.url });
        await offerFastPayment(odoo, till.posConfigId);
      });
      await floor.pos.page.setViewportSize({ width: 1024, height: 768 });
      return new TroubleFloor(floor, bridge!);
    } catch (error) {
      await (bridge as FaultyBridge | null)?.close();
      throw error;
    }
  }

  async close(): Promise<void> {
    await this.bridge.close();
    await this.floor.close();
  }

  get pos(): ShopFloor["pos"] {
    return this.floor.pos;
  }

  get kkt(): ShopFloor["ledgers"]["kkt"] {
    return this.floor.ledgers.kkt;
  }

  trouble(id: string): Locator {
    return this.pos.page.locator(`[data-trouble="${id}"]`);
  }

  /** An order on the payment screen, paid; its uuid. */
  async pay(method = CASH): Promise<string> {
    const { pos } = this;
    await pos.addProduct(lens.name);
    const uuid = pos.orderUuid();
    await pos.toPayment();
    await pos.addPayment(method);
    return uuid;
  }

  /** What the dialog on top says: Russian, and nothing of a program. */
  async said(picture: string): Promise<string> {
    await this.floor.picture(picture);
    const said = (await this.pos.dialogText()) ?? "";
    expect(said).not.toMatch(/[A-Za-z]{4,}/);
    return said;
  }

  /** Validate ends on that screen, which names one step and keeps the order. */
  async refused(id: string): Promise<string> {
    const { pos } = this;
    await pos.pressValidate();
    await this.trouble(id).waitFor({ timeout: SOON_MS });
    const said = await this.said(`trouble-${id}`);
    await pos.page.locator(".kkt-trouble-close").click();
    await pos.page.locator(".payment-screen").waitFor();
    return said;
  }

  /** What the page shows of the till. */
  view(): Promise<TillView> {
    return this.pos.page.evaluate(() => {
      const { kkt } = (globalThis as unknown as { posmodel: { kkt: { view: TillView } } }).posmodel;
      const { deviceState, mode, lane } = kkt.view;
      return { deviceState, mode, lane };
    });
  }

  ready(): Promise<unknown> {
    return until(
      "the till is ready",
      async () => {
        const { deviceState, mode } = await this.view();
        return deviceState === "ready" && mode !== "absent";
      },
      SOON_MS,
    );
  }

  /** The order that lay there is sold now, and only once. */
  async sellsNow(uuid: string): Promise<void> {
    await this.ready();
    await this.pos.validate(SOON_MS);
    await this.pos.newOrder();
    await this.soldOnce(uuid);
  }

  async soldOnce(uuid: string): Promise<void> {
    expect(await this.kkt.receiptsOf(uuid)).toHaveLength(1);
  }

  /** However often the page asked, it was one question under one key. */
  askedTheSame(uuid: string): void {
    const asked = this.bridge.receipts(uuid).map(({ key, body }) => `${key ?? ""} ${body}`);
    expect(asked.length).toBeGreaterThan(0);
    expect(new Set(asked).size).toBe(1);
  }

  /** A refusal of the bridge for one receipt, in the bridge's form. */
  problem(status: number, code: string, detail: string) {
    return {
      status,
      contentType: "application/problem+json",
      headers: { "Access-Control-Allow-Origin": this.floor.stand.odooUrl, Vary: "*" },
      body: JSON.stringify({ type: "about:blank", title: code, status, code, detail }),
    };
  }
}
