/** What the cashier does in many scenarios. */
import { until } from "@opticserp/fixtures/stand/control.ts";
import { catalogue, type CatalogueItem } from "@opticserp/fixtures/data/catalogue.ts";
import type { Counter } from "./counter.ts";
import { SEED } from "./hall.ts";
import type { Seen } from "./recorder.ts";

export const CARD = "Банковская карта";
export const CASH = "Наличные";

/** What the requirements allow from button to receipt, whatever the links do, s. */
export const RECEIPT_WITHIN_S = 7;

const items = catalogue(SEED);

/** The n-th product of a category. */
export function product(category: string, n = 0): CatalogueItem {
  const found = items.filter((item) => item.category === category)[n];
  if (!found) throw new Error(`no product ${n} in ${category}`);
  return found;
}

export interface Payment {
  readonly method: string;
  /** Typed instead of what is due, roubles. */
  readonly amount?: string;
}

export interface Sold {
  readonly uuid: string;
  readonly fd: number;
  /** Button to receipt screen. */
  readonly seconds: number;
  /** Button to the last of the paper. */
  readonly printedSeconds: number;
}

/** Puts goods on the order. @returns its uuid */
export async function fill(
  counter: Counter,
  goods: readonly { readonly name: string }[],
): Promise<string> {
  for (const { name } of goods) await counter.pos.addProduct(name);
  return counter.pos.orderUuid();
}

export async function pay(counter: Counter, payments: readonly Payment[]): Promise<void> {
  await counter.pos.toPayment();
  for (const { method, amount } of payments) await counter.pos.addPayment(method, amount);
}

/** Validate, up to the receipt on screen and paper. */
export async function finish(counter: Counter, uuid: string): Promise<Sold> {
  const { pos, kkt } = counter;
  const pressedAt = Date.now();
  const seconds = (await pos.validate(60_000)) / 1000;
  const { fd } = await pos.readFiscalCopy();
  const printedAt = await until("the paper is out", () => kkt.printedAt(fd));
  return { uuid, fd, seconds, printedSeconds: (Date.parse(printedAt) - pressedAt) / 1000 };
}

/** A whole sale, back to an empty order. */
export async function sell(
  counter: Counter,
  goods: readonly { readonly name: string }[],
  payments: readonly Payment[] = [{ method: CARD }],
): Promise<Sold> {
  const uuid = await fill(counter, goods);
  await pay(counter, payments);
  const sold = await finish(counter, uuid);
  await counter.pos.newOrder();
  return sold;
}

/** Steps that fit any level of a buffer: what the indicator must show. */
export async function seeBuffer(see: Seen, counter: Counter, level: number): Promise<void> {
  const { buffer } = await until(
    `${level} in the buffer`,
    async () => {
      const status = await counter.status();
      return status.buffer.level === level && status;
    },
    60_000,
  );
  see.equal("В буфере моста", buffer.level, level);
  await counter.bar.waitForBridge();
  const text = await counter.bar.waitForText(new RegExp(`(^|\\D)${level}(\\D|$)`));
  see.check(`Индикатор: «${text}»`, true);
}

/** No alarm that a person must see to; a lost ОФД is told as p3. */
export async function seeNoAlarm(see: Seen, counter: Counter): Promise<void> {
  const { alerts } = await counter.status();
  const loud = alerts.filter(({ level }) => level !== "p3");
  const shown = loud.map(({ code, level }) => `${code} ${level}`).join(", ");
  see.check(`Тревог P1 и P2: ${loud.length === 0 ? "нет" : shown}`, loud.length === 0);
}

/** A discount on the selected line; typed again where a slow page lost a key. */
export async function discount({ pos }: Counter, percent: number): Promise<void> {
  const given = () =>
    pos.page.evaluate(() => {
      const { posmodel } = globalThis as unknown as {
        posmodel: {
          getOrder(): { getSelectedOrderline(): { getDiscount(): number } | undefined };
        };
      };
      return posmodel.getOrder().getSelectedOrderline()?.getDiscount();
    });
  await until(
    `a discount of ${String(percent)} %`,
    async () => {
      await pos.pad("%", ...String(percent));
      await pos.page.waitForTimeout(500);
      return (await given()) === percent;
    },
    60_000,
  );
}
