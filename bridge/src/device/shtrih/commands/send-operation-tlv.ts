/** FF4Dh: a TLV of the last operation (FF46h). */
import { ANSWER_MS, type Command, emptyAnswer } from "./command.ts";
import { passwordAndTlv, type SendTlvRequest } from "./tlv-request.ts";

export const sendOperationTlv: Command<SendTlvRequest, Record<string, never>> = {
  code: 0xff4d,
  title: "send TLV of the operation",
  safety: "build",
  timeoutMs: ANSWER_MS,
  ...passwordAndTlv,
  decodeAnswer: emptyAnswer,
};
