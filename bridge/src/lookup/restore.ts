/** Orders as the page gave them, for a browser that lost its own. */
import type { Journal, StoredReceipt } from "../journal/types.ts";

/** Orders of one answer, and characters of their blobs. */
const MOST_ORDERS = 300;
const MOST_TEXT = 16 * 1024 * 1024;
const WINDOW = 100;

export interface Restored {
  /** The last attempt of each order, newest first. */
  readonly rows: readonly StoredReceipt[];
  /** `before` of the next page; null: that is all. */
  readonly next: number | null;
}

type RestoreJournal = Pick<Journal, "byUuid" | "list">;

/** Unknown uuids are left out. */
export function ordersByUuid(journal: RestoreJournal, uuids: readonly string[]): Restored {
  const rows = [...new Set(uuids)].flatMap((uuid) => {
    const attempts = journal.byUuid(uuid);
    return attempts.length === 0
      ? []
      : [attempts.reduce((last, row) => (row.key.attempt > last.key.attempt ? row : last))];
  });
  return { rows, next: null };
}

/** Orders of which something happened at or after `since` (ms UTC). */
export function ordersSince(
  journal: RestoreJournal,
  since: number,
  beforeSeq: number | null,
): Restored {
  const rows: StoredReceipt[] = [];
  const seen = new Set<string>();
  let before = beforeSeq;
  let text = 0;
  for (;;) {
    const page = journal.list({
      limit: WINDOW,
      ...(before === null ? {} : { beforeSeq: before }),
    });
    const young = page.filter((row) => isSince(row, since));
    for (const row of young) {
      if (seen.has(row.key.uuid)) continue;
      if (rows.length > 0 && (rows.length >= MOST_ORDERS || text > MOST_TEXT)) {
        return { rows, next: rows.at(-1)!.seq };
      }
      seen.add(row.key.uuid);
      // of an order that a page before named already this is an older attempt
      if (beforeSeq !== null && isOlderAttempt(journal, row)) continue;
      rows.push(row);
      text += row.blob?.length ?? 0;
    }
    // the numbers follow the times, but for a clock that was put right meanwhile
    if (page.length < WINDOW || young.length === 0) return { rows, next: null };
    before = page.at(-1)!.seq;
  }
}

function isOlderAttempt(journal: RestoreJournal, { key }: StoredReceipt): boolean {
  return journal.byUuid(key.uuid).some((row) => row.key.attempt > key.attempt);
}

function isSince({ acceptedAt, fiscalizedAt }: StoredReceipt, since: number): boolean {
  return Math.max(Date.parse(acceptedAt), Date.parse(fiscalizedAt ?? acceptedAt)) >= since;
}
