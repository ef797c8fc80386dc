/** Shared by 22h and 23h. */
import { WireFormatError, WireWriter, type WireReader } from "../binary.ts";

export interface DateRequest {
  readonly password: number;
  /** `YYYY-MM-DD`. */
  readonly date: string;
}

export const passwordAndDate = {
  encodeRequest({ password, date }: DateRequest): Uint8Array {
    const match = /^20(\d\d)-(\d\d)-(\d\d)$/.exec(date);
    if (!match) throw new WireFormatError(`date: "${date}" is not 20YY-MM-DD`);
    const [year = 0, month = 0, day = 0] = match.slice(1).map(Number);
    return new WireWriter()
      .password(password)
      .bytes(Uint8Array.of(day, month, year))
      .build();
  },
  decodeRequest: (reader: WireReader): DateRequest => ({
    password: reader.uint(4, "password"),
    date: reader.dateDmy("date"),
  }),
};
