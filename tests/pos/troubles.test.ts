/**
 * What the cashier sees when the till is in trouble: one POS start, one trouble after the other,
 * driven by the faults of the emulator and of the bridge. Each screen is in Russian, names one next
 * step, keeps the order, and a second press sells nothing twice.
 */
import { until } from "@opticserp/fixtures/stand/control.ts";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { CARD, CASH, ShopFloor, product } from "../support/shop-floor.ts";

const lens = product("lenses");

/** Of the issue, ms: the bridge killed, its host frozen. */
const KILLED_WITHIN_MS = 300;
const FROZEN_WITHIN_MS = 3_000;

describe("troubles at the till", () => {
  let floor: ShopFloor;

  beforeAll(async () => {
    floor = await ShopFloor.open({ name: "test-troubles" });
    await floor.pos.page.setViewportSize({ width: 1024, height: 768 });
  });
  afterEach(() => floor.pos.page.unrouteAll({ behavior: "ignoreErrors" }));
  afterAll(() => floor?.close());

  const trouble = (id: string) => floor.pos.page.locator(`[data-trouble="${id}"]`);

  /** An order on the payment screen, paid; its uuid. */
  async function pay(method = CASH): Promise<string> {
    const { pos } = floor;
    await pos.addProduct(lens.name);
    const uuid = pos.orderUuid();
    await pos.toPayment();
    await pos.addPayment(method);
    return uuid;
  }

  async function refused(id: string): Promise<string> {
    const { pos } = floor;
    await pos.pressValidate();
    await trouble(id).waitFor({ timeout: 60_000 });
    await floor.picture(`trouble-${id}`);
    const said = (await pos.dialogText()) ?? "";
    expect(said).not.toMatch(/[A-Za-z]{4,}/);
    await pos.page.locator(".kkt-trouble-close").click();
    await pos.page.locator(".payment-screen").waitFor();
    return said;
  }

  async function sellsNow(uuid: string): Promise<void> {
    const { pos, ledgers } = floor;
    await until(
      "the till is ready",
      async () => (await statusOf()).device.state === "ready",
      60_000,
    );
    await pos.validate(60_000);
    await pos.newOrder();
    expect(await ledgers.kkt.receiptsOf(uuid)).toHaveLength(1);
  }

  interface Status {
    readonly device: { readonly state: string };
    readonly mode: string;
  }
  const statusOf = () =>
    floor.pos.page.evaluate(() => {
      const { kkt } = (globalThis as unknown as { posmodel: { kkt: { view: object } } }).posmodel;
      const { deviceState, mode } = kkt.view as { deviceState: string; mode: string };
      return { device: { state: deviceState }, mode };
    }) as Promise<Status>;

  it("no paper: the card is remembered, the same order is sold once", async () => {
    const { pos, ledgers } = floor;
    const uuid = await pay(CARD);
    await ledgers.kkt.post("/paper", { present: false });
    const said = await refused("paper_out");
    expect(said).toMatch(/рулон/);
    expect(said).toMatch(/С карты списано/);
    const banner = pos.page.locator(".kkt-charged");
    await banner.waitFor();
    expect(await banner.getAttribute("data-order")).toBe(uuid);
    await pos.page.locator(".kkt-charged-open").click();
    await pos.page.locator(".kkt-charged-dialog").waitFor();
    await floor.picture("trouble-charged-card");
    await pos.page.locator(".kkt-charged-later").click();

    // it is on the disk: a new page knows it too
    await pos.reload();
    await banner.waitFor();
    await pos.page.locator(".kkt-charged-open").click();
    await pos.page.locator(".kkt-charged-retry").click();
    await pos.page.locator(".payment-screen").waitFor();
    await refused("paper_out");
    await ledgers.kkt.post("/paper", { present: true });
    await sellsNow(uuid);
    await banner.waitFor({ state: "detached" });
  });

  it("the ФН full, and expired: «Замените ФН»", async () => {
    const { ledgers } = floor;
    const uuid = await pay();
    await ledgers.kkt.fault({ kind: "error", command: "FF45", code: "06" });
    expect(await refused("fn_full")).toMatch(/Замените ФН/);
    await ledgers.kkt.clearFaults();
    await ledgers.kkt.fault({ kind: "error", command: "FF45", code: "05" });
    expect(await refused("fn_expired")).toMatch(/Замените ФН/);
    await ledgers.kkt.clearFaults();
    await sellsNow(uuid);
  });

  it("maintenance", async () => {
    const { pos } = floor;
    const uuid = await pay();
    const { url } = floor.stand.till();
    await pos.page.route(`${url}/v1/kkt/receipt`, (route) =>
      route.fulfill(problem(503, "maintenance", "Касса на обслуживании: меняют ленту.")),
    );
    expect(await refused("maintenance")).toMatch(/меняют ленту/);
    await pos.page.unroute(`${url}/v1/kkt/receipt`);
    await sellsNow(uuid);
  });

  const problem = (status: number, code: string, detail: string) => ({
    status,
    contentType: "application/problem+json",
    headers: { "Access-Control-Allow-Origin": floor.stand.odooUrl, Vary: "*" },
    body: JSON.stringify({ type: "about:blank", title: code, status, code, detail }),
  });

  it.each([
    ["buffer_full", 503, "buffer_full"],
    ["storage_full", 503, "storage_full"],
    ["shift_expired", 409, "shift_expired"],
    ["lane_stopped", 503, "lane_stopped"],
    ["catching_up", 503, "starting"],
    ["device_unavailable", 503, "device_silent"],
  ])("%s", async (code, status, id) => {
    const { pos } = floor;
    await pay();
    const { url } = floor.stand.till();
    await pos.page.route(`${url}/v1/kkt/receipt`, (route) =>
      route.fulfill(problem(status, code, "Причина от кассы.")),
    );
    const said = await refused(id);
    expect(said).toMatch(/Причина от кассы/);
    if (id === "buffer_full") expect(said).toMatch(/Буфер переполнен/);
    if (id === "shift_expired") expect(said).toMatch(/Смена и наличные/);
    await pos.page.unroute(`${url}/v1/kkt/receipt`);
    await pos.validate(60_000);
    await pos.newOrder();
  });

  it("the register is silent: the receipt waits, is withdrawn, and sold later", async () => {
    const { pos, ledgers } = floor;
    const uuid = await pay();
    await ledgers.kkt.fault({ kind: "silence", durationMs: 120_000 });
    await pos.pressValidate();
    await trouble("device_silent").waitFor({ timeout: 90_000 });
    await floor.picture("trouble-waiting-silent");
    await pos.page.locator(".kkt-wait-withdraw").click({ timeout: 30_000 });
    await trouble("withdrawn").waitFor({ timeout: 30_000 });
    await floor.picture("trouble-withdrawn");
    await pos.page.locator(".kkt-trouble-close").click();
    expect(await ledgers.kkt.receiptsOf(uuid)).toEqual([]);
    await ledgers.kkt.clearFaults();
    await sellsNow(uuid);
  });

  it.each([
    ["garbage", 200, "\u0000\u0001 no json", "text/plain"],
    ["half a body", 200, '{"key":"', "application/json"],
    ["a 500", 500, "oops", "text/plain"],
    ["a page of somebody else", 502, "<html><h1>Bad Gateway</h1></html>", "text/html"],
    ["a JSON of another kind", 200, '{"hello":1}', "application/json"],
  ])(
    "the bridge answers %s: the order waits, nothing is sold twice",
    async (_n, status, body, type) => {
      const { pos, ledgers } = floor;
      const uuid = await pay();
      const { url } = floor.stand.till();
      let answered = 0;
      await pos.page.route(`${url}/v1/kkt/receipt`, async (route) => {
        answered += 1;
        if (answered > 2) {
          await route.continue();
          return;
        }
        // the receipt does reach the bridge; only its answer is spoilt
        const response = await route.fetch();
        await route.fulfill({ response, status, body, contentType: type });
      });
      await pos.pressValidate();
      await pos.waitForReceipt(60_000);
      expect(await ledgers.kkt.receiptsOf(uuid)).toHaveLength(1);
      await pos.page.unroute(`${url}/v1/kkt/receipt`);
      await pos.newOrder();
    },
  );

  it("the bridge killed: told within 300 ms; its host frozen: within 3 s", async () => {
    const { pos } = floor;
    const till = floor.stand.till();
    const told = () =>
      pos.page.evaluate(
        () =>
          new Promise<number>((resolve) => {
            const timer = setInterval(() => {
              if (document.querySelector('.kkt-status[data-mode="absent"]') === null) return;
              clearInterval(timer);
              resolve(Date.now());
            }, 10);
          }),
      );
    let waiting = told();
    let from = Date.now();
    await till.bridge.kill();
    expect((await waiting) - from).toBeLessThanOrEqual(KILLED_WITHIN_MS);
    await floor.picture("trouble-bridge-away");
    await till.startBridge();
    await pos.waitForTillMode("online", 60_000);

    waiting = told();
    from = Date.now();
    process.kill(till.bridge.pid, "SIGSTOP");
    try {
      expect((await waiting) - from).toBeLessThanOrEqual(FROZEN_WITHIN_MS);
    } finally {
      process.kill(till.bridge.pid, "SIGCONT");
    }
    await pos.waitForTillMode("online", 60_000);
    await pos.page.locator(".kkt-status").click();
    await pos.page.locator(".kkt-status-rows").waitFor();
    await floor.picture("status-rows");
    expect(await pos.page.locator(".kkt-status-rows").innerText()).not.toMatch(/[A-Za-z]{5,}/);
    await pos.page.keyboard.press("Escape");
  });
});
