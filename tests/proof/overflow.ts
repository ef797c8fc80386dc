/** Sells without a tax link until the buffer is full, and looks at every alarm on the way. */
import { until } from "@opticserp/fixtures/stand/control.ts";
import type { ProofLog } from "./run.ts";
import type { ProofTill } from "./shop.ts";

/** At how many of 200 which alarm must be there. */
const ALARMS = [
  { level: 160, code: "buffer_80", priority: "p2" },
  { level: 180, code: "buffer_90", priority: "p2" },
  { level: 200, code: "buffer_full", priority: "p1" },
] as const;

export async function fillBuffer(till: ProofTill, log: ProofLog): Promise<void> {
  for (const { level, code, priority } of ALARMS) {
    const before = (await till.status()).buffer.level;
    await till.sell(level - before, "sale");
    log.step(`в буфере ${level} чеков`);
    const alert = await until(
      `alarm ${code}`,
      async () => (await till.status()).alerts.find((one) => one.code === code),
      60_000,
    );
    log.check(
      `Тревога при ${level} из 200`,
      `${code}, ${priority}`,
      `${alert.code}, ${alert.level}`,
      alert.level === priority,
    );
  }
  const before = till.rest().ofdPending;
  const refused = await till.refusedSale();
  log.check(
    "Чек 201",
    "503 buffer_full",
    `${refused.status} ${refused.code ?? ""}`,
    refused.status === 503 && refused.code === "buffer_full",
  );
  const words = refused.detail ?? "";
  log.check("Сообщение кассиру", "«Буфер переполнен»", words, /буфер переполнен/i.test(words));
  log.equal("В буфере после отказа", till.rest().ofdPending, before);
}
