/** FF3Ah: begins to read a document as TLV. */
import { WireWriter, type WireReader } from "../binary.ts";
import type { Command } from "./command.ts";
import type { FindDocumentRequest } from "./find-document.ts";

export interface StartReadingAnswer {
  /** Tag of the structure, i.e. the document's type. */
  readonly type: number;
  /** Bytes of TLV to come. */
  readonly length: number;
}

export const startReadingDocument: Command<FindDocumentRequest, StartReadingAnswer> = {
  code: 0xff3a,
  title: "start reading document",
  safety: "read",
  timeoutMs: 10_000,
  encodeRequest: ({ password, fd }) =>
    new WireWriter().password(password).uint(fd, 4, "fd").build(),
  decodeRequest: (reader: WireReader): FindDocumentRequest => ({
    password: reader.uint(4, "password"),
    fd: reader.uint(4, "fd"),
  }),
  decodeAnswer: (reader) => ({
    type: reader.uint(2, "type"),
    length: reader.uint(2, "length"),
  }),
};
