/** 40h: X report on paper, no fiscal document; the administrator's password. */
import {
  type Command,
  type OperatorAnswer,
  type PasswordOnly,
  operatorAnswer,
  passwordOnly,
} from "./command.ts";

export const printXReport: Command<PasswordOnly, OperatorAnswer> = {
  code: 0x40,
  title: "X report",
  safety: "document",
  timeoutMs: 30_000,
  ...passwordOnly,
  decodeAnswer: operatorAnswer,
};
