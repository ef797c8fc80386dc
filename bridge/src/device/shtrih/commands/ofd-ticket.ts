/** FF3Ch: the ОФД's ticket for a document; error 08h = none yet. */
import { WireWriter, type WireReader } from "../binary.ts";
import type { Command } from "./command.ts";
import type { FindDocumentRequest } from "./find-document.ts";

export interface OfdTicket {
  readonly ticket: Uint8Array;
}

export const ofdTicket: Command<FindDocumentRequest, OfdTicket> = {
  code: 0xff3c,
  title: "OFD ticket",
  safety: "read",
  timeoutMs: 10_000,
  encodeRequest: ({ password, fd }) =>
    new WireWriter().password(password).uint(fd, 4, "fd").build(),
  decodeRequest: (reader: WireReader): FindDocumentRequest => ({
    password: reader.uint(4, "password"),
    fd: reader.uint(4, "fd"),
  }),
  decodeAnswer: (reader) => ({ ticket: reader.rest() }),
};
