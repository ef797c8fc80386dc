/** Each screen of a trouble: Russian, one next step, the order kept and then sold once. */
import { expect, it } from "vitest";
import { CARD } from "../../support/shop-floor.ts";
import { SOON_MS, type TroubleFloor } from "./trouble-floor.ts";

export function troubleScreens(floor: () => TroubleFloor): void {
  it("no paper: the card is remembered, the same order is sold once", async () => {
    const { pos, kkt, ...at } = parts(floor());
    const uuid = await at.floor.pay(CARD);
    await kkt.post("/paper", { present: false });
    const said = await at.floor.refused("paper_out");
    expect(said).toMatch(/рулон/);
    expect(said).toMatch(/С карты списано/);
    const banner = pos.page.locator(".kkt-charged");
    await banner.waitFor();
    expect(await banner.getAttribute("data-order")).toBe(uuid);
    await pos.page.locator(".kkt-charged-open").click();
    await pos.page.locator(".kkt-charged-dialog").waitFor();
    await at.floor.said("trouble-charged-card");
    await pos.page.locator(".kkt-charged-later").click();

    // it is on the disk: a new page knows it too
    await pos.reload();
    await banner.waitFor();
    await pos.page.locator(".kkt-charged-open").click();
    await pos.page.locator(".kkt-charged-retry").click();
    await pos.page.locator(".payment-screen").waitFor();
    await at.floor.refused("paper_out");
    await kkt.post("/paper", { present: true });
    await at.floor.sellsNow(uuid);
    await banner.waitFor({ state: "detached" });
  });

  it("the cover open: nothing printed, sold when it is shut", async () => {
    const { pos, kkt, ...at } = parts(floor());
    const uuid = await at.floor.pay();
    await kkt.post("/paper", { cover: "open" });
    const said = await at.floor.refused("cover_open");
    expect(said).toMatch(/крышк/i);
    expect(said).not.toMatch(/рулон/);
    // the status bar says the same
    await pos.page.locator(".kkt-status").click();
    const rows = pos.page.locator(".kkt-status-rows");
    await rows.filter({ hasText: /крышк/i }).waitFor({ timeout: SOON_MS });
    await at.floor.floor.picture("status-cover-open");
    await pos.page.keyboard.press("Escape");
    // and the payment screen, before another card is charged
    const stop = pos.page.locator(".payment-screen .kkt-sale-stop[data-stop=paper]");
    await stop.waitFor();
    expect(await stop.innerText()).toMatch(/не принимайте и не возвращайте деньги/);
    await at.floor.floor.picture("sale-stop");
    expect(await kkt.receiptsOf(uuid)).toEqual([]);
    await kkt.post("/paper", { cover: "closed" });
    await stop.waitFor({ state: "detached", timeout: SOON_MS });
    await at.floor.sellsNow(uuid);
  });

  it("the ФН full, and expired: «Замените ФН»", async () => {
    const { kkt, ...at } = parts(floor());
    const uuid = await at.floor.pay();
    await kkt.fault({ kind: "error", command: "FF45", code: "06" });
    expect(await at.floor.refused("fn_full")).toMatch(/Замените ФН/);
    await kkt.clearFaults();
    await kkt.fault({ kind: "error", command: "FF45", code: "05" });
    expect(await at.floor.refused("fn_expired")).toMatch(/Замените ФН/);
    await kkt.clearFaults();
    await at.floor.sellsNow(uuid);
  });

  it.each([
    ["buffer_full", 503, "buffer_full", /Буфер переполнен/],
    ["storage_full", 503, "storage_full", /диск/i],
    ["shift_expired", 409, "shift_expired", /Смена и наличные/],
    ["lane_stopped", 503, "lane_stopped", /управляющ/],
    ["catching_up", 503, "starting", /Подождите/],
    ["device_unavailable", 503, "device_silent", /питание/],
    ["maintenance", 503, "maintenance", /обслуживани/],
  ] as const)("%s", async (code, status, id, step) => {
    const { pos, ...at } = parts(floor());
    const uuid = await at.floor.pay();
    const path = `${at.floor.bridge.url}/v1/kkt/receipt`;
    await pos.page.route(path, (route) =>
      route.fulfill(at.floor.problem(status, code, "Причина от кассы.")),
    );
    const said = await at.floor.refused(id);
    expect(said).toMatch(/Причина от кассы/);
    expect(said).toMatch(step);
    await pos.page.unroute(path);
    await at.floor.sellsNow(uuid);
  });

  it("the register is silent: the receipt waits, is withdrawn, and sold later", async () => {
    const { pos, kkt, ...at } = parts(floor());
    const uuid = await at.floor.pay();
    await kkt.fault({ kind: "silence", durationMs: 600_000 });
    await pos.pressValidate();
    await at.floor.trouble("device_silent").waitFor({ timeout: 90_000 });
    await at.floor.said("trouble-waiting-silent");
    await pos.page.locator(".kkt-wait-withdraw").click({ timeout: SOON_MS });
    await at.floor.trouble("withdrawn").waitFor({ timeout: SOON_MS });
    await at.floor.said("trouble-withdrawn");
    await pos.page.locator(".kkt-trouble-close").click();
    expect(await kkt.receiptsOf(uuid)).toEqual([]);
    await kkt.clearFaults();
    await at.floor.sellsNow(uuid);
  });
}

/** Short names of what a flow presses and reads. */
function parts(floor: TroubleFloor) {
  return { floor, pos: floor.pos, kkt: floor.kkt };
}
