/** Error codes of the ATOL driver (LIBFPTR_ERROR_*, fiscal.md §2.6): what each says of the command. */
import { DeviceDoubt, DeviceLinkError, DeviceRefusal } from "../fiscal-device.ts";

/**
 * `deviceCode` of a refusal is this plus the driver's code (44 → 1044), so that it can't be taken
 * for an error byte of another family.
 */
export const ATOL_CODE_BASE = 1000;

export const ERROR_NO_DATA = 123;
export const ERROR_PARSE = 501;

/** The server does not reach the register. */
const LINK: ReadonlySet<number> = new Set([1, 2, 3, 4, 241]);

/**
 * Answers to a signing task that don't prove that nothing was signed: the line broke, the ФН did not
 * answer, the printer complained, or the driver can't tell itself.
 */
const MAY_FOLLOW_SIGNING: ReadonlySet<number> = new Set([
  ...LINK,
  // the driver itself, the printer, the ФН on its bus, memory and reports broken off
  ...[6, 15, 44, 45, 46, 47, 55, 104, 114, 115, 116, 118, 119, 150, 159, 160, 162, 165],
  ...[175, 176, 177, 178, 179, 180, 188, 203, 249, 502, 505],
]);

/** What a task without a document makes of an error code. */
export function taskError(type: string, code: number, description: string): Error {
  const text = errorText(code, description);
  return LINK.has(code)
    ? new DeviceLinkError(`${type}: ${text}`, { advice: NO_REGISTER })
    : new DeviceRefusal(type, ATOL_CODE_BASE + code, text);
}

/** The same for a task that signs. */
export function signingError(type: string, code: number, description: string): Error {
  return MAY_FOLLOW_SIGNING.has(code)
    ? new DeviceDoubt(`${type}: ${errorText(code, description)}`)
    : new DeviceRefusal(type, ATOL_CODE_BASE + code, errorText(code, description));
}

export function errorText(code: number, description: string): string {
  return `${String(code)}: ${description === "" ? "без описания" : description}`;
}

export const NO_REGISTER =
  "Веб-сервер АТОЛ не видит кассу. Проверьте, что касса включена и кабель подключён.";

const BLOCKED: Readonly<Record<string, string>> = {
  connectionError: NO_REGISTER,
  fnError:
    "Очередь веб-сервера АТОЛ остановлена: касса не отвечает за ФН. Выключите и включите кассу.",
  paperError: "Очередь веб-сервера АТОЛ остановлена: нет бумаги. Вставьте чековую ленту.",
};

/** Why the server's queue stands still, for the person at the till. */
export function blockedAdvice(reason: string): string {
  return BLOCKED[reason] ?? "Очередь веб-сервера АТОЛ остановлена. Проверьте кассу и бумагу.";
}
