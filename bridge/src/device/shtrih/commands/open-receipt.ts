/** 8Dh: opens a receipt. */
import { WireWriter, type WireReader } from "../binary.ts";
import { ANSWER_MS, type Command, type OperatorAnswer, operatorAnswer } from "./command.ts";

/** 0 sale, 1 buy, 2 sale return, 3 buy return; +80h for corrections. */
export interface OpenReceiptRequest {
  readonly password: number;
  readonly type: number;
}

export const openReceipt: Command<OpenReceiptRequest, OperatorAnswer> = {
  code: 0x8d,
  title: "open receipt",
  safety: "build",
  timeoutMs: ANSWER_MS,
  encodeRequest: ({ password, type }) =>
    new WireWriter().password(password).uint(type, 1, "type").build(),
  decodeRequest: (reader: WireReader): OpenReceiptRequest => ({
    password: reader.uint(4, "password"),
    type: reader.uint(1, "type"),
  }),
  decodeAnswer: operatorAnswer,
};
