/**
 * (k–n) What people wait for at their screens: the POS to start, the till's word that its bridge is
 * gone, the list of the chain's tills.
 */
import { setTimeout as sleep } from "node:timers/promises";
import { PEOPLE, type PersonSpec } from "@opticserp/fixtures/data/shop.ts";
import { PosPage, launchChromium } from "@opticserp/fixtures/stand/pos-page.ts";
import { Stand } from "@opticserp/fixtures/stand/stand.ts";
import type { Browser, Page } from "playwright-core";
import { createPlainTill } from "./plain-till.ts";
import { spread, type Figure } from "./stats.ts";
import { measureTillList } from "./till-list.ts";

const SEED = 1;
const STARTS = 12;
/** After a start, at the longest. */
const REST_MS = 5_000;
const KILLS = 10;
const FREEZES = 5;
/** A page that was told nothing after this is broken, ms. */
const TOLD_WITHIN_MS = 60_000;

/** The page's own clock, from the navigation to the first screen that a cashier can press. */
const WATCH_START = `(() => {
  const look = () => {
    if (globalThis.benchStarted !== undefined) return;
    if (document.querySelector(".product-screen .product, .open-register-btn, .screen-login")) {
      globalThis.benchStarted = performance.now();
    }
  };
  new MutationObserver(look).observe(document, { childList: true, subtree: true });
})()`;

/** Keeps the moment of each change of the till's mode, by the wall clock of this one machine. */
const WATCH_MODE = `(() => {
  globalThis.benchModes = [];
  let last = null;
  new MutationObserver(() => {
    const mode = document.querySelector(".kkt-status")?.dataset.mode;
    if (mode === last || mode === undefined) return;
    last = mode;
    globalThis.benchModes.push({ mode, at: Date.now() });
  }).observe(document.body, { subtree: true, attributes: true, childList: true });
})()`;

export interface ScreenWanted {
  readonly start: boolean;
  readonly told: boolean;
  readonly list: boolean;
}

async function openPos(
  browser: Browser,
  stand: Stand,
  person: PersonSpec,
  posConfigId: number,
): Promise<PosPage> {
  const { login, password, name, pin } = person;
  const employee = { name, pin };
  const url = stand.odooUrl;
  const pos = await PosPage.login(browser, { url, login, password, posConfigId, employee });
  await pos.open();
  return pos;
}

async function startOnce(page: Page): Promise<number> {
  await page.reload();
  const started = await page.waitForFunction<number>("globalThis.benchStarted");
  const ms = await started.jsonValue();
  // the start goes on behind the screen; the next one waits for it, and no longer than this
  await page.waitForLoadState("networkidle", { timeout: REST_MS }).catch(() => undefined);
  return ms;
}

async function measureStart(withTill: PosPage, stock: PosPage): Promise<Figure> {
  for (const { page } of [withTill, stock]) await page.addInitScript(WATCH_START);
  const times = { till: [] as number[], stock: [] as number[] };
  for (let index = -1; index < STARTS; index += 1) {
    const pair = [
      [withTill, times.till],
      [stock, times.stock],
    ] as const;
    // in turns, and each goes first as often as the other
    for (const [pos, list] of index % 2 === 0 ? pair : pair.toReversed()) {
      const ms = await startOnce(pos.page);
      if (index >= 0) list.push(ms);
    }
  }
  return {
    id: "k",
    what: "POS start, navigation → first screen, with a till",
    measured: spread(times.till),
    baseline: { what: "stock POS, same database and browser", spread: spread(times.stock) },
    target: { of: "ratio", atMost: 1.1 },
    notes: ["on the page's clock; both have been opened before, as each morning at a till"],
  };
}

async function toldAfter(page: Page, from: number): Promise<number> {
  const found = await page.waitForFunction(
    (after) => {
      const { benchModes } = globalThis as unknown as {
        benchModes: { mode: string; at: number }[];
      };
      return benchModes.find(({ mode, at }) => mode === "absent" && at >= after)?.at;
    },
    from,
    { timeout: TOLD_WITHIN_MS },
  );
  const at = await found.jsonValue();
  if (at === undefined) throw new Error("the page was told nothing");
  return at - from;
}

async function measureTold(stand: Stand, pos: PosPage): Promise<readonly Figure[]> {
  const { page } = pos;
  const till = stand.till();
  await pos.open();
  await pos.waitForTillMode("online", 60_000);
  await page.evaluate(WATCH_MODE);
  const killed: number[] = [];
  for (let index = 0; index < KILLS; index += 1) {
    const from = Date.now();
    await till.bridge.kill();
    killed.push(await toldAfter(page, from));
    await till.startBridge();
    await pos.waitForTillMode("online", 120_000);
  }
  const frozen: number[] = [];
  for (let index = 0; index < FREEZES; index += 1) {
    // any moment between two of the bridge's ticks is as likely as another
    await sleep(index * 700);
    const from = Date.now();
    process.kill(till.bridge.pid, "SIGSTOP");
    try {
      frozen.push(await toldAfter(page, from));
    } finally {
      process.kill(till.bridge.pid, "SIGCONT");
    }
    await pos.waitForTillMode("online", 120_000);
  }
  const notes = ["kill −9 or SIGSTOP → the status bar says so; one wall clock, this machine's"];
  return [
    {
      id: "l",
      what: "bridge killed → the cashier is told",
      measured: spread(killed),
      baseline: null,
      target: { of: "p99", atMost: 300 },
      notes,
    },
    {
      id: "m",
      what: "bridge frozen → the cashier is told",
      measured: spread(frozen),
      baseline: null,
      target: { of: "p99", atMost: 3_000 },
      notes,
    },
  ];
}

export async function measureScreens(options: {
  readonly wanted: ScreenWanted;
  readonly progress: (step: string) => void;
}): Promise<readonly Figure[]> {
  const { wanted, progress } = options;
  const stand = await Stand.start({
    ...{ name: "bench", tills: 1, printMs: 0, transport: "serial", seed: SEED, progress },
  });
  const browser = await launchChromium();
  try {
    const [till] = stand.shop.tills;
    const [first, second] = PEOPLE;
    if (!till || !first || !second) throw new Error("the demo shop is incomplete");
    const admin = await stand.admin();
    const figures: Figure[] = [];
    if (wanted.start || wanted.told) {
      const withTill = await openPos(browser, stand, first, till.posConfigId);
      if (wanted.start) {
        const plainId = await createPlainTill(admin, stand.shop);
        const stock = await openPos(browser, stand, second, plainId);
        figures.push(await measureStart(withTill, stock));
        await stock.close();
        progress("starts measured");
      }
      if (wanted.told) {
        figures.push(...(await measureTold(stand, withTill)));
        progress("kills and freezes measured");
      }
      await withTill.close();
    }
    if (wanted.list) figures.push(await measureTillList(stand, browser, admin, progress));
    return figures;
  } finally {
    await browser.close();
    await stand.stop();
  }
}
