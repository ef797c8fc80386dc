/** What SQLite says when the disk does not take a commit, in words for the person at the till. */
import BetterSqlite3 from "better-sqlite3";
import { JournalError } from "./journal-error.ts";

const NOTHING_HAPPENED = "Чек не принят и не печатался; работа продолжится сама, как только";

/** @returns a `storage_full` where the disk is to blame, else what was given */
export function asStorageError(error: unknown, path: string): unknown {
  if (!(error instanceof BetterSqlite3.SqliteError)) return error;
  const text = storageText(error.code, path);
  return text === null ? error : new JournalError("storage_full", text, { cause: error });
}

function storageText(code: string, path: string): string | null {
  if (code === "SQLITE_FULL") {
    return `на диске кассы нет места для журнала ${path}. ${NOTHING_HAPPENED} место освободят.`;
  }
  if (code.startsWith("SQLITE_READONLY") || code.startsWith("SQLITE_CANTOPEN")) {
    return (
      `диск кассы доступен только для чтения, журнал ${path} не записывается. ` +
      `${NOTHING_HAPPENED} запись станет возможна.`
    );
  }
  if (code.startsWith("SQLITE_IOERR")) {
    return (
      `диск кассы не записывает журнал ${path} (${code}): проверьте свободное место и диск. ` +
      `${NOTHING_HAPPENED} диск заработает.`
    );
  }
  return null;
}
