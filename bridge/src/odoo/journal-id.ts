/**
 * Which journal it is: numbers of events mean something within one journal only. A restored journal
 * counts on from an earlier number, so whoever restores one must take this setting away.
 */
import { randomUUID } from "node:crypto";
import { JOURNAL_ID_SETTING } from "../journal/setting-names.ts";
import type { Journal } from "../journal/types.ts";

export function journalId(journal: Pick<Journal, "getSetting" | "setSetting">): string {
  const known = journal.getSetting(JOURNAL_ID_SETTING);
  if (known !== null) return known;
  const id = randomUUID();
  journal.setSetting(JOURNAL_ID_SETTING, id);
  return id;
}
