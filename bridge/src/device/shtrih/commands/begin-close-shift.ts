/** FF42h: begins to close the shift, so that TLVs (1021, 1203) can be sent before FF43h. */
import {
  type Command,
  type PasswordOnly,
  ANSWER_MS,
  emptyAnswer,
  passwordOnly,
} from "./command.ts";

export const beginCloseShift: Command<PasswordOnly, Record<string, never>> = {
  code: 0xff42,
  title: "begin closing the shift",
  safety: "build",
  timeoutMs: ANSWER_MS,
  ...passwordOnly,
  decodeAnswer: emptyAnswer,
};
