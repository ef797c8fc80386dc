/** 51h: cash taken out of the drawer; a slip, no fiscal document. */
import { ANSWER_MS, type Command } from "./command.ts";
import { type CashAnswer, cashAnswer, type CashRequest, passwordAndSum } from "./cash-request.ts";

export const cashOut: Command<CashRequest, CashAnswer> = {
  code: 0x51,
  title: "cash out",
  safety: "document",
  timeoutMs: ANSWER_MS,
  ...passwordAndSum,
  decodeAnswer: cashAnswer,
};
