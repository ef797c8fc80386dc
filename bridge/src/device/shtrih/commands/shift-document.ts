/** Shared answer of FF0Bh and FF43h: the document that opened or closed the shift. */
import type { WireReader } from "../binary.ts";

export interface ShiftDocumentAnswer {
  readonly shift: number;
  readonly fd: number;
  readonly fp: number;
  /** `YYYY-MM-DDTHH:MM`; null where the model leaves it out. */
  readonly dateTime: string | null;
}

export function shiftDocumentAnswer(reader: WireReader): ShiftDocumentAnswer {
  return {
    shift: reader.uint(2, "shift"),
    fd: reader.uint(4, "fd"),
    fp: reader.uint(4, "fp"),
    dateTime: reader.remaining >= 5 ? reader.dateTime("date and time") : null,
  };
}
