/** FF33h: a piece of the ОФД's answer. The last piece makes the ФН take the ticket, or refuse (20h). */
import { WireWriter, type WireReader } from "../binary.ts";
import { type Command, emptyAnswer } from "./command.ts";

export interface BufferWriteRequest {
  readonly password: number;
  readonly offset: number;
  readonly data: Uint8Array;
}

export const bufferWrite: Command<BufferWriteRequest, Record<string, never>> = {
  code: 0xff33,
  title: "write FN buffer",
  safety: "build",
  timeoutMs: 10_000,
  encodeRequest: ({ password, offset, data }) =>
    new WireWriter()
      .password(password)
      .uint(offset, 2, "offset")
      .uint(data.length, 1, "size")
      .bytes(data)
      .build(),
  decodeRequest(reader: WireReader): BufferWriteRequest {
    const password = reader.uint(4, "password");
    const offset = reader.uint(2, "offset");
    return { password, offset, data: reader.bytes(reader.uint(1, "size"), "data") };
  },
  decodeAnswer: emptyAnswer,
};
