/** B0h: goes on printing after the paper was changed. */
import {
  type Command,
  type OperatorAnswer,
  type PasswordOnly,
  operatorAnswer,
  passwordOnly,
} from "./command.ts";

export const continuePrint: Command<PasswordOnly, OperatorAnswer> = {
  code: 0xb0,
  title: "continue print",
  safety: "document",
  timeoutMs: 30_000,
  ...passwordOnly,
  decodeAnswer: operatorAnswer,
};
