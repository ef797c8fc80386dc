/** FF38h: signs and prints the report on the state of calculations begun by FF37h. */
import type { WireReader } from "../binary.ts";
import { ANSWER_MS, type Command, type PasswordOnly, passwordOnly } from "./command.ts";

export interface CalculationsReportAnswer {
  readonly fd: number;
  readonly fp: number;
  /** Documents that the ОФД has not confirmed. */
  readonly unconfirmed: number;
  /** Date of the first of them, `YYYY-MM-DD`; null if there is none. */
  readonly firstDate: string | null;
  /** `YYYY-MM-DDTHH:MM`; null where the model leaves it out. */
  readonly dateTime: string | null;
}

export const calculationsReport: Command<PasswordOnly, CalculationsReportAnswer> = {
  code: 0xff38,
  title: "calculations report",
  safety: "document",
  timeoutMs: ANSWER_MS,
  ...passwordOnly,
  decodeAnswer(reader: WireReader): CalculationsReportAnswer {
    const fd = reader.uint(4, "fd");
    const fp = reader.uint(4, "fp");
    const unconfirmed = reader.uint(4, "unconfirmed");
    const firstDate = reader.dateYmd("first date");
    const dateTime = reader.remaining >= 5 ? reader.dateTime("date and time") : null;
    return { fd, fp, unconfirmed, firstDate: unconfirmed === 0 ? null : firstDate, dateTime };
  },
};
