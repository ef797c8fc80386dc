/** FF3Ch: the ОФД's ticket for a document; error 08h = none yet. */
import { type Command, type DocumentRequest, passwordAndFd } from "./command.ts";

export interface OfdTicket {
  readonly ticket: Uint8Array;
}

export const ofdTicket: Command<DocumentRequest, OfdTicket> = {
  code: 0xff3c,
  title: "OFD ticket",
  safety: "read",
  timeoutMs: 10_000,
  ...passwordAndFd,
  decodeAnswer: (reader) => ({ ticket: reader.rest() }),
};
