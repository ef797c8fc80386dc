/**
 * Rubbish from the bridge's address: the order waits, the cashier is told in Russian what to do, and
 * the bridge is asked again under the same key until there is exactly one document.
 */
import { until } from "@opticserp/fixtures/stand/control.ts";
import { expect, it } from "vitest";
import type { Spoil } from "../../support/faulty-bridge.ts";
import { SOON_MS, type TroubleFloor } from "./trouble-floor.ts";

const RECEIPT = "/v1/kkt/receipt";
const STATES = "/v1/kkt/orders/state";

export function badAnswers(floor: () => TroubleFloor): void {
  /** Without the live channel the page knows what the answers say, and nothing else. */
  async function withoutLive(): Promise<TroubleFloor> {
    const at = floor();
    at.bridge.refuseLive();
    await at.pos.waitForTillMode("absent", SOON_MS);
    return at;
  }

  async function healed(): Promise<void> {
    const at = floor();
    at.bridge.heal();
    await at.pos.waitForTillMode("online", SOON_MS);
  }

  it.each<Spoil>(["garbage", "half", "error", "html", "other"])(
    "the sale's answer is spoilt (%s): asked again under its key, one document",
    async (spoil) => {
      const at = await withoutLive();
      const uuid = await at.pay();
      at.bridge.spoil(RECEIPT, spoil);
      await at.pos.pressValidate();
      await at.trouble("bridge_away").waitFor({ timeout: SOON_MS });
      const said = await at.said(`trouble-answer-${spoil}`);
      expect(said).toMatch(/Не пробивайте/);
      await at.pos.waitForReceipt(SOON_MS);
      await at.pos.newOrder();
      expect(at.bridge.receipts(uuid).length).toBeGreaterThanOrEqual(2);
      await at.soldOnce(uuid);
      at.askedTheSame(uuid);
      await healed();
    },
  );

  it("nothing for 10 s: it says so, and the late answer counts", async () => {
    const at = await withoutLive();
    const uuid = await at.pay();
    at.bridge.spoil(RECEIPT, "silence");
    await at.pos.pressValidate();
    await at.trouble("bridge_away").waitFor({ timeout: SOON_MS });
    expect(await at.said("trouble-answer-silence")).toMatch(/Не пробивайте/);
    await at.pos.page.locator(".kkt-wait-order").filter({ hasText: /1\d с/ }).waitFor();
    at.bridge.release();
    await at.pos.waitForReceipt(SOON_MS);
    await at.pos.newOrder();
    await at.soldOnce(uuid);
    at.askedTheSame(uuid);
    await healed();
  });

  it.each<Spoil>(["garbage", "error", "html", "other"])(
    "the question before the sale is answered with rubbish (%s): nothing is sent, the order is kept",
    async (spoil) => {
      const at = await withoutLive();
      const uuid = await at.pay();
      at.bridge.spoil(STATES, spoil);
      const id = spoil === "error" || spoil === "html" ? "program_error" : "bridge_away";
      const said = await at.refused(id);
      expect(said).toMatch(/Ничего не напечатано/);
      expect(at.bridge.receipts(uuid)).toEqual([]);
      await healed();
      await at.sellsNow(uuid);
    },
  );

  it("the till's word who the page is comes spoilt: it asks again, and sells", async () => {
    const at = floor();
    at.bridge.spoil("/v1/auth/challenge", "garbage");
    at.bridge.spoil("/v1/auth/challenge", "html");
    at.bridge.spoil("/v1/auth/token", "half");
    at.bridge.spoil("/v1/auth/token", "other");
    await at.pos.reload();
    await at.pos.waitForTillMode("online", SOON_MS);
    const uuid = await at.pay();
    await at.sellsNow(uuid);
  });

  it("the live channel is cut a hundred times: one stands, it is not stormed, the till sells", async () => {
    const at = floor();
    const before = at.bridge.tries.length;
    at.bridge.mostLive = 0;
    at.bridge.cutLive(100);
    await until("a hundred cuts", () => Promise.resolve(at.bridge.cutsLeft === 0), 300_000);
    await at.pos.waitForTillMode("online", SOON_MS);
    const tries = at.bridge.tries.slice(before);
    expect(tries.length).toBeGreaterThanOrEqual(99);
    // never sooner than three eighths of a second after the cut, whatever the bridge does
    const gaps = tries.slice(1).map((at_, n) => at_ - (tries[n] ?? 0));
    expect(Math.min(...gaps)).toBeGreaterThan(300);
    // the one that is going, and the one that comes
    expect(at.bridge.mostLive).toBeLessThanOrEqual(2);
    await until("one channel stands", () => Promise.resolve(at.bridge.live === 1), SOON_MS);
    const uuid = await at.pay();
    await at.sellsNow(uuid);
  }, 420_000);
}
