/** 89h: subtotal of the open receipt. */
import { type Command, type PasswordOnly, ANSWER_MS, passwordOnly } from "./command.ts";

export interface SubtotalAnswer {
  readonly operator: number;
  /** Kopecks. */
  readonly sum: number;
}

export const subtotal: Command<PasswordOnly, SubtotalAnswer> = {
  code: 0x89,
  title: "receipt subtotal",
  safety: "read",
  timeoutMs: ANSWER_MS,
  ...passwordOnly,
  decodeAnswer: (reader) => ({
    operator: reader.uint(1, "operator"),
    sum: reader.uint(5, "sum"),
  }),
};
