/** Setting the ККТ's clock: 21h, and where the date differs 22h and 23h. Between shifts only. */
import { DeviceRefusal } from "../fiscal-device.ts";
import { commandName } from "./commands/command.ts";
import { confirmDate } from "./commands/confirm-date.ts";
import { fullStatus } from "./commands/full-status.ts";
import { setDate } from "./commands/set-date.ts";
import { setTime } from "./commands/set-time.ts";
import type { ShtrihSession } from "./session.ts";

/** The ККТ waits for 23h. */
const MODE_CONFIRM_DATE = 6;
/** What the exchange itself may take; the ФН forgives five minutes. */
const CLOSE_ENOUGH_MS = 60_000;
const ROUNDS = 2;
const ERROR_BAD_DATE = 0x7d;

/**
 * Looks at the clock afterwards: a date set in the last seconds of a day may end up a day off, and a
 * ФН that meets such a clock refuses every document.
 * @param wall `YYYY-MM-DDTHH:MM:SS`
 * @throws DeviceRefusal also where the clock is wrong after all
 */
export async function setDeviceClock(
  session: ShtrihSession,
  password: number,
  wall: string,
): Promise<void> {
  const [date = "", time = ""] = wall.split("T");
  let found = await session.run(fullStatus, { password });
  for (let round = 0; round < ROUNDS; round += 1) {
    if (!found.dateTime.startsWith(date) || found.modeNumber === MODE_CONFIRM_DATE) {
      await session.run(setDate, { password, date });
      await session.run(confirmDate, { password, date });
    }
    await session.run(setTime, { password, time });
    found = await session.run(fullStatus, { password });
    if (Math.abs(distance(found.dateTime, wall)) <= CLOSE_ENOUGH_MS) return;
  }
  throw new DeviceRefusal(
    commandName(setTime.code),
    ERROR_BAD_DATE,
    `часы кассы не установились: в кассе ${found.dateTime}, нужно ${wall}`,
  );
}

/** Wall times of one clock without a zone, read as UTC only to subtract; ms. */
function distance(a: string, b: string): number {
  return Date.parse(`${a}Z`) - Date.parse(`${b}Z`);
}
