/** FF64h: the TLV in the ФН's buffer (FF32h, FF33h) becomes part of the document, or of its last item. */
import {
  ANSWER_MS,
  type Command,
  emptyAnswer,
  type PasswordOnly,
  passwordOnly,
} from "./command.ts";

export const sendBufferedTlv: Command<PasswordOnly, Record<string, never>> = {
  code: 0xff64,
  title: "send TLV from the buffer",
  safety: "build",
  timeoutMs: ANSWER_MS,
  ...passwordOnly,
  decodeAnswer: emptyAnswer,
};
