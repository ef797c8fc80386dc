/** FF02h: serial of the ФН. */
import { type Command, type PasswordOnly, passwordOnly } from "./command.ts";

export interface FnNumber {
  /** 16 digits. */
  readonly fn: string;
}

export const fnNumber: Command<PasswordOnly, FnNumber> = {
  code: 0xff02,
  title: "FN number",
  safety: "read",
  timeoutMs: 5_000,
  ...passwordOnly,
  decodeAnswer: (reader) => ({ fn: reader.ascii(16, "FN serial") }),
};
