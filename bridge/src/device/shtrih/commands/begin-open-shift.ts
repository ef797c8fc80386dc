/** FF41h: begins to open the shift, so that TLVs (1021, 1203) can be sent before FF0Bh. */
import {
  type Command,
  type PasswordOnly,
  ANSWER_MS,
  emptyAnswer,
  passwordOnly,
} from "./command.ts";

export const beginOpenShift: Command<PasswordOnly, Record<string, never>> = {
  code: 0xff41,
  title: "begin opening the shift",
  safety: "build",
  timeoutMs: ANSWER_MS,
  ...passwordOnly,
  decodeAnswer: emptyAnswer,
};
