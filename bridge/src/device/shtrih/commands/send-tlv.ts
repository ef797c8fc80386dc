/** FF0Ch: a TLV of the document. */
import { WireWriter, type WireReader } from "../binary.ts";
import { ANSWER_MS, type Command, emptyAnswer } from "./command.ts";
import type { SendTlvRequest } from "./tlv-request.ts";

export const sendTlv: Command<SendTlvRequest, Record<string, never>> = {
  code: 0xff0c,
  title: "send TLV",
  safety: "build",
  timeoutMs: ANSWER_MS,
  encodeRequest: ({ password, tlv }) => new WireWriter().password(password).bytes(tlv).build(),
  decodeRequest: (reader: WireReader): SendTlvRequest => ({
    password: reader.uint(4, "password"),
    tlv: reader.rest(),
  }),
  decodeAnswer: emptyAnswer,
};
