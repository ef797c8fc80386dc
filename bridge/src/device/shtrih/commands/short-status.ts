/** 10h: short status of the ККТ. */
import type { WireReader } from "../binary.ts";
import { type Command, type PasswordOnly, passwordOnly } from "./command.ts";

export interface ShortStatus {
  readonly operator: number;
  readonly flags: number;
  /** fiscal.md §1.5; the high nibble details mode 8. */
  readonly mode: number;
  /** Low nibble of the mode byte. */
  readonly modeNumber: number;
  readonly submode: number;
  readonly operations: number;
  readonly batteryVoltage: number;
  readonly powerVoltage: number;
  readonly fnError: number;
  readonly archiveError: number;
  /** 0 ok, 1 paper break, 2 printer error, 5 printing; null where the model does not say. */
  readonly lastPrintResult: number | null;
}

export const shortStatus: Command<PasswordOnly, ShortStatus> = {
  code: 0x10,
  title: "short status",
  safety: "read",
  timeoutMs: 3_000,
  ...passwordOnly,
  decodeAnswer(reader: WireReader): ShortStatus {
    const operator = reader.uint(1, "operator");
    const flags = reader.uint(2, "flags");
    const mode = reader.uint(1, "mode");
    const submode = reader.uint(1, "submode");
    const operationsLow = reader.uint(1, "operations, low byte");
    const batteryVoltage = reader.uint(1, "battery voltage");
    const powerVoltage = reader.uint(1, "power voltage");
    const fnError = reader.uint(1, "FN error");
    const archiveError = reader.uint(1, "archive error");
    const operationsHigh = reader.remaining > 0 ? reader.uint(1, "operations, high byte") : 0;
    if (reader.remaining >= 3) reader.bytes(3, "reserved");
    const lastPrintResult = reader.remaining > 0 ? reader.uint(1, "last print result") : null;
    reader.rest();
    return {
      operator,
      flags,
      mode,
      modeNumber: mode & 0x0f,
      submode,
      operations: operationsHigh * 256 + operationsLow,
      batteryVoltage,
      powerVoltage,
      fnError,
      archiveError,
      lastPrintResult,
    };
  },
};
