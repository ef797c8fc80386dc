/** FF31h: a piece of the ФН's buffer. */
import { WireWriter, type WireReader } from "../binary.ts";
import type { Command } from "./command.ts";

export interface BufferReadRequest {
  readonly password: number;
  readonly offset: number;
  readonly size: number;
}

export interface BufferBlock {
  readonly data: Uint8Array;
}

export const bufferRead: Command<BufferReadRequest, BufferBlock> = {
  code: 0xff31,
  title: "read FN buffer",
  safety: "read",
  timeoutMs: 10_000,
  encodeRequest: ({ password, offset, size }) =>
    new WireWriter().password(password).uint(offset, 2, "offset").uint(size, 1, "size").build(),
  decodeRequest: (reader: WireReader): BufferReadRequest => ({
    password: reader.uint(4, "password"),
    offset: reader.uint(2, "offset"),
    size: reader.uint(1, "size"),
  }),
  decodeAnswer: (reader) => ({ data: reader.rest() }),
};
