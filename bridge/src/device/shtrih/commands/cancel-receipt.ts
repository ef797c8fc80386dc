/** 88h: cancels the open receipt. Repeatable: a second one finds nothing to cancel. */
import {
  type Command,
  type OperatorAnswer,
  type PasswordOnly,
  operatorAnswer,
  passwordOnly,
} from "./command.ts";

export const cancelReceipt: Command<PasswordOnly, OperatorAnswer> = {
  code: 0x88,
  title: "cancel receipt",
  safety: "read",
  timeoutMs: 30_000,
  ...passwordOnly,
  decodeAnswer: operatorAnswer,
};
