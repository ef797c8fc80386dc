/** FF39h: state of the exchange with the ОФД. */
import type { WireReader } from "../binary.ts";
import { type Command, type PasswordOnly, passwordOnly } from "./command.ts";

export interface OfdExchange {
  /** Bits: 0 connected, 1 has a message, 2 waits for a ticket, 3 command, 4 settings, 5 waits. */
  readonly status: number;
  readonly reading: number;
  /** Documents without the ОФД's ticket. */
  readonly count: number;
  /** First of them; 0 if none. */
  readonly firstFd: number;
  /** Its wall time, `YYYY-MM-DDTHH:MM`; null if none. */
  readonly firstDateTime: string | null;
}

export const ofdExchange: Command<PasswordOnly, OfdExchange> = {
  code: 0xff39,
  title: "OFD exchange status",
  safety: "read",
  timeoutMs: 5_000,
  ...passwordOnly,
  decodeAnswer(reader: WireReader): OfdExchange {
    const status = reader.uint(1, "status");
    const reading = reader.uint(1, "reading");
    const count = reader.uint(2, "count");
    const firstFd = reader.uint(4, "first FD");
    const dateTime = reader.dateTime("first date and time");
    return { status, reading, count, firstFd, firstDateTime: count === 0 ? null : dateTime };
  },
};
