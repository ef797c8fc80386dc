/** FF40h: the current shift, or the last one. */
import { type Command, type PasswordOnly, passwordOnly } from "./command.ts";

export interface ShiftParameters {
  readonly state: "open" | "closed";
  readonly shift: number;
  /** Number of the last receipt in it. */
  readonly receipt: number;
}

export const shiftParameters: Command<PasswordOnly, ShiftParameters> = {
  code: 0xff40,
  title: "shift parameters",
  safety: "read",
  timeoutMs: 5_000,
  ...passwordOnly,
  decodeAnswer: (reader) => ({
    state: reader.uint(1, "state") === 0 ? "closed" : "open",
    shift: reader.uint(2, "shift"),
    receipt: reader.uint(2, "receipt"),
  }),
};
