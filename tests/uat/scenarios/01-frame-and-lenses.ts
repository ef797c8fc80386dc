import { until } from "@opticserp/fixtures/stand/control.ts";
import { SALE, itemTags, seeLedgers, tags } from "../ledgers.ts";
import type { Scenario } from "../scenario.ts";
import { CARD, RECEIPT_WITHIN_S, fill, finish, product } from "../selling.ts";
import { SmtpSink } from "../smtp-sink.ts";
import { QUICK_LINKS } from "../timers.ts";

const BUYER = { name: "Очкова Анна Петровна", email: "anna.ochkova@example.com" } as const;

export const frameAndLenses: Scenario = {
  id: "01",
  title: "продажа «оправа + линзы»",
  passes: ["фискальный чек напечатан", "электронный чек отправлен", "заказ в Odoo"],
  async run({ hall, log, counter: open }) {
    log.note("Без заказа на изготовление по рецепту: его добавляет F2, другая задача");
    const post = await SmtpSink.open();
    log.undo(() => post.close());
    const counter = await open({
      scaled: QUICK_LINKS,
      prepare: async ({ posConfigId }) => {
        await hall.odoo.create("res.partner", { ...BUYER });
        await hall.odoo.write("pos.config", [posConfigId], { kkt_electronic_receipt: "odoo" });
        await hall.odoo.create("ir.mail_server", {
          name: "Приёмка",
          smtp_host: "127.0.0.1",
          smtp_port: post.port,
          smtp_encryption: "none",
          from_filter: false,
        });
      },
    });
    const { pos } = counter;
    const frame = product("frames", 4);
    const lens = product("lenses", 8);
    const sum = frame.priceKopecks + 2 * lens.priceKopecks;
    let uuid = "";
    await log.step("Кассир набирает оправу и две линзы", "три предмета в заказе", async (see) => {
      uuid = await fill(counter, [frame, lens, lens]);
      const lines = pos.page.locator(".order-container .orderline");
      see.equal("Строк", await lines.count(), 2);
      see.matches("Линз", await lines.nth(1).innerText(), /2/);
    });
    await log.step("Выбирает покупателя с e-mail", "покупатель на заказе", async (see) => {
      await pos.page.locator(".set-partner").first().click();
      const list = pos.page.locator(".modal .partner-list");
      await list.waitFor();
      await pos.page.locator(".modal input").first().fill(BUYER.name);
      await pos.page.locator(".partner-line").filter({ hasText: BUYER.name }).first().click();
      await list.waitFor({ state: "detached" });
      const shown = await pos.page.locator(".set-partner").first().innerText();
      see.matches("На заказе", shown, /Очкова/);
    });
    await log.step("Покупатель хочет электронный чек", "адрес и согласие записаны", async (see) => {
      await pos.toPayment();
      await pos.page.locator(".kkt-contact").first().click();
      const field = pos.page.locator(".kkt-contact-input");
      await field.waitFor();
      see.equal("Адрес предложен", await field.inputValue(), BUYER.email);
      see.russian("Окно", await pos.page.locator(".modal-content").last().innerText());
      await pos.page.locator(".kkt-contact-consent input").check();
      await pos.page.locator(".kkt-contact-save").click();
      await field.waitFor({ state: "detached" });
      see.matches("На экране", await pos.page.locator(".kkt-contact").innerText(), /anna/);
    });
    await log.step(
      "Оплата картой, «Подтвердить»",
      "чек ≤ 7 с",
      async (see) => {
        await pos.addPayment(CARD);
        const sold = await finish(counter, uuid);
        see.atMost("Экран чека", sold.seconds, RECEIPT_WITHIN_S, "с");
        see.atMost("Чек напечатан", sold.printedSeconds, RECEIPT_WITHIN_S, "с");
        see.russian("Фискальные данные", await pos.page.locator(".kkt-copy").first().innerText());
      },
      [1],
    );
    await log.step(
      "Сверка",
      "ФН, ОФД и Odoo согласны",
      async (see) => {
        const { document } = await seeLedgers(see, counter, { uuid, sum, operation: SALE });
        see.equal("Без НДС (1199 = 6)", itemTags(document.tlv, 1199), [6, 6]);
        see.equal("Безналичными (1081)", tags(document.tlv, 1081), [sum]);
        see.equal("Покупатель в чеке (1008)", tags(document.tlv, 1008), [BUYER.email]);
        const [order] = await hall.odoo.read<
          { partner_id: [number, string] } & Record<string, unknown>
        >("pos.order", [["uuid", "=", uuid]], ["partner_id"]);
        see.matches("Покупатель заказа в Odoo", String(order?.partner_id[1]), /Очкова/);
      },
      [3],
    );
    await log.step(
      "Электронный чек",
      "письмо ушло покупателю, один раз",
      async (see) => {
        await until("the mail is there", () => Promise.resolve(post.mails.length > 0), 150_000);
        see.equal("Писем", post.mails.length, 1);
        see.equal("Кому", post.mails[0]?.to, [BUYER.email]);
        const [row] = await hall.odoo.read<{ state: string } & Record<string, unknown>>(
          "kkt.electronic.receipt",
          [["contact", "=", BUYER.email]],
          ["state"],
        );
        see.equal("Состояние в Odoo", row?.state, "sent");
      },
      [2],
    );
  },
};
