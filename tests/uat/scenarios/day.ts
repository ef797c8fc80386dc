import { COMPANY } from "@opticserp/fixtures/data/shop.ts";
import { until } from "@opticserp/fixtures/stand/control.ts";
import { person } from "../counter.ts";
import { Day } from "../page/day.ts";
import { PinDialog } from "../page/pin.ts";
import { REFUND, SALE, inOdoo, seeLedgers } from "../ledgers.ts";
import type { Scenario } from "../scenario.ts";
import { CASH, RECEIPT_WITHIN_S, fill, finish, product } from "../selling.ts";
import { QUICK_LINKS } from "../timers.ts";

/** The way that `docs/ru/quick-start-cashier.md` describes; its pictures come from here. */
export const cashiersDay: Scenario = {
  id: "day",
  title: "день кассира: от входа до Z",
  passes: [
    "новый кассир проходит памятку от входа до Z-отчёта",
    "касса сама говорит, в каком она состоянии",
    "Odoo и ФН согласны",
  ],
  async run({ hall, log, counter: open }) {
    log.note("Снимки этого сценария — в памятке docs/ru/quick-start-cashier.md");
    const counter = await open({ scaled: QUICK_LINKS });
    const { pos } = counter;
    const { page } = pos;
    const cashier = person("cashier1");
    const office = await hall.browser.newContext({
      locale: "ru-RU",
      timezoneId: COMPANY.timezone,
      viewport: { width: 1024, height: 768 },
    });
    const door = await office.newPage();
    log.watch(door);
    await log.step("Вход в Odoo", "страница входа", async (see) => {
      await door.goto(`${hall.stand.odooUrl}/web/login`);
      await door.fill("input[name=login]", cashier.login);
      await door.fill("input[name=password]", cashier.password);
      see.check("Логин и пароль набраны", true);
    });
    await log.step("Выбор кассы", "карточка своей кассы", async (see) => {
      await door.click(".oe_login_form button[type=submit]");
      await door.waitForURL((at) => !at.pathname.startsWith("/web/login"));
      await door.goto(`${hall.stand.odooUrl}/odoo/action-point_of_sale.action_pos_config_kanban`);
      const card = door.locator(".o_kanban_record").filter({ hasText: /Касса/ }).first();
      await card.waitFor();
      see.check("Касса в списке", await card.isVisible());
    });
    await office.close();
    log.watch(page);
    await log.step(
      "Касса открыта",
      "видно, что касса в сети",
      async (see) => {
        see.matches("Индикатор", await counter.bar.text(), /в сети/i);
        await page.locator(".kkt-status").first().click();
        const rows = page.locator(".kkt-status-rows");
        await rows.waitFor();
        see.russian("Что объясняет индикатор", await rows.innerText());
      },
      [2],
    );
    await page.keyboard.press("Escape");
    const glasses = product("sunglasses", 1);
    const napkin = product("accessories", 3);
    let uuid = "";
    await log.step("Товары в заказе", "две строки", async (see) => {
      uuid = await fill(counter, [glasses, napkin]);
      see.equal("Строк", await page.locator(".order-container .orderline").count(), 2);
    });
    await log.step("Оплата", "наличные приняты", async (see) => {
      await pos.toPayment();
      await pos.addPayment(CASH, "10000");
      see.equal("Строк оплаты", await page.locator(".paymentline").count(), 1);
      see.matches("На экране", await page.locator(".payment-summary").innerText(), /Сдача/);
    });
    const sum = glasses.priceKopecks + napkin.priceKopecks;
    let reference = "";
    await log.step("Чек", "чек на бумаге и на экране", async (see) => {
      const sold = await finish(counter, uuid);
      see.atMost("Экран чека", sold.seconds, RECEIPT_WITHIN_S, "с");
      await seeLedgers(see, counter, { uuid, sum, operation: SALE });
      reference = (await inOdoo(counter, uuid)).order.pos_reference;
    });
    let back = "";
    await log.step("Возврат по чеку", "чек возврата прихода", async (see) => {
      await pos.newOrder();
      await pos.openOrders("paid");
      await pos.selectOrder(reference);
      await pos.refund({ [napkin.name]: 1 });
      back = pos.orderUuid();
      await pos.addPayment(CASH);
      await finish(counter, back);
      await seeLedgers(see, counter, {
        uuid: back,
        sum: napkin.priceKopecks,
        operation: REFUND,
      });
    });
    const day = new Day(page);
    await log.step("«Смена и наличные»: X-отчёт", "касса напечатала", async (see) => {
      await pos.newOrder();
      await day.open();
      await day.press("x");
      see.russian("Сказано", await day.message(/отчёт|отчет/i));
    });
    const pin = new PinDialog(page);
    await log.step("Конец дня: Z-отчёт", "касса просит PIN управляющего", async (see) => {
      const closing = await day.end();
      see.russian("Окно", await closing.innerText());
      await page.locator(".kkt-close-z").click();
      see.matches("Сказано", await pin.waitFor(), /PIN|управля/i);
    });
    await log.step(
      "Управляющий набирает PIN",
      "Z напечатан, Odoo и ФН согласны",
      async (see) => {
        await pin.type(person("manager"));
        const verdict = page.locator(".kkt-close-verdict");
        await verdict.waitFor({ timeout: 90_000 });
        see.equal("Odoo и ФН согласны", await verdict.getAttribute("data-equal"), "yes");
        see.russian("Окно", await page.locator(".kkt-close-day").innerText());
        const wrong = page.locator(".kkt-close-row .text-danger");
        see.equal("Строк с разницей", await wrong.allInnerTexts(), []);
        const closed = (await counter.kkt.ledger()).filter(({ type }) => type === 5);
        see.equal("Отчётов о закрытии смены в ФН", closed.length, 1);
      },
      [1, 3],
    );
    await log.step(
      "Закрыть сессию",
      "сессия Odoo закрыта",
      async (see) => {
        await page.locator(".kkt-close-session").click();
        const confirm = page.locator(".close-pos-popup, .modal-content").last();
        await confirm.waitFor({ timeout: 60_000 });
        const counted = confirm.locator("input").first();
        if (await counted.isVisible())
          await counted.fill(String((sum - napkin.priceKopecks) / 100));
        await confirm.locator(".modal-footer .btn-primary, footer .btn-primary").first().click();
        const state = await until(
          "the session is closed",
          async () => {
            const [session] = await hall.odoo.read<{ state: string } & Record<string, unknown>>(
              "pos.session",
              [["config_id", "=", counter.posConfigId]],
              ["state"],
              { order: "id desc", limit: 1 },
            );
            return session?.state === "closed" && session.state;
          },
          90_000,
        );
        see.equal("Сессия", state, "closed");
        // the page begins anew by itself
        // a trial waits until nothing lies over it any more
        await page.locator(".open-register-btn").click({ trial: true, timeout: 90_000 });
      },
      [1],
    );
  },
};
