/** FF4Dh: a TLV of the last operation (FF46h). */
import { WireWriter, type WireReader } from "../binary.ts";
import { ANSWER_MS, type Command, emptyAnswer } from "./command.ts";
import type { SendTlvRequest } from "./tlv-request.ts";

export const sendOperationTlv: Command<SendTlvRequest, Record<string, never>> = {
  code: 0xff4d,
  title: "send TLV of the operation",
  safety: "build",
  timeoutMs: ANSWER_MS,
  encodeRequest: ({ password, tlv }) => new WireWriter().password(password).bytes(tlv).build(),
  decodeRequest: (reader: WireReader): SendTlvRequest => ({
    password: reader.uint(4, "password"),
    tlv: reader.rest(),
  }),
  decodeAnswer: emptyAnswer,
};
