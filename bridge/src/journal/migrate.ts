/** Brings a journal to this bridge's schema. `PRAGMA user_version` holds major × 1000 + minor. */
import type { Database } from "better-sqlite3";
import { JournalError } from "./journal-error.ts";
import type { Migration } from "./migrations/migration.ts";
import { MIGRATIONS, SCHEMA_MAJOR } from "./migrations/index.ts";

const MINORS = 1000;

/**
 * Each migration is one transaction together with its version number, so a crash leaves either the
 * schema before it or the one after it.
 * @throws JournalError newer_schema
 */
export function migrate(
  db: Database,
  {
    migrations = MIGRATIONS,
    major = SCHEMA_MAJOR,
    before,
  }: {
    readonly migrations?: readonly Migration[];
    readonly major?: number;
    /** Called once before a journal that has something in it is changed: takes the snapshot. */
    readonly before?: () => unknown;
  } = {},
): void {
  const version = db.pragma("user_version", { simple: true }) as number;
  const found = { major: Math.floor(version / MINORS), minor: version % MINORS };
  if (version !== 0 && found.major !== major) {
    throw new JournalError(
      "newer_schema",
      `журнал ${db.name} имеет схему ${found.major}.${found.minor}, эта версия моста понимает ` +
        `${major}.x: запустите ту версию моста, которая его вела`,
    );
  }
  const missing = migrations.slice(found.minor);
  if (version !== 0 && missing.length > 0) before?.();
  missing.forEach((migration, index) => {
    const next = major * MINORS + found.minor + index + 1;
    db.transaction(() => {
      db.exec(migration.sql);
      db.pragma(`user_version = ${next}`);
    }).immediate();
  });
}
