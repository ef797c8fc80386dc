/** F7h: extended query; type 1 asks for the model's parameters. No password. */
import { WireWriter, type WireReader, hex } from "../binary.ts";
import type { Command } from "./command.ts";

export interface ExtendedQueryRequest {
  readonly type: number;
}

export interface ModelParameters {
  /** The 64 capability bits, hex, least significant byte first. */
  readonly flags: string;
  /** Bit 28: protocol V2. */
  readonly protocolV2: boolean;
  /** Bit 34: 10h carries the result of the last printing. */
  readonly printResult: boolean;
  /** Bit 50: answers that make a document carry its date and time. */
  readonly extendedAnswers: boolean;
  /** Table of the ОФД's address; null where the model does not tell (usually 19). */
  readonly ofdTable: number | null;
  /** What follows the flags, hex. */
  readonly rest: string;
}

/** Byte of the table's number, counted after the flags. */
const OFD_TABLE_OFFSET = 24;

function tail(rest: Uint8Array): Pick<ModelParameters, "ofdTable" | "rest"> {
  // 0: the model has no such table of its own
  return { ofdTable: rest[OFD_TABLE_OFFSET] || null, rest: hex(rest) };
}

export const extendedQuery: Command<ExtendedQueryRequest, ModelParameters> = {
  code: 0xf7,
  title: "extended query",
  safety: "read",
  timeoutMs: 5_000,
  encodeRequest: ({ type }) => new WireWriter().uint(type, 1, "type").build(),
  decodeRequest: (reader: WireReader): ExtendedQueryRequest => ({ type: reader.uint(1, "type") }),
  decodeAnswer(reader: WireReader): ModelParameters {
    const flags = reader.bytes(Math.min(8, reader.remaining), "flags");
    const bit = (n: number): boolean => (((flags[n >> 3] ?? 0) >> (n & 7)) & 1) === 1;
    return {
      flags: hex(flags),
      protocolV2: bit(28),
      printResult: bit(34),
      extendedAnswers: bit(50),
      ...tail(reader.rest()),
    };
  },
  shortRequests: [0, 1, 2, 3],
};
