/** FF3Ah: begins to read a document as TLV. */
import { type Command, type DocumentRequest, passwordAndFd } from "./command.ts";

export interface StartReadingAnswer {
  /** Tag of the structure, i.e. the document's type. */
  readonly type: number;
  /** Bytes of TLV to come. */
  readonly length: number;
}

export const startReadingDocument: Command<DocumentRequest, StartReadingAnswer> = {
  code: 0xff3a,
  title: "start reading document",
  safety: "read",
  timeoutMs: 10_000,
  ...passwordAndFd,
  decodeAnswer: (reader) => ({
    type: reader.uint(2, "type"),
    length: reader.uint(2, "length"),
  }),
};
