/** FF43h: closes the shift in the ФН (after FF42h and its TLVs) and prints the Z report. */
import { type Command, type PasswordOnly, passwordOnly } from "./command.ts";
import { type ShiftDocumentAnswer, shiftDocumentAnswer } from "./shift-document.ts";

export const closeShift: Command<PasswordOnly, ShiftDocumentAnswer> = {
  code: 0xff43,
  title: "close shift in FN",
  safety: "document",
  timeoutMs: 65_000,
  ...passwordOnly,
  decodeAnswer: shiftDocumentAnswer,
};
