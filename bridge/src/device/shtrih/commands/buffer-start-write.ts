/** FF32h: begins to write the ОФД's answer into the ФН's buffer. */
import { WireWriter, type WireReader } from "../binary.ts";
import type { Command } from "./command.ts";

export interface BufferStartWriteRequest {
  readonly password: number;
  /** Bytes in all. */
  readonly size: number;
}

export interface BufferStartWriteAnswer {
  /** Largest piece of one FF33h, bytes. */
  readonly blockSize: number;
}

export const bufferStartWrite: Command<BufferStartWriteRequest, BufferStartWriteAnswer> = {
  code: 0xff32,
  title: "start writing FN buffer",
  safety: "build",
  timeoutMs: 10_000,
  encodeRequest: ({ password, size }) =>
    new WireWriter().password(password).uint(size, 2, "size").build(),
  decodeRequest: (reader: WireReader): BufferStartWriteRequest => ({
    password: reader.uint(4, "password"),
    size: reader.uint(2, "size"),
  }),
  decodeAnswer: (reader) => ({ blockSize: reader.uint(1, "block size") }),
};
