/** FF01h: state of the ФН. */
import type { WireReader } from "../binary.ts";
import { type Command, type PasswordOnly, passwordOnly } from "./command.ts";

/**
 * Documents that this bridge makes (fiscal.md §1.4): shift opening, receipt, shift closing, receipt
 * correction, report on the state of calculations.
 */
const OURS: readonly number[] = [0x02, 0x04, 0x08, 0x14, 0x17];

/**
 * The ФН is forming a document of a kind that we make. Any other (registration, БСО) is
 * the work of a person with another program, and not ours to cancel.
 */
export function formsOurDocument({ document }: Pick<FnStatus, "document">): boolean {
  return OURS.includes(document);
}

export interface FnStatus {
  /** ФН serial, 16 digits. */
  readonly fn: string;
  /** FD of the last document. */
  readonly lastFd: number;
  /** Bits: 0 configured, 1 fiscal mode, 2 closed, 3 all sent. */
  readonly phase: number;
  /** Document being formed, 0 = none (fiscal.md §1.4). */
  readonly document: number;
  readonly documentData: number;
  readonly shift: "open" | "closed";
  /** Bits: 1 three days left, 2 thirty days, 4 archive 90 %, 8 ОФД wait exceeded. */
  readonly warnings: number;
  /** Wall time of the last document, `YYYY-MM-DDTHH:MM`. */
  readonly dateTime: string;
}

export const fnStatus: Command<PasswordOnly, FnStatus> = {
  code: 0xff01,
  title: "FN status",
  safety: "read",
  timeoutMs: 5_000,
  ...passwordOnly,
  decodeAnswer(reader: WireReader): FnStatus {
    const phase = reader.uint(1, "phase");
    const document = reader.uint(1, "current document");
    const documentData = reader.uint(1, "document data");
    const shift = reader.uint(1, "shift") === 0 ? "closed" : "open";
    const warnings = reader.uint(1, "warnings");
    const dateTime = reader.dateTime("date and time");
    const fn = reader.ascii(16, "FN serial");
    const lastFd = reader.uint(4, "last FD");
    return { fn, lastFd, phase, document, documentData, shift, warnings, dateTime };
  },
};
