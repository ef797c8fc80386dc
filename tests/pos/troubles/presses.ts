/** A cashier who presses again, holds Enter, scans on: nothing is sold twice, nothing is changed. */
import { until } from "@opticserp/fixtures/stand/control.ts";
import { expect, it } from "vitest";
import { CASH, product } from "../../support/shop-floor.ts";
import { SOON_MS, lens, type TroubleFloor } from "./trouble-floor.ts";

export function secondPresses(floor: () => TroubleFloor): void {
  it("pressed twice, Enter held, digits and a barcode while it waits: one receipt of the same sum", async () => {
    const at = floor();
    const { pos, kkt } = at;
    const { keyboard } = pos.page;
    const uuid = await at.pay();
    await kkt.fault({ kind: "silence", durationMs: 600_000 });
    await pos.page.locator(".payment-screen .validation-button.next").first().dblclick();
    await pos.page.locator(".kkt-wait").waitFor({ timeout: SOON_MS });
    await hammer(at);
    expect(await pos.page.locator(".kkt-wait").count()).toBe(1);
    await kkt.clearFaults();
    await pos.waitForReceipt(SOON_MS);
    // and on the receipt's own screen
    await keyboard.press("Escape");
    await at.soldOnce(uuid);
    at.askedTheSame(uuid);
    const [signed] = await kkt.receiptsOf(uuid);
    expect(signed?.sum).toBe(lens.priceKopecks);
    await pos.newOrder();
  });

  it("a quick payment on the product screen, pressed and scanned on: one receipt, no further goods", async () => {
    const at = floor();
    const { pos, kkt } = at;
    await pos.addProduct(lens.name);
    const uuid = pos.orderUuid();
    await kkt.fault({ kind: "silence", durationMs: 600_000 });
    await pos.page.locator(".fast-pay-button").filter({ hasText: CASH }).dblclick();
    await pos.page.locator(".kkt-wait").waitFor({ timeout: SOON_MS });
    await hammer(at);
    await kkt.clearFaults();
    await pos.waitForReceipt(SOON_MS);
    await at.soldOnce(uuid);
    at.askedTheSame(uuid);
    const [signed] = await kkt.receiptsOf(uuid);
    expect(signed?.sum).toBe(lens.priceKopecks);
    // what was scanned meanwhile left no question behind
    expect(await pos.dialogText()).toBeNull();
    await pos.newOrder();
  });

  /** Everything that hands do while nothing seems to happen. */
  async function hammer({ pos, bridge }: TroubleFloor): Promise<void> {
    const { keyboard } = pos.page;
    const keys = new Set(bridge.asked.map(({ key }) => key));
    await keyboard.down("Enter");
    for (let n = 0; n < 20; n += 1) await keyboard.down("Enter");
    await keyboard.up("Enter");
    await keyboard.press("Escape");
    for (const digit of "5000") await keyboard.press(digit, { delay: 200 });
    await keyboard.press("Enter");
    // as a scanner types: too fast for a person
    await keyboard.type(product("frames").ean);
    await keyboard.press("Enter");
    await keyboard.press("Backspace");
    await until(
      "the bridge is being asked",
      () => Promise.resolve(bridge.asked.length > 0),
      SOON_MS,
    );
    const after = new Set(bridge.asked.map(({ key }) => key));
    // no new receipt was begun by any of it
    expect([...after].filter((key) => key?.endsWith(":2") === true && !keys.has(key))).toEqual([]);
  }
}
