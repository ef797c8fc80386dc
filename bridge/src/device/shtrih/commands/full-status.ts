/** 11h: full status of the ККТ (48, 50 or 52 bytes with the command). */
import type { WireReader } from "../binary.ts";
import { type Command, type PasswordOnly, passwordOnly } from "./command.ts";

export interface FullStatus {
  readonly operator: number;
  /** Firmware version, ASCII, e.g. `C.1`. */
  readonly firmware: string;
  readonly firmwareBuild: number;
  readonly firmwareDate: string;
  readonly hall: number;
  readonly documentNumber: number;
  readonly flags: number;
  readonly mode: number;
  /** Low nibble of the mode byte, fiscal.md §1.5. */
  readonly modeNumber: number;
  readonly submode: number;
  readonly port: number;
  /** ККТ wall time, `YYYY-MM-DDTHH:MM:SS`. */
  readonly dateTime: string;
  readonly serial: number;
  readonly lastClosedShift: number;
  readonly registrations: number;
  readonly registrationsLeft: number;
  /** Six bytes; 0 where the device keeps it in table 18 only. */
  readonly inn: number;
}

export const fullStatus: Command<PasswordOnly, FullStatus> = {
  code: 0x11,
  title: "full status",
  safety: "read",
  timeoutMs: 3_000,
  ...passwordOnly,
  decodeAnswer(reader: WireReader): FullStatus {
    const operator = reader.uint(1, "operator");
    const version = reader.ascii(2, "firmware version");
    const firmwareBuild = reader.uint(2, "firmware build");
    const firmwareDate = reader.dateDmy("firmware date");
    const hall = reader.uint(1, "hall");
    const documentNumber = reader.uint(2, "document number");
    const flags = reader.uint(2, "flags");
    const mode = reader.uint(1, "mode");
    const submode = reader.uint(1, "submode");
    const port = reader.uint(1, "port");
    reader.bytes(2, "fiscal memory version");
    reader.bytes(2, "fiscal memory build");
    reader.bytes(3, "fiscal memory date");
    const date = reader.dateDmy("date");
    const time = reader.time("time");
    reader.bytes(1, "fiscal memory flags");
    const serial = reader.uint(4, "serial");
    const lastClosedShift = reader.uint(2, "last closed shift");
    reader.bytes(2, "free fiscal memory records");
    const registrations = reader.uint(1, "registrations");
    const registrationsLeft = reader.uint(1, "registrations left");
    const inn = reader.uint(6, "INN");
    reader.rest();
    return {
      operator,
      firmware: `${version.slice(0, 1)}.${version.slice(1)}`,
      firmwareBuild,
      firmwareDate,
      hall,
      documentNumber,
      flags,
      mode,
      modeNumber: mode & 0x0f,
      submode,
      port,
      dateTime: `${date}T${time}`,
      serial,
      lastClosedShift,
      registrations,
      registrationsLeft,
      inn,
    };
  },
};
