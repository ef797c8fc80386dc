/** FF30h: size of the data in the ФН's buffer, the session message for the ОФД. */
import { type Command, type PasswordOnly, passwordOnly } from "./command.ts";

export interface BufferStatus {
  /** Bytes; 0 = nothing. */
  readonly dataSize: number;
  /** Largest piece of one FF31h, bytes. */
  readonly blockSize: number;
}

export const bufferStatus: Command<PasswordOnly, BufferStatus> = {
  code: 0xff30,
  title: "FN buffer status",
  safety: "read",
  timeoutMs: 10_000,
  ...passwordOnly,
  decodeAnswer: (reader) => ({
    dataSize: reader.uint(2, "data size"),
    blockSize: reader.uint(1, "block size"),
  }),
};
