/** The end of the day: cash and Z without Odoo, several shifts of one session, what must agree. */
import { Host, sellOne, tcpHost } from "@opticserp/fixtures/kkt/testing/host.ts";
import { sql, startPostgres } from "@opticserp/native";
import { until } from "@opticserp/fixtures/stand/control.ts";
import { expect, it } from "vitest";
import { delivered } from "../../support/ledgers.ts";
import { CARD, CASH, product } from "../../support/shop-floor.ts";
import { ENGLISH, WAIT_MS, person, type DayShop } from "./shop.ts";

const frame = product("frames", 3);
const glasses = product("sunglasses", 3);

interface Drawer {
  readonly drawer: number;
  readonly shift: { readonly open: boolean; readonly number: number };
}

export function closingFlows(shopOf: () => DayShop): void {
  const register = async (): Promise<Drawer> =>
    (await (await fetch(`${shopOf().ledgers.kkt.url}/state`)).json()) as Drawer;

  const booked = async (amount: number): Promise<number> => {
    const { ledgers } = shopOf();
    const lines = await ledgers.odoo.search("account.bank.statement.line", [
      ["amount", "=", amount],
    ]);
    return lines.length;
  };

  async function cash(kind: "in" | "out", amount: string): Promise<void> {
    const { page, day } = shopOf();
    await day.open();
    await day.press("cash");
    await page
      .locator(".input-type")
      .nth(kind === "in" ? 0 : 1)
      .click();
    await page.locator(".input-amount input").fill(amount);
    await page.locator(".modal-body textarea, .modal-body .cash-reason").first().fill("Размен");
    await page.locator(".modal-footer .confirm").click();
    await page.locator(".input-amount").waitFor({ state: "detached", timeout: WAIT_MS });
  }

  const verdict = (equal: "yes" | "no") =>
    shopOf().page.locator(`.kkt-close-verdict[data-equal="${equal}"]`);

  /** Looks at the comparison until it says so: the last receipts may still be on their way. */
  async function compared(equal: "yes" | "no"): Promise<void> {
    const { page, day } = shopOf();
    await until(
      `the comparison is ${equal}`,
      async () => {
        if (!(await page.locator(".kkt-close-day").isVisible())) {
          await day.open();
          await day.end();
        }
        await page
          .locator(".kkt-close-verdict, .kkt-close-again:not([disabled]), .kkt-close-z")
          .first()
          .waitFor({ timeout: WAIT_MS });
        if (await verdict(equal).isVisible()) return true;
        await page.locator(".kkt-close-back").click();
        return false;
      },
      WAIT_MS,
    );
  }

  let offline: { readonly uuid: string };

  it("moves cash without Odoo and prints Z; Odoo books it once and the session stays", async () => {
    const shop = shopOf();
    const { pos, page, floor, ledgers, day, pin, link } = shop;
    await cash("in", "20000,50");
    await floor.picture("day-cash-in");
    await cash("out", "300");
    await day.open();
    await page.locator(".kkt-day-waiting").waitFor();
    await floor.picture("day-cash-waiting");
    expect(await page.locator(".kkt-day-waiting").innerText()).toMatch(/2/);
    expect(await booked(20000.5)).toBe(0);

    const { shift } = await register();
    await day.end();
    await page.locator(".kkt-close-z").waitFor();
    await floor.picture("close-z");
    await page.locator(".kkt-close-z").click();
    await pin.waitFor(WAIT_MS);
    await pin.type(person("manager"));
    await page.locator(".kkt-close-z-done").waitFor({ timeout: WAIT_MS });
    await page.locator(".kkt-close-away").waitFor({ timeout: WAIT_MS });
    await floor.picture("close-away");
    expect((await register()).shift).toMatchObject({ open: false, number: shift.number });
    expect(await page.locator(".kkt-close-session").count()).toBe(0);
    await page.locator(".kkt-close-back").click();

    // the same session of Odoo, the next shift of the register
    offline = await shop.sellAt(
      pos,
      [frame.name, glasses.name],
      [{ method: CARD, amount: "2000" }, { method: CASH }],
    );
    await pos.newOrder();
    expect((await register()).shift).toMatchObject({ open: true, number: shift.number + 1 });

    await link.set("pass");
    await delivered(ledgers, offline.uuid, WAIT_MS);
    await until("Odoo has booked the cash", async () => (await booked(20000.5)) === 1, WAIT_MS);
    await until("both moves", async () => (await booked(-300)) === 1, WAIT_MS);
    const { drawer } = await register();
    const id = await shop.sessionId();
    await until(
      "Odoo's drawer is the register's",
      async () => {
        const [session] = await ledgers.odoo.read<{
          id: number;
          cash_register_balance_end: number;
        }>("pos.session", [["id", "=", id]], ["cash_register_balance_end"]);
        return Math.round((session?.cash_register_balance_end ?? NaN) * 100) === drawer;
      },
      WAIT_MS,
    );
    expect(await booked(20000.5)).toBe(1);
  });

  it("lets the single seller of a shop close the shift, and compares both shifts", async () => {
    const shop = shopOf();
    const { pos, page, floor, ledgers, day } = shop;
    const [till] = floor.stand.shop.tills;
    await shop.bringOdooBack();
    await ledgers.odoo.write("pos.config", [till?.posConfigId ?? 0], {
      kkt_cashier_closes_shift: true,
    });
    await pos.reload();
    await until(
      "the till has the new limits",
      () =>
        page.evaluate(async () => {
          interface Pos {
            readonly kkt: {
              readonly till: {
                readonly client: {
                  people(): Promise<{ limits: { cashier_closes_shift?: boolean } }>;
                };
              };
            };
          }
          const { kkt } = (globalThis as unknown as { posmodel: Pos }).posmodel;
          return (await kkt.till.client.people()).limits.cashier_closes_shift === true;
        }),
      WAIT_MS,
    );
    await day.open();
    await day.press("z");
    await day.message(/Z-отчёт/, WAIT_MS);
    await floor.picture("day-z-by-cashier");
    expect(await page.locator(".kkt-pin").count()).toBe(0);
    await day.close();

    await compared("yes");
    await floor.picture("close-equal");
    const rows = page.locator(".kkt-close-row");
    expect(await rows.count()).toBeGreaterThan(4);
    const text = await page.locator(".kkt-close-day").innerText();
    expect(text).not.toMatch(ENGLISH);
    const payment = page.locator('.kkt-close-row[data-section="payments"][data-key="electronic"]');
    expect(await payment.getAttribute("data-odoo")).toBe(await payment.getAttribute("data-till"));
    await page.locator(".kkt-close-back").click();
  });

  it("shows a difference by payment, and documents made past the till", async () => {
    const shop = shopOf();
    const { page, floor, ledgers, day } = shop;
    // somebody changes an order past Odoo's own doors
    const add = async (roubles: number) =>
      sql(
        await startPostgres(),
        floor.stand.database,
        `UPDATE pos_payment SET amount = amount + ${roubles} WHERE amount = 2000 + ${roubles < 0 ? -roubles : 0}
         AND pos_order_id = (SELECT id FROM pos_order WHERE uuid = '${offline.uuid}')`,
      );
    await add(10);
    await compared("no");
    await floor.picture("close-differs");
    const card = page.locator('.kkt-close-row[data-section="payments"][data-key="electronic"]');
    const [odoo, till] = [
      await card.getAttribute("data-odoo"),
      await card.getAttribute("data-till"),
    ];
    expect(Number(odoo) - Number(till)).toBe(1_000);
    expect(await page.locator(".kkt-close-row .text-danger").count()).toBe(1);
    await page.locator(".kkt-close-back").click();
    await add(-10);
    await compared("yes");
    await page.locator(".kkt-close-back").click();

    // somebody sells at the register's own keyboard, in a shift that it opens by itself
    const { kkt } = floor.stand.till();
    const [, port] = kkt.ready.tcp.split(":");
    const line = await tcpHost(Number(port));
    await sellOne(new Host(line));
    await line.close();
    await until(
      "the page knows of the shift",
      async () => {
        await day.open();
        const open = await page.locator(".kkt-day-z").isEnabled();
        if (open) {
          await day.press("z");
          await day.message(/Z-отчёт/, WAIT_MS);
        }
        await day.close();
        return open;
      },
      WAIT_MS,
    );
    await compared("no");
    await floor.picture("close-foreign");
    expect(await page.locator(".kkt-close-note").allInnerTexts()).toContainEqual(
      expect.stringMatching(/в обход этой кассы.*1$/),
    );
    await page.locator(".kkt-close-session").click();
    const popup = page.locator(".close-pos-popup, .modal-content").last();
    await popup.waitFor({ timeout: WAIT_MS });
    await floor.picture("close-stock");
    const [session] = await ledgers.odoo.read<{ id: number; cash_register_balance_end: number }>(
      "pos.session",
      [["id", "=", await shop.sessionId()]],
      ["cash_register_balance_end"],
    );
    const counted = popup.locator("input").first();
    if (await counted.isVisible())
      await counted.fill(String(session?.cash_register_balance_end).replace(".", ","));
    await popup.locator(".modal-footer .btn-primary, footer .btn-primary").first().click();
    await until(
      "the session is closed",
      async () => {
        const [now] = await ledgers.odoo.read<{ id: number; state: string }>(
          "pos.session",
          [["id", "=", session?.id ?? 0]],
          ["state"],
        );
        return now?.state === "closed";
      },
      WAIT_MS,
    );
  });
}
