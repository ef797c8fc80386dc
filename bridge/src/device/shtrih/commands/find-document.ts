/** FF0Ah: a fiscal document in the ФН's archive by its number. */
import type { WireReader } from "../binary.ts";
import { type Command, type DocumentRequest, passwordAndFd } from "./command.ts";

interface DocumentHead {
  /** 1 registration, 2 shift open, 3 receipt … (docType of the container). */
  readonly documentType: number;
  readonly ticketReceived: boolean;
  /** Wall time, `YYYY-MM-DDTHH:MM`. */
  readonly dateTime: string;
  readonly fd: number;
  readonly fp: number;
}

/** Receipt, БСО and their corrections. */
export interface ReceiptInArchive extends DocumentHead {
  /** Tag 1054. */
  readonly operation: number;
  /** Kopecks. */
  readonly sum: number;
}

/** Shift opened, shift closed. */
export interface ShiftInArchive extends DocumentHead {
  readonly shift: number;
}

/** Registration and changes of it; texts keep their padding. */
export interface RegistrationInArchive extends DocumentHead {
  readonly inn: string;
  readonly rnm: string;
  /** Bits of tag 1055 (tag 1062). */
  readonly taxSystems: number;
  readonly workMode: number;
  /** Only of a change of the registration. */
  readonly reason?: number;
}

/** A state report: documents that the ОФД has not confirmed, and since when. */
export interface StateReportInArchive extends DocumentHead {
  readonly unconfirmed: number;
  readonly firstDate: string;
}

export interface OtherInArchive extends DocumentHead {
  /** Data of a type that has no reading here, hex. */
  readonly data: string;
}

export type DocumentInArchive =
  ReceiptInArchive | ShiftInArchive | RegistrationInArchive | StateReportInArchive | OtherInArchive;

export const RECEIPT_TYPES: readonly number[] = [3, 4, 31, 41];
const SHIFT_TYPES: readonly number[] = [2, 5];
const REGISTRATION_TYPES: readonly number[] = [1, 11];
const STATE_REPORT = 21;

export const findDocument: Command<DocumentRequest, DocumentInArchive> = {
  code: 0xff0a,
  title: "find fiscal document",
  safety: "read",
  timeoutMs: 10_000,
  ...passwordAndFd,
  decodeAnswer(reader: WireReader): DocumentInArchive {
    const head: DocumentHead = {
      documentType: reader.uint(1, "document type"),
      ticketReceived: reader.uint(1, "ticket") !== 0,
      dateTime: reader.dateTime("date and time"),
      fd: reader.uint(4, "fd"),
      fp: reader.uint(4, "fp"),
    };
    const type = head.documentType;
    if (RECEIPT_TYPES.includes(type)) {
      const operation = reader.uint(1, "operation");
      return { ...head, operation, sum: reader.uint(5, "sum") };
    }
    if (SHIFT_TYPES.includes(type)) return { ...head, shift: reader.uint(2, "shift") };
    if (REGISTRATION_TYPES.includes(type)) {
      const inn = reader.ascii(12, "INN");
      const rnm = reader.ascii(20, "RNM");
      const taxSystems = reader.uint(1, "tax systems");
      const workMode = reader.uint(1, "work mode");
      const registration = { ...head, inn, rnm, taxSystems, workMode };
      return reader.remaining > 0
        ? { ...registration, reason: reader.uint(1, "reason") }
        : registration;
    }
    if (type === STATE_REPORT && reader.remaining === 7) {
      const unconfirmed = reader.uint(4, "unconfirmed");
      return { ...head, unconfirmed, firstDate: reader.dateYmd("first date") };
    }
    return { ...head, data: Buffer.from(reader.rest()).toString("hex") };
  },
};
