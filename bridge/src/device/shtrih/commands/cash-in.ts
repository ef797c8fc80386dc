/** 50h: cash brought into the drawer; a slip, no fiscal document. */
import { ANSWER_MS, type Command } from "./command.ts";
import { type CashAnswer, cashAnswer, type CashRequest, passwordAndSum } from "./cash-request.ts";

export const cashIn: Command<CashRequest, CashAnswer> = {
  code: 0x50,
  title: "cash in",
  safety: "document",
  timeoutMs: ANSWER_MS,
  ...passwordAndSum,
  decodeAnswer: cashAnswer,
};
