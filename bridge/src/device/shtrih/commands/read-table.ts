/** 1Fh: value of a field of a settings table. */
import { WireWriter, type WireReader, hex } from "../binary.ts";
import { decodeCp1251 } from "../text.ts";
import type { Command } from "./command.ts";

export interface ReadTableRequest {
  readonly password: number;
  readonly table: number;
  readonly row: number;
  readonly field: number;
}

export interface TableValue {
  /** Bytes as they stand, hex. */
  readonly value: string;
  /** The same as text, CP1251 up to the first zero byte. */
  readonly text: string;
  /** The same as a little-endian integer; null over six bytes. */
  readonly number: number | null;
}

export const readTable: Command<ReadTableRequest, TableValue> = {
  code: 0x1f,
  title: "read table",
  safety: "read",
  timeoutMs: 5_000,
  encodeRequest: ({ password, table, row, field }) =>
    new WireWriter()
      .password(password)
      .uint(table, 1, "table")
      .uint(row, 2, "row")
      .uint(field, 1, "field")
      .build(),
  decodeRequest: (reader: WireReader): ReadTableRequest => ({
    password: reader.uint(4, "password"),
    table: reader.uint(1, "table"),
    row: reader.uint(2, "row"),
    field: reader.uint(1, "field"),
  }),
  decodeAnswer(reader: WireReader): TableValue {
    const bytes = reader.rest();
    let number: number | null = null;
    if (bytes.length > 0 && bytes.length <= 6) {
      number = [...bytes].reduceRight((value, byte) => value * 256 + byte, 0);
    }
    return { value: hex(bytes), text: decodeCp1251(bytes), number };
  },
};
