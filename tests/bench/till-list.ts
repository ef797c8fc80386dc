/** (n) The list of tills in Odoo, with 40 tills and 100,000 receipts behind it. */
import { randomUUID } from "node:crypto";
import { sql, startPostgres } from "@opticserp/native";
import type { OdooClient } from "@opticserp/fixtures/data/odoo-client.ts";
import { BridgeClient } from "@opticserp/fixtures/stand/bridge-client.ts";
import { until } from "@opticserp/fixtures/stand/control.ts";
import { ADMIN, type Stand } from "@opticserp/fixtures/stand/stand.ts";
import type { Browser, Page } from "playwright-core";
import { spread, type Figure } from "./stats.ts";

const TILLS = 40;
const RECEIPTS = 100_000;
const OPENINGS = 15;
const ROWS = ".o_data_row, .o_kanban_record:not(.o_kanban_ghost)";

/** One receipt of the real way, for the others to be like. */
async function oneReceipt(stand: Stand, odoo: OdooClient): Promise<void> {
  const till = stand.till();
  const [loaded] = stand.shop.tills;
  const client = new BridgeClient(till.url, till.code, async (profile, jwk) => {
    const args = [loaded?.posConfigId, profile, jwk];
    return (await odoo.call<{ certificate: string }>("kkt.till", "certify_browser", args))
      .certificate;
  });
  const { status, body } = await client.sell(randomUUID());
  if (status !== 200) throw new Error(`the first receipt: ${status} ${JSON.stringify(body)}`);
  await until("Odoo has it", async () => (await odoo.search("kkt.receipt", [])).length > 0, 60_000);
}

async function fill(stand: Stand, odoo: OdooClient): Promise<void> {
  await oneReceipt(stand, odoo);
  const known = (await odoo.search("kkt.till", [])).length;
  const names = Array.from(
    { length: TILLS - known },
    (_, index) => `Магазин ${String(Math.floor(index / 2) + 1)}, касса ${String((index % 2) + 1)}`,
  );
  const [first] = await odoo.read<{ company_id: [number, string] }>("kkt.till", [], ["company_id"]);
  // a drawer belongs to one shop: none here takes money
  const shop = { company_id: first?.company_id[0], payment_method_ids: [] };
  const shops = names.map((name) => ({ ...shop, name }));
  const configs = await odoo.call<number[]>("pos.config", "create", [shops]);
  const tills = names.map((name, index) => ({
    name,
    code: `B${String(index + 1)}`,
    pos_config_id: configs[index],
    timezone: "Europe/Moscow",
    bridge_url: "http://127.0.0.1:8000",
  }));
  await odoo.call("kkt.till", "create", [tills]);
  const postgres = await startPostgres();
  await sql(
    postgres,
    stand.database,
    `DO $$
     DECLARE
       kept text;
     BEGIN
       SELECT string_agg(quote_ident(column_name), ', ') INTO kept
         FROM information_schema.columns
        WHERE table_name = 'kkt_receipt' AND is_generated = 'NEVER'
          AND column_name NOT IN ('id', 'uuid', 'fn', 'fd', 'till_id', 'order_id');
       EXECUTE format(
         'INSERT INTO kkt_receipt (uuid, fn, fd, till_id, %1$s)
          SELECT gen_random_uuid()::text, ''99'' || lpad(t.till::text, 14, ''0''), g.fd, t.till,
                 %1$s
            FROM (SELECT id AS till FROM kkt_till) t,
                 generate_series(1, ${String(RECEIPTS / TILLS)}) AS g(fd),
                 (SELECT %1$s FROM kkt_receipt LIMIT 1) r', kept);
       ANALYZE kkt_receipt;
     END $$`,
  );
}

/** From the press on the menu to all rows, on the page's clock. */
async function openOnce(page: Page): Promise<number> {
  await openMenu(page, "optics_pos_ru54fz.menu_kkt_receipt");
  await page.locator(".o_list_view .o_data_row, .o_kanban_record").first().waitFor();
  const item = await menuItem(page, "optics_pos_ru54fz.menu_kkt_till");
  await page.evaluate(
    ({ rows, wanted }) => {
      const watch = { pressed: 0, shown: 0, rows: 0 };
      Object.assign(globalThis, { benchList: watch });
      document.addEventListener("click", (event) => (watch.pressed ||= event.timeStamp), true);
      new MutationObserver(() => {
        if (!watch.pressed || watch.shown) return;
        const there = document.querySelectorAll(rows).length;
        const title = document.querySelector(".o_breadcrumb")?.textContent ?? "";
        if (there >= wanted && there < wanted * 2 && /касс/i.test(title)) {
          watch.shown = performance.now();
        }
      }).observe(document.body, { childList: true, subtree: true });
    },
    { rows: ROWS, wanted: TILLS },
  );
  await item.click();
  const found = await page.waitForFunction<number>(
    "globalThis.benchList.shown && globalThis.benchList.shown - globalThis.benchList.pressed",
  );
  return found.jsonValue();
}

async function menuItem(page: Page, xmlId: string) {
  await page.locator('[data-menu-xmlid="optics_pos_ru54fz.menu_kkt_root"]').first().click();
  const item = page.locator(`[data-menu-xmlid="${xmlId}"]`).first();
  await item.waitFor();
  return item;
}

async function openMenu(page: Page, xmlId: string): Promise<void> {
  await (await menuItem(page, xmlId)).click();
}

export async function measureTillList(
  stand: Stand,
  browser: Browser,
  odoo: OdooClient,
  progress: (step: string) => void,
): Promise<Figure> {
  await fill(stand, odoo);
  progress(`${TILLS} tills, ${RECEIPTS} receipts in Odoo`);
  const context = await browser.newContext({
    locale: "ru-RU",
    viewport: { width: 1366, height: 900 },
  });
  const page = await context.newPage();
  await page.goto(`${stand.odooUrl}/web/login`);
  await page.fill("input[name=login]", ADMIN.login);
  await page.fill("input[name=password]", ADMIN.password);
  await page.click(".oe_login_form button[type=submit]");
  await page.waitForURL((at) => !at.pathname.startsWith("/web/login"));
  await page.goto(`${stand.odooUrl}/odoo/action-optics_pos_ru54fz.kkt_receipt_action`);
  await page.locator(".o_view_controller").first().waitFor();
  const times: number[] = [];
  for (let index = -2; index < OPENINGS; index += 1) {
    const ms = await openOnce(page);
    if (index >= 0) times.push(ms);
  }
  await context.close();
  return {
    id: "n",
    what: `list of ${String(TILLS)} tills with ${String(RECEIPTS)} receipts, menu → all rows`,
    measured: spread(times),
    baseline: null,
    target: { of: "p99", atMost: 1_000 },
    notes: ["on the page's clock, in an open Odoo; receipts are copies of one of the real way"],
  };
}
