/** FF08h: cancels the document that the ФН is forming. Repeatable: a second one cancels nothing. */
import {
  type Command,
  type PasswordOnly,
  ANSWER_MS,
  emptyAnswer,
  passwordOnly,
} from "./command.ts";

export const cancelDocument: Command<PasswordOnly, Record<string, never>> = {
  code: 0xff08,
  title: "cancel FN document",
  safety: "read",
  timeoutMs: ANSWER_MS,
  ...passwordOnly,
  decodeAnswer: emptyAnswer,
};
