/** 1Eh: write a field of a settings table. */
import { WireWriter, type WireReader } from "../binary.ts";
import { type Command, emptyAnswer } from "./command.ts";

export interface WriteTableRequest {
  readonly password: number;
  readonly table: number;
  readonly row: number;
  readonly field: number;
  readonly value: Uint8Array;
}

export const writeTable: Command<WriteTableRequest, Record<string, never>> = {
  code: 0x1e,
  title: "write table",
  safety: "build",
  timeoutMs: 5_000,
  encodeRequest: ({ password, table, row, field, value }) =>
    new WireWriter()
      .password(password)
      .uint(table, 1, "table")
      .uint(row, 2, "row")
      .uint(field, 1, "field")
      .bytes(value)
      .build(),
  decodeRequest: (reader: WireReader): WriteTableRequest => ({
    password: reader.uint(4, "password"),
    table: reader.uint(1, "table"),
    row: reader.uint(2, "row"),
    field: reader.uint(1, "field"),
    value: reader.rest(),
  }),
  decodeAnswer: emptyAnswer,
};
