import { APPLICATION_ID } from "../application-id.ts";
import type { Migration } from "./migration.ts";

/**
 * What a till does besides receipts, the documents as the ФН has them, the catalogue's copy and what
 * is known of dead letters. New columns may be empty: a bridge of schema 1.1 does not fill them.
 */
export const operationsDocumentsCatalogue: Migration = {
  name: "operations, documents, catalogue, dead letters",
  sql: `
    PRAGMA application_id = ${APPLICATION_ID};

    -- what Odoo said last, since when the row is dead, and who took it off the list (JSON)
    ALTER TABLE receipt ADD COLUMN odoo_error TEXT;
    ALTER TABLE receipt ADD COLUMN dead_at TEXT;
    ALTER TABLE receipt ADD COLUMN odoo_settled TEXT;
    -- 1: fiscal_document has it, or the ФН no longer tells
    ALTER TABLE receipt ADD COLUMN documented INTEGER NOT NULL DEFAULT 0;
    CREATE INDEX receipt_odoo_dead ON receipt (seq) WHERE odoo_leg = 'dead';
    CREATE INDEX receipt_undocumented ON receipt (fn, seq)
      WHERE state = 'fiscalized' AND documented = 0;
    -- over the content itself, so that rows of a 1.1 bridge are found as well
    CREATE INDEX receipt_body_refund ON receipt_body
      (json_extract(content, '$.refundOf.fn'), json_extract(content, '$.refundOf.fd'))
      WHERE json_extract(content, '$.refundOf.fn') IS NOT NULL;

    CREATE TABLE fiscal_document (
      seq        INTEGER PRIMARY KEY REFERENCES receipt (seq),
      document   TEXT,
      mismatches TEXT NOT NULL,
      at         TEXT NOT NULL
    ) STRICT;

    CREATE TABLE operation (
      seq       INTEGER PRIMARY KEY AUTOINCREMENT,
      key       TEXT NOT NULL UNIQUE,
      kind      TEXT NOT NULL,
      body_hash TEXT NOT NULL,
      body      TEXT NOT NULL,
      state     TEXT NOT NULL CHECK (state IN ('begun', 'unknown', 'done', 'refused')),
      intent    TEXT,
      result    TEXT,
      reason    TEXT,
      fn        TEXT,
      fd        INTEGER,
      begun_at  TEXT NOT NULL,
      ended_at  TEXT,
      CHECK ((state = 'begun') = (ended_at IS NULL))
    ) STRICT;
    CREATE INDEX operation_open ON operation (seq) WHERE state IN ('begun', 'unknown');
    CREATE INDEX operation_document ON operation (fn, fd) WHERE fd IS NOT NULL;
    CREATE TRIGGER operation_no_delete BEFORE DELETE ON operation
      BEGIN SELECT RAISE(ABORT, 'operations are never deleted'); END;

    CREATE TABLE catalogue_item (
      id             INTEGER PRIMARY KEY,
      barcode        TEXT,
      sku            TEXT,
      name           TEXT NOT NULL,
      price          INTEGER NOT NULL,
      vat            INTEGER NOT NULL,
      subject        INTEGER NOT NULL,
      payment_method INTEGER NOT NULL,
      unit           INTEGER NOT NULL,
      updated_at     TEXT NOT NULL
    ) STRICT;
    CREATE INDEX catalogue_item_barcode ON catalogue_item (barcode) WHERE barcode IS NOT NULL;

    -- tells this journal from any other the till ever had; an UUID of version 4
    INSERT INTO setting (name, value)
      SELECT 'journal.id',
             substr(r, 1, 8) || '-' || substr(r, 9, 4) || '-4' || substr(r, 14, 3) || '-a' ||
             substr(r, 18, 3) || '-' || substr(r, 21, 12)
      FROM (SELECT lower(hex(randomblob(16))) AS r)
      WHERE true
      ON CONFLICT (name) DO NOTHING;
  `,
};
