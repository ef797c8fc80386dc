/** FF0Ch: a TLV of the document. */
import { ANSWER_MS, type Command, emptyAnswer } from "./command.ts";
import { passwordAndTlv, type SendTlvRequest } from "./tlv-request.ts";

export const sendTlv: Command<SendTlvRequest, Record<string, never>> = {
  code: 0xff0c,
  title: "send TLV",
  safety: "build",
  timeoutMs: ANSWER_MS,
  ...passwordAndTlv,
  decodeAnswer: emptyAnswer,
};
