/** Names of durable settings that more than one module knows. */

/** Last hybrid clock stamp, as `encodeHlc` writes it; committed with each accepted receipt. */
export const HLC_SETTING = "hlc";
/** Buffer capacity set at run time. */
export const CAPACITY_SETTING = "capacity";
/** The company's ИНН as Odoo told it last. */
export const EXPECTED_INN_SETTING = "expected_inn";
/**
 * UUID of this journal, made with it. It stays over a restore: the numbers of events jump then, so
 * that none is used twice and Odoo keeps what it has.
 */
export const JOURNAL_ID_SETTING = "journal.id";
/**
 * JSON `RestoredMark`: this journal was brought back from a snapshot. What the ФН has after it is
 * not in here: the lane catches up from the ФН before it sells, then sets this to an empty string.
 */
export const RESTORED_SETTING = "journal.restored";

export interface RestoredMark {
  /** ISO UTC of the restore. */
  readonly at: string;
  /** File name of the snapshot. */
  readonly from: string;
  /** Highest FD by ФН serial that the snapshot knows; a ФН that is missing had none. */
  readonly last: Readonly<Record<string, number>>;
}

/** @returns null where there is nothing to catch up */
export function restoredMark(journal: {
  getSetting(name: string): string | null;
}): RestoredMark | null {
  const text = journal.getSetting(RESTORED_SETTING);
  return text === null || text === "" ? null : (JSON.parse(text) as RestoredMark);
}
