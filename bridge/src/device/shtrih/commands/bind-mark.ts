/** FF67h: binds a marking code to the last operation. */
import { WireWriter, type WireReader, hex } from "../binary.ts";
import type { Command } from "./command.ts";

export interface BindMarkRequest {
  readonly password: number;
  /** The code as scanned. */
  readonly mark: Uint8Array;
}

export interface BindMarkAnswer {
  /** What the ФН recognised, hex. */
  readonly data: string;
}

export const bindMark: Command<BindMarkRequest, BindMarkAnswer> = {
  code: 0xff67,
  title: "bind marking code",
  safety: "build",
  timeoutMs: 40_000,
  encodeRequest: ({ password, mark }) =>
    new WireWriter().password(password).uint(mark.length, 1, "mark length").bytes(mark).build(),
  decodeRequest: (reader: WireReader): BindMarkRequest => ({
    password: reader.uint(4, "password"),
    mark: reader.bytes(reader.uint(1, "mark length"), "mark"),
  }),
  decodeAnswer: (reader) => ({ data: hex(reader.rest()) }),
};
