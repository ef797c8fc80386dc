/** FF63h: what is left of the ФН. */
import { type Command, type PasswordOnly, passwordOnly } from "./command.ts";

export interface FnResource {
  /** Documents of five years' storage that still fit. */
  readonly documentsLeft: number;
  /** Free storage for thirty days, kilobytes. */
  readonly freeKilobytes: number;
}

export const fnResource: Command<PasswordOnly, FnResource> = {
  code: 0xff63,
  title: "FN resource",
  safety: "read",
  timeoutMs: 5_000,
  ...passwordOnly,
  decodeAnswer: (reader) => ({
    documentsLeft: reader.uint(4, "documents left"),
    freeKilobytes: reader.uint(4, "free kilobytes"),
  }),
};
