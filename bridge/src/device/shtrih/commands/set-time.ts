/** 21h: sets the time of the ККТ's clock; between shifts only. */
import { WireFormatError, WireWriter, type WireReader } from "../binary.ts";
import { type Command, type OperatorAnswer, operatorAnswer } from "./command.ts";

export interface SetTimeRequest {
  readonly password: number;
  /** `HH:MM:SS`. */
  readonly time: string;
}

export const setTime: Command<SetTimeRequest, OperatorAnswer> = {
  code: 0x21,
  title: "set time",
  safety: "build",
  timeoutMs: 5_000,
  encodeRequest({ password, time }) {
    const match = /^(\d\d):(\d\d):(\d\d)$/.exec(time);
    if (!match) throw new WireFormatError(`time: "${time}" is not HH:MM:SS`);
    const parts = Uint8Array.from(match.slice(1).map(Number));
    return new WireWriter().password(password).bytes(parts).build();
  },
  decodeRequest: (reader: WireReader): SetTimeRequest => ({
    password: reader.uint(4, "password"),
    time: reader.time("time"),
  }),
  decodeAnswer: operatorAnswer,
};
