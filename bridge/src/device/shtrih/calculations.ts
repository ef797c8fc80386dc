/** Отчёт о состоянии расчётов: FF37h, the cashier's TLVs, FF38h. */
import type { Cashier } from "../../domain/receipt.ts";
import { type CalculationsReport, DeviceRefusal } from "../fiscal-device.ts";
import { beginCalculationsReport } from "./commands/begin-calculations-report.ts";
import { calculationsReport } from "./commands/calculations-report.ts";
import { commandName } from "./commands/command.ts";
import { deviceErrorText, ERROR_UNKNOWN_COMMAND } from "./errors.ts";
import type { ShtrihSession } from "./session.ts";
import { beginWithCashier } from "./shift.ts";

export async function makeCalculationsReport(
  session: ShtrihSession,
  password: number,
  cashier: Cashier,
): Promise<CalculationsReport> {
  if (!(await beginWithCashier(session, password, cashier, beginCalculationsReport))) {
    const name = commandName(beginCalculationsReport.code);
    throw new DeviceRefusal(name, ERROR_UNKNOWN_COMMAND, deviceErrorText(ERROR_UNKNOWN_COMMAND));
  }
  const { fd, fp, unconfirmed, firstDate } = await session.sign(calculationsReport, { password });
  return { fd, fp, unconfirmed, firstUnconfirmed: firstDate };
}
