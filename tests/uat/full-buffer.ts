/** How 10b and 10c begin: the ОФД is away until the buffer is full and the next sale is refused. */
import { bulkSeller } from "./bulk.ts";
import type { Counter } from "./counter.ts";
import { Trouble } from "./page/trouble.ts";
import type { Recorder } from "./recorder.ts";
import { CARD, fill, pay, product, seeBuffer, sell } from "./selling.ts";

export const CAPACITY = 200;
/** Sold in the browser; what came before is made by the page's own code without one. */
const BY_HAND = 3;
const BY_CODE = CAPACITY - BY_HAND;

export interface FullBuffer {
  /** What goes wrong, Russian, and how. */
  readonly what: string;
  readonly begin: () => Promise<unknown>;
  /** Parts of the requirement that the alarm and the refusal prove. */
  readonly proves?: { readonly alarm: readonly number[]; readonly refusal: readonly number[] };
}

/** @returns uuid of the order that was refused and waits on the payment screen, behind the message */
export async function fillBuffer(
  log: Recorder,
  counter: Counter,
  { what, begin, proves }: FullBuffer,
): Promise<string> {
  log.note(
    `Первые ${BY_CODE} чеков проводит код страницы POS без браузера, остальные — кассир в браузере`,
  );
  const { pos } = counter;
  const lens = product("lenses", 3);
  const seller = await bulkSeller(counter);
  await log.step(`${what}, касса торгует`, `в буфере ${BY_CODE}`, async (see) => {
    await begin();
    await seller.sell(BY_CODE, "sale");
    await seeBuffer(see, counter, BY_CODE);
  });
  await log.step(
    `Кассир пробивает последние ${BY_HAND}`,
    `буфер ${CAPACITY}/${CAPACITY}, тревога P1, автомат ОФД открыт`,
    async (see) => {
      for (let sale = 0; sale < BY_HAND; sale += 1) await sell(counter, [lens]);
      await seeBuffer(see, counter, CAPACITY);
      const alert = await counter.waitForAlert("buffer_full");
      see.equal("Тревога", `${alert.code} ${alert.level}`, "buffer_full p1");
      const { ofd } = await counter.status();
      see.check(`Автомат ОФД: ${ofd.breaker}`, ofd.breaker !== "closed");
      see.russian("Подсказка индикатора", await counter.bar.tooltip());
    },
    proves?.alarm,
  );
  let uuid = "";
  await log.step(
    `Пробует пробить ${CAPACITY + 1}-й`,
    "«Буфер переполнен»: касса ждёт связи с налоговой, заказ сохранён",
    async (see) => {
      uuid = await fill(counter, [lens]);
      await pay(counter, [{ method: CARD }]);
      await pos.pressValidate();
      const said = await new Trouble(pos.page).waitFor(/буфер переполнен/i);
      see.matches("Сказано", said, /буфер переполнен/i);
      see.matches("Чего ждёт касса", said, /ОФД|налогов/i);
      see.russian("Слова", said);
      see.equal("Чеков в ФН", (await counter.kkt.receipts()).length, CAPACITY);
    },
    proves?.refusal,
  );
  return uuid;
}
