/**
 * Odoo's own screens of the tills, pressed by a manager, an administrator and an accountant, with a
 * real bridge behind them: what they ask for reaches the till, what the till tells is shown.
 */
import { randomUUID } from "node:crypto";
import { join } from "node:path";
import type { OdooClient } from "@opticserp/fixtures/data/odoo-client.ts";
import { PEOPLE } from "@opticserp/fixtures/data/shop.ts";
import { BridgeClient } from "@opticserp/fixtures/stand/bridge-client.ts";
import { until } from "@opticserp/fixtures/stand/control.ts";
import { launchChromium } from "@opticserp/fixtures/stand/pos-page.ts";
import { ADMIN, Stand } from "@opticserp/fixtures/stand/stand.ts";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { BackOffice, type Person } from "../uat/page/back-office.ts";

const WAIT_MS = 120_000;
const OURS = "optics_pos_ru54fz";
const ACCOUNTANT = { login: "accountant", password: "accountant" } as const;

interface Status {
  readonly dlq: number;
  readonly buffer: { readonly capacity: number };
  readonly maintenance: unknown;
}

describe("the back office of the tills", () => {
  let stand: Stand;
  let browser: Browser;
  let admin: OdooClient;
  let client: BridgeClient;
  let tillId: number;
  let sold: string;

  beforeAll(async () => {
    stand = await Stand.start({
      name: "test-back-office",
      tills: 1,
      printMs: 0,
      transport: "tcp",
      seed: 1,
      config: {
        odoo: { heartbeat_ms: 1_000 },
        timers: { watch_ms: 500, backoff_ceiling_ms: 5_000 },
      },
    });
    browser = await launchChromium();
    admin = await stand.admin();
    const [loaded] = stand.shop.tills;
    if (!loaded) throw new Error("the demo shop is incomplete");
    tillId = loaded.tillId;
    client = new BridgeClient(stand.till().url, stand.till().code, async (profile, jwk) => {
      const args = [loaded.posConfigId, profile, jwk];
      return (await admin.call<{ certificate: string }>("kkt.till", "certify_browser", args))
        .certificate;
    });
    const session = await admin.create("pos.session", { config_id: loaded.posConfigId });
    await admin.call("pos.session", "action_pos_session_open", [[session]]);
    await makeAccountant();
    await until("the till's first word", async () => (await field("last_heartbeat")) !== false);
    sold = randomUUID();
    expect((await client.sell(sold)).status).toBe(200);
    await until("Odoo has the receipt", async () => (await receiptOf(sold)) !== undefined, WAIT_MS);
  });
  afterAll(async () => {
    await browser?.close();
    await stand?.stop();
  });

  async function makeAccountant(): Promise<void> {
    const [company] = await field<[number, string]>("company_id");
    const groups = [
      await admin.ref("base.group_user"),
      await admin.ref(`${OURS}.group_kkt_accountant`),
    ];
    await admin.create("res.users", {
      name: "Бухгалтерова Г. Г.",
      ...ACCOUNTANT,
      lang: "ru_RU",
      company_id: company,
      company_ids: [[6, 0, [company]]],
      group_ids: [[6, 0, groups]],
    });
  }

  async function field<T>(name: string): Promise<T> {
    const domain = [["id", "=", tillId]];
    const [row] = await admin.read<Record<string, unknown>>("kkt.till", domain, [name]);
    return row?.[name] as T;
  }

  async function receiptOf(uuid: string): Promise<number | undefined> {
    return (await admin.search("kkt.receipt", [["uuid", "=", uuid]]))[0];
  }

  async function status(): Promise<Status> {
    return (await client.request<Status>("GET", "/v1/kkt/status")).body;
  }

  /** The last command of this kind has come to this end. */
  async function obeyed(kind: string): Promise<void> {
    await until(
      `the till obeyed ${kind}`,
      async () => {
        const domain = [
          ["till_id", "=", tillId],
          ["kind", "=", kind],
        ];
        const options = { limit: 1, order: "id desc" };
        const rows = await admin.read<{ state: string }>(
          "kkt.till.command",
          domain,
          ["state"],
          options,
        );
        return rows[0]?.state === "done";
      },
      WAIT_MS,
    );
  }

  /** Logs in, does it, leaves a picture and no English term on the screen. */
  async function as(person: Person, work: (office: BackOffice) => Promise<void>): Promise<void> {
    const office = await BackOffice.login(browser, stand.odooUrl, person);
    try {
      await work(office);
    } finally {
      await office.close();
    }
  }

  async function look(office: BackOffice, name: string): Promise<void> {
    await office.page.screenshot({ path: join(stand.dir, `${name}.png`) });
    expect(await office.englishTerms(), name).toEqual([]);
  }

  const manager = () => {
    const found = PEOPLE.find(({ role }) => role === "manager");
    if (!found) throw new Error("the demo shop is incomplete");
    return found;
  };

  it("shows a manager the tills, and lets him synchronise and nothing more", async () => {
    await as(manager(), async (office) => {
      const { page } = office;
      await office.open(`${OURS}.kkt_till_action`);
      await page.locator(".o_kanban_record", { hasText: "Касса 1" }).waitFor();
      await look(office, "tills");
      await page.locator(".o_kanban_record", { hasText: "Касса 1" }).click();
      await page.locator('button[name="action_sync_now"]').waitFor();
      for (const method of ["action_capacity", "action_rotate_credential", "action_block"]) {
        expect(await page.locator(`button[name="${method}"]`).count(), method).toBe(0);
      }
      await look(office, "till-of-a-manager");
      await office.press("action_sync_now");
      await page.locator(".o_notification").first().waitFor();
    });
    await obeyed("sync_now");
  });

  it("shows a fiscal receipt with its QR code and makes its lost order anew", async () => {
    const receipt = await receiptOf(sold);
    await as(manager(), async (office) => {
      const { page } = office;
      await office.open(`${OURS}.kkt_receipt_action`, receipt);
      const qr = page.locator('[name="qr_image"] img');
      await qr.waitFor();
      await until("the QR code is painted", () =>
        qr.evaluate((img) => (img as unknown as { naturalWidth: number }).naturalWidth > 100),
      );
      await office.press("action_rebuild_order");
      await look(office, "receipt-order-missing");
      await page.locator(".modal-footer .btn-primary").click();
      await page.locator('.o_form_view button[name="action_view_kkt_receipts"]').waitFor();
      expect(await office.text()).toContain("NV-101");
      await office.press("action_view_kkt_receipts");
      await page.locator('button[name="action_view_order"]').waitFor();
      await look(office, "receipt");
    });
    const rows = await admin.read<{ uuid: string }>("pos.order", [["uuid", "=", sold]], ["uuid"]);
    expect(rows).toHaveLength(1);
  });

  it("lets an administrator set the buffer, take the till out of service and back", async () => {
    await as(ADMIN, async (office) => {
      const { page } = office;
      await office.open(`${OURS}.kkt_till_action`, tillId);
      await office.press("action_capacity");
      await page.locator('.modal [name="capacity"] input').fill("250");
      await look(office, "capacity");
      await page.locator('.modal button[name="action_request"]').click();
      await page.locator(".modal").waitFor({ state: "detached" });
      await obeyed("capacity");
      expect((await status()).buffer.capacity).toBe(250);

      await office.press("action_maintenance_on");
      await page.locator('.modal [name="reason"] input').fill("Замена ленты");
      await page.locator('.modal button[name="action_request"]').click();
      await obeyed("maintenance");
      expect((await status()).maintenance).not.toBeNull();
      await until("Odoo knows", async () => await field<boolean>("maintenance"), WAIT_MS);
      await office.open(`${OURS}.kkt_till_action`, tillId);
      await page.locator('button[name="action_maintenance_off"]').waitFor();
      await look(office, "out-of-service");
      await office.press("action_maintenance_off");
      await until("in service", async () => (await status()).maintenance === null, WAIT_MS);
    });
  });

  it("lets an administrator try a dead receipt again, and resolve it with a reason", async () => {
    const uuid = randomUUID();
    await deadReceipt(uuid);
    await until("Odoo lists it", async () => (await deadRow(uuid)) !== undefined, WAIT_MS);
    await as(ADMIN, async (office) => {
      const { page } = office;
      await office.open(`${OURS}.kkt_buffer_row_action`, await deadRow(uuid));
      await look(office, "dead-receipt");
      await office.press("action_retry");
      await obeyed("dlq_retry");
      await until("dead again", async () => (await forced()).dlq === 1, WAIT_MS);
      await until("Odoo lists it", async () => (await deadRow(uuid)) !== undefined, WAIT_MS);
      await office.open(`${OURS}.kkt_buffer_row_action`, await deadRow(uuid));
      await office.press("action_resolve");
      await page.locator('.modal [name="reason"] input').fill("Проведён вручную, акт № 7");
      await look(office, "resolve");
      await page.locator('.modal button[name="action_request"]').click();
      await obeyed("dlq_resolve");
      expect((await status()).dlq).toBe(0);
      await until("Odoo's list is empty", async () => (await deadRow(uuid)) === undefined, WAIT_MS);
      await office.open(`${OURS}.kkt_event_action`);
      await page.locator(".o_data_row").first().waitFor();
      await look(office, "incidents");
    });
  });

  it("shows an administrator a pairing code and a new credential once, and blocks the till", async () => {
    await as(ADMIN, async (office) => {
      const { page } = office;
      await office.open(`${OURS}.kkt_till_action`, tillId);
      await office.press("action_issue_pairing_code");
      const code = page.locator('.modal [name="code"]');
      await code.waitFor();
      expect(await code.innerText()).toMatch(/^[A-HJ-NP-Z2-9]{4}-[A-HJ-NP-Z2-9]{4}$/);
      await page.screenshot({ path: join(stand.dir, "pairing-code.png") });
      await page.locator(".modal-footer button").first().click();

      await office.press("action_rotate_credential");
      await page.locator(".modal-footer .btn-primary").click();
      const told = page.locator(".o_notification_content");
      await told.waitFor();
      expect(await told.innerText()).toMatch(/T1\.\S{20,}/);
      await page.screenshot({ path: join(stand.dir, "credential.png") });
      await office.press("action_block");
      await page.locator(".modal-footer .btn-primary").click();
      await until("the till is blocked", async () => (await field("state")) === "blocked", WAIT_MS);
    });
  });

  it("shows an accountant who changed a price, and nothing that she could press", async () => {
    const [id] = await admin.search("product.template", [["default_code", "=", "FR-001"]]);
    await admin.write("product.template", [id ?? 0], { list_price: 2750.5 });
    await as(ACCOUNTANT, async (office) => {
      const { page } = office;
      await office.open(`${OURS}.kkt_audit_action`);
      const row = page.locator(".o_data_row", { hasText: "2750.5" });
      await row.waitFor();
      expect(await row.innerText()).toContain("FR-001");
      expect(await page.locator(".o_list_button_add, .o_form_button_save").count()).toBe(0);
      await look(office, "audit");
      await office.open(`${OURS}.kkt_till_action`, tillId);
      await page.locator(".o_form_view").waitFor();
      const pressable = page.locator('.o_form_view [name^="action_"]:not([name^="action_view_"])');
      expect(await pressable.count()).toBe(0);
      await look(office, "till-of-an-accountant");
    });
  });

  /** A sale whose attempt Odoo knows by another document: it refuses ours, however often. */
  async function deadReceipt(uuid: string): Promise<void> {
    const domain = [["uuid", "=", sold]];
    // what is longer than 31 bits does not go over XML-RPC
    const fields = ["content_text"];
    const [row] = await admin.read<{ content_text: string }>("kkt.receipt", domain, fields);
    const content = JSON.parse(row?.content_text ?? "") as Record<string, unknown>;
    await deliver({ ...content, uuid, fd: 900_000, attempt: 1 });
    expect((await client.sell(uuid)).status).toBe(200);
    await until("a dead receipt", async () => (await forced()).dlq === 1, WAIT_MS);
  }

  async function forced(): Promise<Status> {
    const headers = { "idempotency-key": randomUUID() };
    await client.request("POST", "/v1/kkt/buffer/sync", {}, headers);
    return status();
  }

  async function deadRow(uuid: string): Promise<number | undefined> {
    const domain = [
      ["key", "=", `${uuid}:1`],
      ["leg_odoo", "=", "dead"],
    ];
    return (await admin.search("kkt.buffer.row", domain))[0];
  }

  /** As the till's bridge would. */
  async function deliver(row: Record<string, unknown>): Promise<void> {
    const { credential, database } = stand.till().options.odoo;
    const response = await fetch(`${stand.odooUrl}/kkt/v1/receipts`, {
      method: "POST",
      headers: {
        "Content-Type": "application/json",
        Authorization: `Bearer ${credential}`,
        "X-Odoo-Database": database,
      },
      body: JSON.stringify({ jsonrpc: "2.0", id: 1, params: { receipts: [row] } }),
      signal: AbortSignal.timeout(30_000),
    });
    const answer = (await response.json()) as { result?: { results: { status: string }[] } };
    expect(answer.result?.results[0]?.status).toBe("created");
  }
});
