/** The five ledgers of one till, read from outside when everything has come to rest. */
import Database from "better-sqlite3";
import type { OdooClient } from "@opticserp/fixtures/data/odoo-client.ts";
import type { KktControl } from "@opticserp/fixtures/stand/control.ts";
import { type OfdControl } from "@opticserp/fixtures/stand/control.ts";
import type { Sold } from "./page.ts";

export interface JournalEntry {
  readonly seq: number;
  readonly uuid: string;
  readonly attempt: number;
  readonly state: string;
  readonly fn: string | null;
  readonly fd: number | null;
  readonly ofdLeg: string;
  readonly odooLeg: string;
  readonly reason: string | null;
}

export interface Document {
  readonly fd: number;
  readonly fp: number;
  /** Kopecks. */
  readonly sum: number;
  /** 1 sale, 2 refund. */
  readonly operation: number | null;
  readonly marker: string | null;
}

export interface OdooEntry {
  /** In the order of their coming. */
  readonly id: number;
  readonly uuid: string;
  readonly attempt: number;
  readonly fd: number;
  readonly fp: number;
  readonly sum: number;
}

export interface Ledgers {
  readonly till: string;
  readonly fn: string;
  /** What the page was told, in the order of its orders. */
  readonly client: readonly Sold[];
  readonly journal: readonly JournalEntry[];
  /** Receipts of the ФН by FD. */
  readonly drive: readonly Document[];
  /** Receipts in the order of their coming. */
  readonly ofd: readonly Document[];
  readonly odoo: readonly OdooEntry[];
}

/** States of which the outcome is open. */
const OPEN = "('accepted', 'closing', 'unknown')";

export interface Rest {
  readonly unresolved: number;
  readonly ofdPending: number;
  readonly odooPending: number;
}

/** What a till has still to do; read-only beside the running bridge. */
export function restOf(journalPath: string): Rest {
  const db = new Database(journalPath, { readonly: true, fileMustExist: true, timeout: 5_000 });
  try {
    const count = (where: string) =>
      (db.prepare(`SELECT count(*) AS n FROM receipt WHERE ${where}`).get() as { n: number }).n;
    return {
      unresolved: count(`state IN ${OPEN}`),
      ofdPending: count("ofd_leg = 'pending'"),
      odooPending: count("odoo_leg = 'pending'"),
    };
  } finally {
    db.close();
  }
}

export function readJournal(path: string): readonly JournalEntry[] {
  const db = new Database(path, { readonly: true, fileMustExist: true, timeout: 5_000 });
  try {
    return db
      .prepare(
        `SELECT seq, uuid, attempt, state, fn, fd, reason,
                ofd_leg AS ofdLeg, odoo_leg AS odooLeg FROM receipt ORDER BY seq`,
      )
      .all() as JournalEntry[];
  } finally {
    db.close();
  }
}

const RECEIPT = 3;

const document = (found: {
  readonly fd: number;
  readonly fp: number;
  readonly sum: number | null;
  readonly operation: number | null;
  readonly marker: string | null;
}): Document => ({
  fd: found.fd,
  fp: found.fp,
  sum: found.sum ?? -1,
  operation: found.operation,
  marker: found.marker,
});

const PAGE = 2_000;

async function readOdoo(odoo: OdooClient, fn: string): Promise<readonly OdooEntry[]> {
  const entries: OdooEntry[] = [];
  for (;;) {
    const rows = await odoo.read<{
      id: number;
      uuid: string;
      attempt: number;
      fd: number;
      fp: string;
      total_kopecks: number;
    }>(
      "kkt.receipt",
      [
        ["fn", "=", fn],
        ["id", ">", entries.at(-1)?.id ?? 0],
      ],
      ["uuid", "attempt", "fd", "fp", "total_kopecks"],
      { order: "id", limit: PAGE },
    );
    for (const { id, uuid, attempt, fd, fp, total_kopecks: sum } of rows) {
      entries.push({ id, uuid, attempt, fd, fp: Number(fp), sum });
    }
    if (rows.length < PAGE) return entries;
  }
}

export async function readLedgers(
  till: {
    readonly code: string;
    readonly fn: string;
    readonly kkt: KktControl;
    readonly journalPath: string;
  },
  client: readonly Sold[],
  { ofd, odoo }: { readonly ofd: OfdControl; readonly odoo: OdooClient },
): Promise<Ledgers> {
  const { fn } = till;
  const atOfd = (await ofd.documents(fn)).filter(({ type }) => type === RECEIPT);
  return {
    till: till.code,
    fn,
    client,
    journal: readJournal(till.journalPath),
    drive: (await till.kkt.receipts()).map(document),
    ofd: atOfd.map(document),
    odoo: await readOdoo(odoo, fn),
  };
}
