/** FF3Fh: how many documents the ОФД has not confirmed. */
import { type Command, type PasswordOnly, passwordOnly } from "./command.ts";

export interface UnconfirmedCount {
  readonly count: number;
}

export const unconfirmedCount: Command<PasswordOnly, UnconfirmedCount> = {
  code: 0xff3f,
  title: "unconfirmed documents",
  safety: "read",
  timeoutMs: 5_000,
  ...passwordOnly,
  decodeAnswer: (reader) => ({ count: reader.uint(2, "count") }),
};
