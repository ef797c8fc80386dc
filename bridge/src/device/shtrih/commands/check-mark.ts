/** FF61h: the ФН, and where there is a network the ОИСМ, checks a marking code. */
import { WireWriter, type WireReader } from "../binary.ts";
import type { Command } from "./command.ts";

export interface CheckMarkRequest {
  readonly password: number;
  /** Tag 2003: planned status of the goods. */
  readonly status: number;
  /** Tag 2102. */
  readonly mode: number;
  /** The code as scanned, at most 255 bytes. */
  readonly mark: Uint8Array;
  /** 2108 and 1023 where a part is sold, else empty. */
  readonly tlv: Uint8Array;
}

export interface CheckMarkAnswer {
  /** Tag 2004: what the ФН found by itself. */
  readonly localCheck: number;
  /** Why it could not check. */
  readonly reason: number;
  /** Tag 2100. */
  readonly markType: number;
  /** Of the server; 255 = it did not answer in time. */
  readonly fnCode: number | null;
  /** Tag 2106. */
  readonly result: number | null;
  readonly tlv: Uint8Array;
}

export const checkMark: Command<CheckMarkRequest, CheckMarkAnswer> = {
  code: 0xff61,
  title: "check marking code",
  safety: "build",
  timeoutMs: 40_000,
  encodeRequest: ({ password, status, mode, mark, tlv }) =>
    new WireWriter()
      .password(password)
      .uint(status, 1, "status")
      .uint(mode, 1, "mode")
      .uint(mark.length, 1, "mark length")
      .uint(tlv.length, 1, "TLV length")
      .bytes(mark)
      .bytes(tlv)
      .build(),
  decodeRequest(reader: WireReader): CheckMarkRequest {
    const password = reader.uint(4, "password");
    const status = reader.uint(1, "status");
    const mode = reader.uint(1, "mode");
    const markLength = reader.uint(1, "mark length");
    const tlvLength = reader.uint(1, "TLV length");
    const mark = reader.bytes(markLength, "mark");
    return { password, status, mode, mark, tlv: reader.bytes(tlvLength, "TLV") };
  },
  decodeAnswer(reader: WireReader): CheckMarkAnswer {
    const localCheck = reader.uint(1, "local check");
    const reason = reader.uint(1, "reason");
    const markType = reader.uint(1, "mark type");
    const extra = reader.uint(1, "length of the rest");
    const fnCode = extra > 0 ? reader.uint(1, "FN code") : null;
    const result = extra > 1 ? reader.uint(1, "result") : null;
    return { localCheck, reason, markType, fnCode, result, tlv: reader.rest() };
  },
};
