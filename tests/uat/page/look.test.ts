import { launchChromium } from "@opticserp/fixtures/stand/pos-page.ts";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { look } from "./look.ts";

describe("a look at a screen", () => {
  let browser: Browser;
  let page: Page;

  beforeAll(async () => {
    browser = await launchChromium();
    page = await browser.newPage();
  });
  afterAll(() => browser.close());

  it("finds nothing where all is well", async () => {
    await page.setContent(
      `<div class="kkt-a" style="background:#0b6b3a;color:#fff">В сети</div>
       <div class="kkt-b" style="background:rgba(0,0,0,.9);color:#fff">Офлайн</div>
       <button disabled class="kkt-c" style="color:#999;background:#fff">Подтвердить</button>
       <p hidden>Refund</p>`,
    );
    expect(await look(page)).toEqual({
      ...{ english: [], cutOff: [], overlaps: [], tooPale: [] },
      focusLost: false,
    });
  });

  it("finds what lies over each other in the bar", async () => {
    await page.setContent(
      `<div class="pos-topheader"><button class="btn" style="width:90px">1003</button>
       <button class="btn" style="margin-left:-40px">В сети</button></div>`,
    );
    expect((await look(page)).overlaps).toEqual(["1003 / В сети"]);
  });

  it("finds a dialog that the keyboard does not reach", async () => {
    const dialog = `<button id="below">Ниже</button><div class="modal"><input></div>`;
    await page.setContent(dialog);
    expect((await look(page)).focusLost).toBe(true);
    await page.locator(".modal input").focus();
    expect((await look(page)).focusLost).toBe(false);
  });

  it("finds English, also in hints, what is cut off and what is pale", async () => {
    await page.setContent(
      `<p>Refund Initiated</p><input placeholder="Your name">
       <button style="width:40px;overflow:hidden;white-space:nowrap">Электронный чек</button>
       <div class="kkt-a" style="background:#fff;color:#999"><b>Бледно</b></div>`,
    );
    const { english, cutOff, tooPale } = await look(page);
    expect(english).toEqual(["Refund", "Initiated", "Your", "name"]);
    expect(cutOff).toEqual(["Электронный чек"]);
    expect(tooPale).toEqual(["Бледно (2.85 : 1)"]);
  });
});
