/** 23h: confirms the date that 22h has set. */
import { type Command, type OperatorAnswer, operatorAnswer } from "./command.ts";
import { type DateRequest, passwordAndDate } from "./date-request.ts";

export const confirmDate: Command<DateRequest, OperatorAnswer> = {
  code: 0x23,
  title: "confirm date",
  safety: "build",
  timeoutMs: 5_000,
  ...passwordAndDate,
  decodeAnswer: operatorAnswer,
};
