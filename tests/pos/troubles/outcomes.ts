/** The outcome is open: for a while, for another order, for a page that died, for good. */
import { PEOPLE } from "@opticserp/fixtures/data/shop.ts";
import { until } from "@opticserp/fixtures/stand/control.ts";
import { rmSync } from "node:fs";
import { expect, it } from "vitest";
import { delivered } from "../../support/ledgers.ts";
import { PinDialog } from "../../uat/page/pin.ts";
import { SOON_MS, lens, type TroubleFloor } from "./trouble-floor.ts";

const MANAGER = PEOPLE.find(({ role }) => role === "manager");

export function openOutcomes(floor: () => TroubleFloor): void {
  it("dark in the middle of signing: left for later, the next order waits for it, both are sold once", async () => {
    const at = floor();
    const { pos, kkt } = at;
    const first = await at.pay();
    await kkt.fault({ kind: "power-cut", when: "after-execute", command: "FF45" });
    await pos.pressValidate();
    await at.trouble("outcome_unknown").waitFor({ timeout: SOON_MS });
    expect(await at.said("trouble-outcome-unknown")).toMatch(/Не пробивайте/);
    await pos.page.locator(".kkt-wait-leave").click();
    await pos.page.locator(".product-screen").waitFor();

    const second = await at.pay();
    expect(second).not.toBe(first);
    await pos.pressValidate();
    await at.trouble("lane_busy").waitFor({ timeout: SOON_MS });
    await at.said("trouble-lane-busy");
    expect(await kkt.receiptsOf(second)).toEqual([]);
    await kkt.clearFaults();
    await kkt.post("/power", { on: true });
    await pos.waitForReceipt(SOON_MS);
    await pos.newOrder();
    await at.soldOnce(first);
    await at.soldOnce(second);
    await delivered(at.floor.ledgers, first, SOON_MS);
  });

  it("the page dies between document and answer: the next one finds the receipt and ends the order", async () => {
    const at = floor();
    const { pos, bridge } = at;
    bridge.refuseLive();
    await pos.waitForTillMode("absent", SOON_MS);
    const uuid = await at.pay();
    bridge.spoil("/v1/kkt/receipt", "silence");
    await pos.pressValidate();
    await until(
      "signed, and the page does not know",
      () => Promise.resolve(bridge.held > 0),
      SOON_MS,
    );
    await pos.page.goto("about:blank");
    bridge.heal();
    await pos.open();
    await pos.waitForTillMode("online", SOON_MS);
    const { order } = await delivered(at.floor.ledgers, uuid, SOON_MS);
    expect(order.state).not.toBe("draft");
    await at.soldOnce(uuid);
    await toNewOrder(at);
  });

  it("the bridge has lost its journal: the paper is asked, a manager decides, the order is sold", async () => {
    const at = floor();
    const { pos, kkt } = at;
    const till = at.floor.stand.till();
    const uuid = await at.pay();
    await kkt.fault({ kind: "silence", durationMs: 600_000 });
    await pos.pressValidate();
    await at.trouble("device_silent").waitFor({ timeout: 90_000 });
    await till.bridge.kill();
    for (const end of ["", "-wal", "-shm"]) rmSync(`${till.journalPath}${end}`, { force: true });
    await kkt.clearFaults();
    await till.startBridge();
    const later = pos.page.locator(".kkt-paper-later");
    await later.waitFor({ timeout: SOON_MS });
    expect(await at.said("trouble-forgotten")).toMatch(/лент/);
    await pos.page.locator(".kkt-paper-nothing").click();
    await managerSays(at, "trouble-forgotten-pin");
    await at.trouble("cancelled").waitFor({ timeout: SOON_MS });
    await at.said("trouble-forgotten-decided");
    await pos.page.locator(".kkt-trouble-close").click();
    expect(await kkt.receiptsOf(uuid)).toEqual([]);
    // the new journal counts the order's attempts from one again
    await at.ready();
    await pos.validate(SOON_MS);
    await pos.newOrder();
    expect(await kkt.receiptsOf(uuid)).toHaveLength(1);
  });

  it("another ФН in the middle of signing: the till stops, a manager ends the receipt off the paper", async () => {
    const at = floor();
    const { pos, kkt } = at;
    const uuid = await at.pay();
    await kkt.fault({ kind: "power-cut", when: "after-execute", command: "FF45" });
    await pos.pressValidate();
    await at.trouble("outcome_unknown").waitFor({ timeout: SOON_MS });
    const [document] = await kkt.receiptsOf(uuid);
    await kkt.clearFaults();
    await kkt.post("/fn/replace", {});
    await kkt.post("/power", { on: true });
    await at.trouble("lane_stopped").waitFor({ timeout: 120_000 });
    expect(await at.said("trouble-lane-stopped")).toMatch(/управляющ/i);
    await pos.page.locator(".kkt-wait-decide").click();
    const printed = pos.page.locator(".kkt-paper-printed");
    await printed.waitFor({ timeout: SOON_MS });
    await printed.click();
    await pos.page.locator(".kkt-paper-fd").fill(String(document?.fd));
    await pos.page.locator(".kkt-paper-fp").fill(String(document?.fp));
    const [year, month, day, time = ""] = (document?.dateTime ?? "").split(/[-T]/);
    const wall = `${day}.${month}.${year} ${time.slice(0, 5)}`;
    await pos.page.locator(".kkt-paper-time").fill(wall);
    await at.said("trouble-lane-stopped-paper");
    await printed.click();
    await managerSays(at, "trouble-lane-stopped-pin");
    await pos.waitForReceipt(SOON_MS);
    const copy = await pos.readFiscalCopy();
    expect(copy).toMatchObject({ fd: document?.fd, fp: document?.fp });
    await pos.newOrder();
    // and the till sells on, on the new ФН
    const next = await at.pay();
    await at.sellsNow(next);
    const [signed] = await kkt.receiptsOf(next);
    expect(signed?.sum).toBe(lens.priceKopecks);
  });

  it("the next order meets the stopped till: a manager ends the other receipt there, both are sold", async () => {
    const at = floor();
    const { pos, kkt } = at;
    const first = await at.pay();
    await kkt.fault({ kind: "power-cut", when: "before-execute", command: "FF45" });
    await pos.pressValidate();
    await at.trouble("outcome_unknown").waitFor({ timeout: SOON_MS });
    await kkt.clearFaults();
    await kkt.post("/fn/replace", {});
    await kkt.post("/power", { on: true });
    await at.trouble("lane_stopped").waitFor({ timeout: 120_000 });
    await pos.page.locator(".kkt-wait-leave").click();
    await pos.page.locator(".product-screen").waitFor();

    const second = await at.pay();
    await pos.pressValidate();
    await pos.page.locator(".kkt-trouble-action").waitFor({ timeout: SOON_MS });
    expect(await at.said("trouble-lane-stopped-next")).toMatch(/управляющ/i);
    await pos.page.locator(".kkt-trouble-action").click();
    await pos.page.locator(".kkt-paper-nothing").click({ timeout: SOON_MS });
    await managerSays(at, "trouble-lane-stopped-next-pin");
    await until("the till goes on", async () => (await at.view()).lane !== "stopped", SOON_MS);
    await at.sellsNow(second);
    expect(await kkt.receiptsOf(first)).toEqual([]);
    await pos.page.evaluate((orderUuid) => {
      const { posmodel } = globalThis as unknown as {
        posmodel: { navigate(screen: string, params: object): void };
      };
      posmodel.navigate("PaymentScreen", { orderUuid });
    }, first);
    await pos.page.locator(".payment-screen").waitFor();
    await at.sellsNow(first);
  });

  async function managerSays(at: TroubleFloor, picture: string): Promise<void> {
    if (MANAGER === undefined) throw new Error("nobody is a manager");
    const dialog = new PinDialog(at.pos.page);
    await dialog.waitFor();
    await at.said(picture);
    await dialog.type(MANAGER);
  }

  /** From wherever the new page has come up. */
  async function toNewOrder({ pos }: TroubleFloor): Promise<void> {
    if (await pos.page.locator(".receipt-screen").isVisible()) await pos.newOrder();
    else await pos.page.locator(".product-screen").waitFor({ timeout: SOON_MS });
  }
}
