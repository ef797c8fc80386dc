/** FF37h: begins the report on the state of calculations, so that TLVs can be sent before FF38h. */
import {
  ANSWER_MS,
  type Command,
  emptyAnswer,
  type PasswordOnly,
  passwordOnly,
} from "./command.ts";

export const beginCalculationsReport: Command<PasswordOnly, Record<string, never>> = {
  code: 0xff37,
  title: "begin calculations report",
  safety: "build",
  timeoutMs: ANSWER_MS,
  ...passwordOnly,
  decodeAnswer: emptyAnswer,
};
