import type { Migration } from "./migration.ts";

/**
 * Receipts apart from their bodies: a row is rewritten whole at each step of a sale, and an order's
 * blob may be half a megabyte.
 */
export const receiptsEventsSettings: Migration = {
  name: "receipts, events, settings",
  sql: `
    CREATE TABLE receipt (
      seq            INTEGER PRIMARY KEY AUTOINCREMENT,
      uuid           TEXT NOT NULL,
      attempt        INTEGER NOT NULL CHECK (attempt >= 1),
      owner          TEXT NOT NULL,
      state          TEXT NOT NULL CHECK (state IN
        ('accepted', 'closing', 'unknown', 'fiscalized', 'rejected', 'cancelled')),
      content_hash   TEXT NOT NULL,
      hlc_time       INTEGER NOT NULL,
      hlc_counter    INTEGER NOT NULL,
      closing        TEXT,
      fiscal         TEXT,
      fn             TEXT,
      fd             INTEGER,
      reason         TEXT,
      ofd_leg        TEXT NOT NULL DEFAULT 'none'
        CHECK (ofd_leg IN ('none', 'pending', 'delivered', 'dead')),
      odoo_leg       TEXT NOT NULL DEFAULT 'none'
        CHECK (odoo_leg IN ('none', 'pending', 'delivered', 'dead')),
      odoo_refusals  INTEGER NOT NULL DEFAULT 0,
      accepted_at    TEXT NOT NULL,
      fiscalized_at  TEXT,
      ofd_at         TEXT,
      odoo_at        TEXT,
      UNIQUE (uuid, attempt),
      CHECK ((state = 'fiscalized') = (fiscal IS NOT NULL AND fn IS NOT NULL AND fd IS NOT NULL)),
      CHECK (state NOT IN ('closing', 'unknown') OR closing IS NOT NULL),
      CHECK (state NOT IN ('unknown', 'rejected', 'cancelled') OR reason IS NOT NULL)
    ) STRICT;

    -- per order at most one attempt that is, or may become, a fiscal document
    CREATE UNIQUE INDEX receipt_live_attempt ON receipt (uuid)
      WHERE state IN ('accepted', 'closing', 'unknown', 'fiscalized');
    -- per till at most one receipt whose outcome is open
    CREATE UNIQUE INDEX receipt_unresolved ON receipt ((owner IS NOT NULL))
      WHERE state IN ('accepted', 'closing', 'unknown');
    -- a fiscal document belongs to one receipt
    CREATE UNIQUE INDEX receipt_document ON receipt (fn, fd) WHERE fd IS NOT NULL;
    CREATE INDEX receipt_ofd_pending ON receipt (seq) WHERE ofd_leg = 'pending';
    CREATE INDEX receipt_odoo_pending ON receipt (seq) WHERE odoo_leg = 'pending';
    CREATE INDEX receipt_state ON receipt (state, seq);

    CREATE TABLE receipt_body (
      seq     INTEGER PRIMARY KEY REFERENCES receipt (seq),
      content TEXT NOT NULL,
      blob    TEXT,
      purged_at TEXT
    ) STRICT;
    CREATE INDEX receipt_body_full ON receipt_body (seq) WHERE purged_at IS NULL;

    CREATE TABLE event (
      seq  INTEGER PRIMARY KEY AUTOINCREMENT,
      at   TEXT NOT NULL,
      kind TEXT NOT NULL,
      key  TEXT,
      data TEXT NOT NULL
    ) STRICT;
    CREATE TRIGGER event_no_update BEFORE UPDATE ON event
      BEGIN SELECT RAISE(ABORT, 'the event log is append-only'); END;
    CREATE TRIGGER event_no_delete BEFORE DELETE ON event
      BEGIN SELECT RAISE(ABORT, 'the event log is append-only'); END;

    -- a key once used never prints again, so its row stays for good
    CREATE TRIGGER receipt_no_delete BEFORE DELETE ON receipt
      BEGIN SELECT RAISE(ABORT, 'receipts are never deleted'); END;

    CREATE TABLE setting (
      name  TEXT PRIMARY KEY,
      value TEXT NOT NULL
    ) STRICT;
  `,
};
