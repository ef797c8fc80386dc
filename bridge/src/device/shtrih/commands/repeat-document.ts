/** 8Ch: prints a copy of the last document. */
import {
  type Command,
  type OperatorAnswer,
  type PasswordOnly,
  operatorAnswer,
  passwordOnly,
} from "./command.ts";

export const repeatDocument: Command<PasswordOnly, OperatorAnswer> = {
  code: 0x8c,
  title: "repeat document",
  safety: "document",
  timeoutMs: 30_000,
  ...passwordOnly,
  decodeAnswer: operatorAnswer,
};
