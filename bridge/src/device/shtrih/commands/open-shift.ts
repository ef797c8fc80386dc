/** FF0Bh: opens the shift in the ФН (after FF41h and its TLVs) and prints the report. */
import { type Command, type PasswordOnly, passwordOnly } from "./command.ts";
import { type ShiftDocumentAnswer, shiftDocumentAnswer } from "./shift-document.ts";

export const openShift: Command<PasswordOnly, ShiftDocumentAnswer> = {
  code: 0xff0b,
  title: "open shift in FN",
  safety: "document",
  timeoutMs: 120_000,
  ...passwordOnly,
  decodeAnswer: shiftDocumentAnswer,
};
