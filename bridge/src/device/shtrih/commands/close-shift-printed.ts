/** 41h: Z report, closes the shift; the answer does not name the document. */
import {
  type Command,
  type OperatorAnswer,
  type PasswordOnly,
  operatorAnswer,
  passwordOnly,
} from "./command.ts";

export const closeShiftPrinted: Command<PasswordOnly, OperatorAnswer> = {
  code: 0x41,
  title: "Z report",
  safety: "document",
  timeoutMs: 65_000,
  ...passwordOnly,
  decodeAnswer: operatorAnswer,
};
