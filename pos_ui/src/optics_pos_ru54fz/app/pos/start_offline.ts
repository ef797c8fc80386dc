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

const configId = (): number =>
  Number((globalThis as unknown as { odoo?: { pos_config_id?: number } }).odoo?.pos_config_id ?? 0);

const flag = (): string => `kkt-till-${String(configId())}`;

async function pingOdoo(): Promise<void> {
  const response = await fetch("/pos/ping", {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ jsonrpc: "2.0", method: "call", params: {} }),
    signal: AbortSignal.timeout(START_PATIENCE_MS),
    cache: "no-store",
  });
  // what is no answer of Odoo (a gateway's page) is none
  await response.json();
}

function gateOfThisStart(): StartGate | null {
  if (configId() === 0 || localStorage.getItem(flag()) === null) return null;
  const gate = new StartGate(pingOdoo);
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
  keepFiles();
  return reachable;
}

/** Whether the start goes without Odoo, for the errors that it brings. */
export const isStarting = (): boolean => gate !== null && currentPos()?.kkt == null;

/** What a first page has loaded before its service worker was there. */
function keepFiles(): void {
  const own = performance
    .getEntriesByType("resource")
    .filter(({ name }) => name.startsWith(location.origin))
    .filter((entry) => {
      const { initiatorType } = entry as PerformanceResourceTiming;
      return initiatorType !== "xmlhttprequest" && initiatorType !== "fetch";
    })
    .map(({ name }) => name);
  navigator.serviceWorker?.ready
    .then((registration) => registration.active?.postMessage({ urlsToCache: own }))
    .catch((error: unknown) => console.warn("the page's files are not kept", error));
}

patch(PosData.prototype, {
  /** The first step of the data's start: from here on it reads what this browser has. */
  async initializeDeviceIdentifier(this: PosData) {
    if (gate !== null && !(await gate.reachable())) {
      (this as unknown as { network: { offline: boolean } }).network.offline = true;
    }
    await super.initializeDeviceIdentifier();
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
