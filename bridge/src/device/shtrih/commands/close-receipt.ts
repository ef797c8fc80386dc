/** FF45h: closes the receipt, version 2. The command that makes the fiscal document. */
import { WireWriter, type WireReader } from "../binary.ts";
import { decodeCp1251, encodeCp1251 } from "../text.ts";
import { ANSWER_MS, type Command } from "./command.ts";

/** Slots of the payment types: 1 cash, 2 electronic (2–13 are summed), 14, 15, 16. */
export const PAYMENT_SLOTS = 16;
const TAX_SLOTS = 6;
const MAX_TEXT = 64;

export interface CloseReceiptRequest {
  readonly password: number;
  /** 16 sums in kopecks; index 0 is slot 1. */
  readonly payments: readonly number[];
  /** Kopecks the total is rounded down by. */
  readonly rounding: number;
  /** Six sums in kopecks (20 %, 10 %, turnover 0 %, turnover none, 20/120, 10/110); zeros when the
   * device computes them (table 1, field 14). */
  readonly taxes: readonly number[];
  /** One bit of tag 1055. */
  readonly taxSystem: number;
  readonly text: string;
}

export interface CloseReceiptAnswer {
  readonly fd: number;
  readonly fp: number;
  /** Kopecks. */
  readonly change: number;
  /** `YYYY-MM-DDTHH:MM`; null where the model leaves it out. */
  readonly dateTime: string | null;
}

export const closeReceipt: Command<CloseReceiptRequest, CloseReceiptAnswer> = {
  code: 0xff45,
  title: "close receipt V2",
  safety: "document",
  timeoutMs: ANSWER_MS,
  encodeRequest({ password, payments, rounding, taxes, taxSystem, text }) {
    const writer = new WireWriter().password(password);
    for (let slot = 0; slot < PAYMENT_SLOTS; slot += 1) {
      writer.money(payments[slot] ?? 0, `payment ${String(slot + 1)}`);
    }
    writer.uint(rounding, 1, "rounding");
    for (let slot = 0; slot < TAX_SLOTS; slot += 1) {
      writer.money(taxes[slot] ?? 0, `tax ${String(slot + 1)}`);
    }
    return writer
      .uint(taxSystem, 1, "tax system")
      .bytes(encodeCp1251(text).subarray(0, MAX_TEXT))
      .build();
  },
  decodeRequest: (reader: WireReader): CloseReceiptRequest => ({
    password: reader.uint(4, "password"),
    payments: moneyList(reader, PAYMENT_SLOTS, "payment"),
    rounding: reader.uint(1, "rounding"),
    taxes: moneyList(reader, TAX_SLOTS, "tax"),
    taxSystem: reader.uint(1, "tax system"),
    text: decodeCp1251(reader.rest()),
  }),
  decodeAnswer(reader: WireReader): CloseReceiptAnswer {
    const change = reader.uint(5, "change");
    const fd = reader.uint(4, "fd");
    const fp = reader.uint(4, "fp");
    const dateTime = reader.remaining >= 5 ? reader.dateTime("date and time") : null;
    return { fd, fp, change, dateTime };
  },
};

function moneyList(reader: WireReader, count: number, field: string): number[] {
  return Array.from({ length: count }, (_, i) => reader.uint(5, `${field} ${String(i + 1)}`));
}
