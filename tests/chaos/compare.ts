/**
 * Compares the five ledgers of a till (pure). Every finding is one line that names the order, so
 * that it can be looked up in both logs.
 */
import type { Document, JournalEntry, Ledgers, OdooEntry } from "./ledgers.ts";
import type { Sold } from "./page.ts";

export interface Findings {
  /** More than one document, row or record of one order. */
  readonly duplicates: readonly string[];
  /** Told as done, or signed, and missing or different elsewhere. */
  readonly lost: readonly string[];
  /** Documents in another order than the bridge accepted their receipts. */
  readonly outOfOrder: readonly string[];
  /** No end although everything worked again. */
  readonly unresolved: readonly string[];
  /** The bridge told the page two things that can't both be true. */
  readonly contradictions: readonly string[];
}

export function compareLedgers(ledgers: Ledgers): Findings {
  return {
    duplicates: duplicates(ledgers),
    lost: lost(ledgers),
    outOfOrder: outOfOrder(ledgers),
    unresolved: unresolved(ledgers),
    contradictions: ledgers.client.flatMap((sold) => contradictions(ledgers.till, sold)),
  };
}

export function sumUp(all: readonly Findings[]): Findings {
  return {
    duplicates: all.flatMap((one) => one.duplicates),
    lost: all.flatMap((one) => one.lost),
    outOfOrder: all.flatMap((one) => one.outOfOrder),
    unresolved: all.flatMap((one) => one.unresolved),
    contradictions: all.flatMap((one) => one.contradictions),
  };
}

export const isClean = (findings: Findings): boolean =>
  Object.values(findings).every((lines: readonly string[]) => lines.length === 0);

function duplicates({ till, journal, drive, ofd, odoo }: Ledgers): string[] {
  const fiscalized = journal.filter(({ state }) => state === "fiscalized");
  return [
    ...repeated(drive, ({ marker }) => marker, `${till}: documents in the ФН of order`),
    ...repeated(ofd, ({ fd }) => fd, `${till}: documents at the ОФД with FD`),
    ...repeated(fiscalized, ({ uuid }) => uuid, `${till}: fiscalized attempts of order`),
    ...repeated(odoo, ({ uuid }) => uuid, `${till}: kkt.receipt of order`),
    ...repeated(odoo, ({ fd }) => fd, `${till}: kkt.receipt with FD`),
  ];
}

function repeated<T>(
  entries: readonly T[],
  keyOf: (entry: T) => string | number | null,
  what: string,
): string[] {
  const counts = new Map<string | number, number>();
  for (const entry of entries) {
    const key = keyOf(entry);
    if (key !== null) counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  return [...counts].filter(([, count]) => count > 1).map(([key, n]) => `${what} ${key}: ${n}`);
}

/** What an order must be everywhere. */
interface Expected {
  readonly uuid: string;
  readonly fd: number;
  readonly fp: number;
  readonly sum: number;
  readonly operation: number;
}

function lost(ledgers: Ledgers): string[] {
  const { till, fn, client, journal, drive, ofd, odoo } = ledgers;
  const found = {
    drive: index(drive, ({ fd }) => fd),
    ofd: index(ofd, ({ fd }) => fd),
    odoo: index(odoo, ({ fd }) => fd),
    journal: index(
      journal.filter(({ state }) => state === "fiscalized"),
      ({ fd }) => fd ?? -1,
    ),
  };
  const lines: string[] = [];
  for (const { order, fiscal, totalKopecks: sum, refundOf } of client) {
    if (!fiscal) continue;
    const { uuid } = order;
    const who = `${till}: order ${order.index} ${uuid}, told FD ${fiscal.fd}`;
    if (fiscal.fn !== fn) lines.push(`${who} of ФН ${fiscal.fn}`);
    const operation = refundOf === null ? 1 : 2;
    const expected = { uuid, fd: fiscal.fd, fp: fiscal.fp, sum, operation };
    lines.push(
      ...differs(`${who}: ФН`, expected, found.drive.get(fiscal.fd), signed),
      ...differs(`${who}: ОФД`, expected, found.ofd.get(fiscal.fd), signed),
      ...differs(`${who}: Odoo`, expected, found.odoo.get(fiscal.fd), recorded),
      ...differs(`${who}: journal`, expected, found.journal.get(fiscal.fd), journalled),
    );
  }
  const told = new Map(client.flatMap(({ fiscal, order }) => (fiscal ? [[fiscal.fd, order]] : [])));
  for (const { fd, marker } of drive) {
    // signed, and nobody at the till was told: the money would be taken twice or not at all
    if (!told.has(fd)) lines.push(`${till}: FD ${fd} of order ${marker ?? "none"} was never told`);
  }
  for (const { fd, uuid } of odoo) {
    if (!found.drive.has(fd)) lines.push(`${till}: Odoo has FD ${fd} of ${uuid}, the ФН has not`);
  }
  return lines;
}

function differs<T>(
  what: string,
  expected: Expected,
  entry: T | undefined,
  mismatch: (expected: Expected, entry: T) => string | null,
): string[] {
  if (entry === undefined) return [`${what} has nothing`];
  const why = mismatch(expected, entry);
  return why === null ? [] : [`${what}: ${why}`];
}

function signed(expected: Expected, document: Document): string | null {
  if (document.marker !== expected.uuid) return `is of order ${document.marker ?? "none"}`;
  if (document.fp !== expected.fp) return `FP ${document.fp} instead of ${expected.fp}`;
  if (document.sum !== expected.sum) return `${document.sum} instead of ${expected.sum} kopecks`;
  if (document.operation !== expected.operation) return `operation ${document.operation}`;
  return null;
}

function recorded(expected: Expected, entry: OdooEntry): string | null {
  if (entry.uuid !== expected.uuid) return `is of order ${entry.uuid}`;
  if (entry.fp !== expected.fp) return `FP ${entry.fp} instead of ${expected.fp}`;
  return entry.sum === expected.sum ? null : `${entry.sum} instead of ${expected.sum} kopecks`;
}

function journalled(expected: Expected, entry: JournalEntry): string | null {
  return entry.uuid === expected.uuid ? null : `is of order ${entry.uuid}`;
}

function outOfOrder({ till, journal, ofd, odoo }: Ledgers): string[] {
  const accepted = journal.filter(({ state }) => state === "fiscalized");
  return [
    ...backwards(accepted, ({ fd }) => fd ?? -1, `${till}: accepted before, signed after: FD`),
    ...backwards(ofd, ({ fd }) => fd, `${till}: at the ОФД too late: FD`),
    ...backwards(odoo, ({ fd }) => fd, `${till}: in Odoo too late: FD`),
  ];
}

function backwards<T>(entries: readonly T[], fdOf: (entry: T) => number, what: string): string[] {
  const lines: string[] = [];
  let last = 0;
  for (const entry of entries) {
    const fd = fdOf(entry);
    if (fd <= last) lines.push(`${what} ${fd} behind ${last}`);
    last = Math.max(last, fd);
  }
  return lines;
}

function unresolved({ till, client, journal }: Ledgers): string[] {
  const lines = client
    .filter(({ fiscal }) => fiscal === null)
    .map(
      ({ order, error }) =>
        `${till}: order ${order.index} ${order.uuid} has no end for the page: ${error ?? "?"}`,
    );
  for (const { uuid, attempt, state, ofdLeg, odooLeg, reason } of journal) {
    const key = `${till}: ${uuid}:${attempt}`;
    if (["accepted", "closing", "unknown"].includes(state)) {
      lines.push(`${key} is ${state} ${reason ?? ""}`.trimEnd());
    }
    for (const [leg, value] of [
      ["ОФД", ofdLeg],
      ["Odoo", odooLeg],
    ]) {
      if (value === "pending" || value === "dead") lines.push(`${key}: its ${leg} leg is ${value}`);
    }
  }
  return lines;
}

const FINAL = ["fiscalized", "rejected", "cancelled"];

/** An end is told once: later answers about the same key must say the same. */
function contradictions(till: string, { order, told }: Sold): string[] {
  const ends = new Map<string, { state: string; fd: number | null }>();
  const lines: string[] = [];
  for (const { key, state, fd } of told) {
    const end = ends.get(key);
    if (end && (end.state !== state || end.fd !== fd)) {
      const first = `${end.state} FD ${end.fd ?? "-"}`;
      lines.push(`${till}: order ${order.index} ${key}: ${first}, then ${state} FD ${fd ?? "-"}`);
    }
    if (FINAL.includes(state)) ends.set(key, { state, fd });
  }
  return lines;
}

function index<T>(entries: readonly T[], keyOf: (entry: T) => number): ReadonlyMap<number, T> {
  return new Map(entries.map((entry) => [keyOf(entry), entry]));
}
