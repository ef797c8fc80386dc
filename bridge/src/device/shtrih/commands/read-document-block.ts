/**
 * FF3Bh: next piece of the document begun by FF3Ah; error 08h = no more. Not repeatable: the device
 * moves on with each one, so a lost answer means beginning again with FF3Ah.
 */
import { type Command, type PasswordOnly, passwordOnly } from "./command.ts";

export interface DocumentBlock {
  readonly tlv: Uint8Array;
}

export const readDocumentBlock: Command<PasswordOnly, DocumentBlock> = {
  code: 0xff3b,
  title: "read document block",
  safety: "build",
  timeoutMs: 10_000,
  ...passwordOnly,
  decodeAnswer: (reader) => ({ tlv: reader.rest() }),
};
