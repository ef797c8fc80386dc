/**
 * The page starts without Odoo: F5, a restarted browser, a till switched on in the morning. Only in
 * a browser where this Point of Sale has run with a till before; else everything is stock.
 */
import { BarcodeParser } from "@barcodes/js/barcode_parser";
import { PosData } from "@point_of_sale/app/services/data_service";
import { browser } from "@web/core/browser/browser";
import { patch } from "@web/core/utils/patch";
import { START_PATIENCE_MS, StartGate, withGate } from "../till/start_gate.ts";
import { currentPos } from "./current_pos.ts";
import { forgetPage, keepPage } from "./kept_page.ts";
import { posOfPage, sessionOfPage } from "./page_facts.ts";

const flag = (): string => `kkt-till-${String(posOfPage())}`;

/** Odoo was silent already when the page was asked for: it is not waited for as long again, ms. */
const SHORT_PATIENCE_MS = 1_000;
/** The worker waits 2 s. */
const SILENT_MS = 1_900;

/** How long this start waits for a word of Odoo, ms. */
function patienceOfThisStart(): number {
  const [page] = performance.getEntriesByType("navigation") as PerformanceNavigationTiming[];
  const waited = page === undefined ? 0 : page.responseStart - page.startTime;
  return waited >= SILENT_MS ? SHORT_PATIENCE_MS : START_PATIENCE_MS;
}

/** An Odoo without which there is no start at all may be as slow as this, ms. */
const LAST_PATIENCE_MS = 20_000;

async function pingOdoo(patience: number): Promise<void> {
  const response = await fetch("/pos/ping", {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ jsonrpc: "2.0", method: "call", params: {} }),
    signal: AbortSignal.timeout(patience),
    cache: "no-store",
  });
  // what is no answer of Odoo (a gateway's page) is none
  await response.json();
}

function gateOfThisStart(): StartGate | null {
  if (posOfPage() === 0 || localStorage.getItem(flag()) === null) return null;
  const gate = new StartGate(() => pingOdoo(patienceOfThisStart()));
  const page = browser as { XMLHttpRequest: typeof XMLHttpRequest };
  page.XMLHttpRequest = withGate(page.XMLHttpRequest, gate);
  return gate;
}

const gate = gateOfThisStart();

/**
 * The Point of Sale is up: its calls go their own way, and the next start may do without Odoo.
 *
 * @returns whether Odoo was there at the start
 */
export async function startIsOver(): Promise<boolean> {
  const reachable = gate === null || (await gate.reachable());
  gate?.done();
  localStorage.setItem(flag(), "1");
  if (reachable) {
    keepPage().catch((error: unknown) => console.warn("the page is not kept", error));
  }
  return reachable;
}

/** Whether the start goes without Odoo, for the errors that it brings. */
export const isStarting = (): boolean => gate !== null && currentPos()?.kkt == null;

interface Data {
  readonly network: { offline: boolean };
  getCachedServerDataFromIndexedDB(): Promise<Record<string, readonly { id?: number }[]>>;
}

/** The worker has a word for it, and so has Odoo once it is back. */
async function cannotStart(): Promise<never> {
  await forgetPage();
  location.reload();
  return await new Promise<never>(() => undefined);
}

patch(PosData.prototype, {
  /** The first step of the data's start: from here on it reads what this browser has. */
  async initializeDeviceIdentifier(this: PosData) {
    if (gate !== null && !(await gate.reachable())) {
      (this as unknown as Data).network.offline = true;
    }
    await super.initializeDeviceIdentifier();
  },

  /** Stock would ask Odoo for what this browser does not have, and go on with nothing. */
  async loadInitialData(this: PosData) {
    const data = this as unknown as Data;
    if (gate === null || !data.network.offline) return (await super.loadInitialData()) as object;
    const local = await data.getCachedServerDataFromIndexedDB();
    if (local["pos.session"]?.[0]?.id === sessionOfPage()) return local;
    // a slow Odoo has given the page of a new session: it is asked once more, at length
    await pingOdoo(LAST_PATIENCE_MS).catch(cannotStart);
    gate.done();
    data.network.offline = false;
    return (await super.loadInitialData()) as object;
  },
});

/** Without its rules the scanner would be dead until the next start with Odoo. */
patch(BarcodeParser, {
  async fetchNomenclature(orm: unknown, id: number) {
    const key = `kkt-nomenclature-${String(id)}`;
    try {
      const rules = (await super.fetchNomenclature(orm, id)) as object;
      localStorage.setItem(key, JSON.stringify(rules));
      return rules;
    } catch (error) {
      const kept = localStorage.getItem(key);
      if (kept === null) throw error;
      return JSON.parse(kept) as object;
    }
  },
});

// Odoo's own handler warns of lost data when Odoo is away; with a till nothing is lost.
window.addEventListener("beforeunload", (event) => {
  if (currentPos()?.kkt) event.stopImmediatePropagation();
});
