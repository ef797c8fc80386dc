/**
 * Which journal it is: numbers of events mean something within one journal only. Schema 1.2 makes
 * the id; a journal that has lost it gets a new one.
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
