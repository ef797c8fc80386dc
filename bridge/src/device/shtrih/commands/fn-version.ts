/** FF04h: firmware version of the ФН. */
import { type Command, type PasswordOnly, passwordOnly } from "./command.ts";

export interface FnVersion {
  readonly version: string;
  /** 0 debug, 1 production. */
  readonly production: boolean;
}

export const fnVersion: Command<PasswordOnly, FnVersion> = {
  code: 0xff04,
  title: "FN version",
  safety: "read",
  timeoutMs: 5_000,
  ...passwordOnly,
  decodeAnswer: (reader) => ({
    version: reader.ascii(16, "version").replace(/[\0 ]+$/, ""),
    production: reader.uint(1, "type") === 1,
  }),
};
