/**
 * 22h: sets the date of the ККТ's clock; counts once 23h has confirmed it, until then the ККТ waits
 * in mode 6.
 */
import { type Command, type OperatorAnswer, operatorAnswer } from "./command.ts";
import { type DateRequest, passwordAndDate } from "./date-request.ts";

export const setDate: Command<DateRequest, OperatorAnswer> = {
  code: 0x22,
  title: "set date",
  safety: "build",
  timeoutMs: 5_000,
  ...passwordAndDate,
  decodeAnswer: operatorAnswer,
};
