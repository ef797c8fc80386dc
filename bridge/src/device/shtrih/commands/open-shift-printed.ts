/**
 * E0h: opens the shift. The protocol's text gives an answer with the operator alone, real devices
 * also send the error byte first: both are read (fiscal.md §1.4).
 */
import {
  type Command,
  type OperatorAnswer,
  type PasswordOnly,
  operatorAnswer,
  passwordOnly,
} from "./command.ts";

export const openShiftPrinted: Command<PasswordOnly, OperatorAnswer> = {
  code: 0xe0,
  title: "open shift",
  safety: "document",
  timeoutMs: 120_000,
  ...passwordOnly,
  decodeAnswer: operatorAnswer,
  // 29 administrator, 30 system administrator: no error has these codes
  shortAnswers: [29, 30],
};
