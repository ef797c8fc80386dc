/** FF69h: takes or drops the marking code that FF61h has checked. */
import { WireWriter, type WireReader } from "../binary.ts";
import { ANSWER_MS, type Command } from "./command.ts";

export interface AcceptMarkRequest {
  readonly password: number;
  readonly accept: boolean;
}

export interface AcceptMarkAnswer {
  /** Tag 2106; null where the model leaves it out. */
  readonly result: number | null;
}

export const acceptMark: Command<AcceptMarkRequest, AcceptMarkAnswer> = {
  code: 0xff69,
  title: "accept marking code",
  safety: "build",
  timeoutMs: ANSWER_MS,
  encodeRequest: ({ password, accept }) =>
    new WireWriter()
      .password(password)
      .uint(accept ? 1 : 0, 1, "accept")
      .build(),
  decodeRequest: (reader: WireReader): AcceptMarkRequest => ({
    password: reader.uint(4, "password"),
    accept: reader.uint(1, "accept") === 1,
  }),
  decodeAnswer: (reader) => ({
    result: reader.remaining > 0 ? reader.uint(1, "result") : null,
  }),
};
