/** Search, lost orders and totals of shifts, on the real journal. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { ArchivedDocument } from "../device/fiscal-device.ts";
import { contentHash } from "../domain/content-hash.ts";
import { keyOf, orderUuid, parsed, wireSale } from "../domain/testing/receipts.ts";
import type { FiscalData, Receipt, ReceiptKey } from "../domain/receipt.ts";
import type { WireReceipt } from "../domain/receipt-wire.ts";
import { SqliteJournal } from "../journal/sqlite-journal.ts";
import type { OperationKind, StoredReceipt } from "../journal/types.ts";
import { ordersByUuid, ordersSince } from "./restore.ts";
import { documentOfQr, searchReceipts, type Wanted } from "./search.ts";
import { shiftTotals } from "./shift-totals.ts";

const FN = "9999078900012345";
const MOSCOW = "Europe/Moscow";
const NOON = Date.parse("2026-11-22T09:00:00.000Z");
const HOUR = 3_600_000;

let dir: string;
let journal: SqliteJournal;
let fd: number;

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "lookup-"));
  journal = SqliteJournal.open({ path: join(dir, "journal.sqlite"), lockWaitMs: 0 });
  fd = 100;
});
afterEach(() => {
  journal.close();
  rmSync(dir, { recursive: true });
});

const iso = (ms: number): string => new Date(ms).toISOString();

interface Sold {
  readonly index: number;
  readonly at?: number;
  readonly shift?: number;
  readonly change?: Partial<WireReceipt>;
  readonly name?: string;
  readonly blob?: string;
}

/** A fiscalized receipt of the journal. */
function sold({ index, at = NOON, shift = 12, change = {}, name, blob }: Sold): StoredReceipt {
  const uuid = orderUuid(index);
  const key: ReceiptKey = { uuid, attempt: 1 };
  const base = parsed({ ...wireSale(), ...change });
  const receipt: Receipt = {
    ...base,
    order: { ...base.order, uuid, name: name ?? `Заказ ${String(index).padStart(5, "0")}` },
  };
  const hlc = { localTime: at, logicalCounter: 0 };
  const hash = contentHash(receipt);
  journal.accept({ key, receipt, contentHash: hash, blob: blob ?? null, hlc, at: iso(at) });
  fd += 1;
  const total = receipt.items.reduce((sum, item) => sum + item.sumKopecks, 0);
  const paid = receipt.payments.reduce((sum, payment) => sum + payment.kopecks, 0);
  const fiscal: FiscalData = {
    ...{ fn: FN, fd, fp: 3_000_000_000 + fd, shift, receipt: index },
    dateTime: iso(at + 3 * HOUR).slice(0, 16),
    operation: receipt.type === "refund" ? 2 : 1,
    ...{ sumKopecks: total, changeKopecks: paid - total, rnm: "1", inn: "2" },
  };
  journal.markClosing(key, {
    ...{ fn: FN, shift, expectedFd: fd, expectedReceipt: index, contentHash: hash },
    ...{ deviceTime: `${fiscal.dateTime}:00`, at: iso(at) },
  });
  const row = journal.markFiscalized(key, fiscal, iso(at));
  journal.markOfdDeliveredUpTo(FN, fd, iso(at));
  return row;
}

/** As many rows as it takes: thousands of commits would take the disk minutes. */
function manyRows(count: number, at: (n: number) => number): StoredReceipt[] {
  const one = sold({ index: 1, at: NOON });
  return Array.from({ length: count }, (_, n) => ({
    ...one,
    seq: n + 1,
    key: { uuid: orderUuid(n + 1), attempt: 1 },
    receipt: {
      ...one.receipt,
      order: { ...one.receipt.order, name: `Заказ ${String(n + 1).padStart(5, "0")}` },
    },
    fiscal: { ...one.fiscal!, fd: 101 + n },
    acceptedAt: iso(at(n)),
    fiscalizedAt: iso(at(n)),
  })).reverse();
}

/** The journal's questions over rows in memory, newest first. */
function over(rows: readonly StoredReceipt[]) {
  const back: SqliteJournal["lookup"]["back"] = (before, window) => {
    const end = before ?? rows.length + 1;
    const from = Math.max(1, end - window);
    return {
      rows: rows.filter(({ seq }) => seq < end && seq >= from),
      next: from > 1 ? from : null,
    };
  };
  const operationsDone: SqliteJournal["lookup"]["operationsDone"] = (kinds, limit) =>
    journal.lookup.operationsDone(kinds, limit);
  return {
    byFd: () => null,
    byUuid: (uuid: string) => rows.filter(({ key }) => key.uuid === uuid),
    list: ({ beforeSeq = Infinity, limit }: { beforeSeq?: number; limit: number }) =>
      rows.filter(({ seq }) => seq < beforeSeq).slice(0, limit),
    document: () => null,
    mismatches: () => [],
    lookup: { back, operationsDone, unsettled: () => [] },
  };
}

describe("search", () => {
  const found = async (wanted: Partial<Wanted>): Promise<number[]> => {
    const all = { text: null, document: null, date: null, limit: 100, before: null, ...wanted };
    const { rows } = await searchReceipts(journal, all, MOSCOW, () => 0);
    return rows.map(({ fiscal }) => fiscal!.fd);
  };

  it("finds by order, ФД, ФП, item, article and contact, newest first", async () => {
    sold({ index: 1, name: "Заказ Ёлкиной" });
    sold({
      index: 2,
      change: { customer: { phone: "+79991234567", email: null, name: null, inn: null } },
    });
    sold({ index: 3, change: { customer: { email: "Buyer@Example.ru" } } });
    expect(await found({ text: "елкин" })).toEqual([101]);
    expect(await found({ text: "заказ" })).toEqual([103, 102, 101]);
    expect(await found({ text: " ЗАКАЗ  00002 " })).toEqual([102]);
    expect(await found({ text: "102" })).toEqual([102]);
    expect(await found({ text: "0000000102" })).toEqual([102]);
    expect(await found({ text: "3000000103" })).toEqual([103]);
    expect(await found({ text: "1234567" })).toEqual([102]);
    expect(await found({ text: "buyer@example" })).toEqual([103]);
    expect(await found({ text: "нет такого" })).toEqual([]);
    const { sku, name } = journal.list({ limit: 1 })[0]!.receipt.items[0]!;
    expect(await found({ text: name.slice(0, 5) })).toEqual([103, 102, 101]);
    if (sku !== null) expect(await found({ text: sku })).toEqual([103, 102, 101]);
  });

  it("finds by the code on the paper, exactly", async () => {
    sold({ index: 1 });
    const qr = `t=20261122T1200&s=4500.00&fn=${FN}&i=101&fp=3000000101&n=1`;
    expect(documentOfQr(qr)).toEqual({ fn: FN, fd: 101, fp: 3_000_000_101 });
    expect(await found({ document: documentOfQr(qr) })).toEqual([101]);
    expect(await found({ document: documentOfQr(qr.replace("3000000101", "1")) })).toEqual([]);
    for (const text of ["", "https://example.ru", `fn=${FN}`, `fn=1&i=1&fp=1`, "i=x&fp=1"]) {
      expect(documentOfQr(text)).toBeNull();
    }
  });

  it("finds by the day on the paper, whichever zone it is", async () => {
    sold({ index: 1, at: Date.parse("2026-11-20T20:59:00Z") });
    sold({ index: 2, at: Date.parse("2026-11-20T21:01:00Z") });
    sold({ index: 3, at: NOON });
    expect(await found({ date: "2026-11-20" })).toEqual([101]);
    expect(await found({ date: "2026-11-21" })).toEqual([102]);
    expect(await found({ date: "2026-11-22", text: "заказ" })).toEqual([103]);
    expect(await found({ date: "2026-01-01" })).toEqual([]);
  });

  it("leaves out what came to nothing, and goes on by pages", async () => {
    for (let index = 1; index <= 7; index += 1) sold({ index, at: NOON + index });
    const key = keyOf(8);
    const hlc = { localTime: 1, logicalCounter: 0 };
    const receipt = parsed(wireSale());
    const own = { ...receipt, order: { ...receipt.order, uuid: key.uuid } };
    journal.accept({ key, receipt: own, contentHash: "x", blob: null, hlc, at: iso(NOON) });
    journal.markCancelled(key, { code: "withdrawn", text: "Отозван." }, iso(NOON));
    const pages: number[][] = [];
    let before: number | null = null;
    do {
      const wanted: Wanted = { text: "заказ", document: null, date: null, limit: 3, before };
      const { rows, next } = await searchReceipts(journal, wanted, MOSCOW, () => 0);
      pages.push(rows.map(({ fiscal }) => fiscal!.fd));
      before = next;
    } while (before !== null);
    expect(pages).toEqual([[107, 106, 105], [104, 103, 102], [101]]);
  });

  it("stops when it took too long, and tells where to go on", async () => {
    const many = over(manyRows(260, (n) => NOON + n));
    const wanted: Wanted = { text: "00003", document: null, date: null, limit: 3, before: null };
    let looks = 0;
    const first = await searchReceipts(many, wanted, MOSCOW, () => 10_000 * looks++);
    expect(first.rows).toEqual([]);
    expect(first.next).toBe(11);
    const rest = await searchReceipts(many, { ...wanted, before: first.next }, MOSCOW, () => 0);
    expect(rest.rows.map(({ fiscal }) => fiscal!.fd)).toEqual([103]);
  });
});

describe("orders for a browser that lost them", () => {
  it("are given with their blobs, the last attempt of each, since a moment", () => {
    sold({ index: 1, at: NOON - 5 * HOUR, blob: '{"a":1}' });
    sold({ index: 2, at: NOON, blob: '{"a":2}' });
    const since = ordersSince(journal, NOON - HOUR, null);
    expect(since.rows.map(({ key, blob }) => [key.uuid, blob])).toEqual([
      [orderUuid(2), '{"a":2}'],
    ]);
    const all = ordersSince(journal, NOON - 6 * HOUR, null);
    expect(all.rows.map(({ key }) => key.uuid)).toEqual([orderUuid(2), orderUuid(1)]);
    expect(all.next).toBeNull();
    const named = ordersByUuid(journal, [orderUuid(1), orderUuid(9), orderUuid(1)]);
    expect(named.rows.map(({ blob }) => blob)).toEqual(['{"a":1}']);
  });

  it("come by pages, none twice and none left out", () => {
    const many = over(manyRows(650, (n) => NOON + n));
    const seen: string[] = [];
    let before: number | null = null;
    let pages = 0;
    do {
      const { rows, next } = ordersSince(many, NOON, before);
      seen.push(...rows.map(({ key }) => key.uuid));
      before = next;
      pages += 1;
    } while (before !== null);
    expect(pages).toBe(3);
    expect(new Set(seen).size).toBe(650);
    expect(seen).toHaveLength(650);
  });
});

describe("totals of shifts", () => {
  const OPEN = { fn: FN, shift: 12 };

  function read(row: StoredReceipt, change: Partial<ArchivedDocument> = {}): void {
    const { receipt, fiscal } = row;
    const cash = receipt.payments.reduce((sum, { kopecks }) => sum + kopecks, 0);
    const document: ArchivedDocument = {
      ...{ documentType: 3, fd: fiscal!.fd, fp: fiscal!.fp, dateTime: fiscal!.dateTime },
      ...{ shift: fiscal!.shift, receipt: fiscal!.receipt, operation: fiscal!.operation },
      sumKopecks: fiscal!.sumKopecks,
      payments: {
        ...{ cash: cash - fiscal!.changeKopecks, electronic: 0, prepaid: 0, credit: 0, other: 0 },
      },
      vat: {},
      items: receipt.items.map((item) => ({
        name: item.name,
        quantityMillionths: item.quantityMillionths,
        priceKopecks: item.priceKopecks,
        sumKopecks: item.sumKopecks,
        vat: item.vat,
        vatKopecks: null,
      })),
      marker: row.key.uuid,
      raw: "",
      ...change,
    };
    const mismatches = Object.keys(change).length > 0 ? ["итог: другой"] : [];
    journal.keepDocument(row.key, document, mismatches, iso(NOON));
  }

  function operation(
    kind: OperationKind,
    at: number,
    shift: number,
    body = {},
    fiscal: { fd?: number } = {},
  ): void {
    const key = `${kind}-${at}`;
    const before = kind === "shift_open" ? shift - 1 : shift;
    const intent = { fn: FN, lastFd: 100, shift: before };
    journal.beginOperation({ key, kind, bodyHash: "x", body, intent, at: iso(at) });
    const result = { fn: FN, shift, ...fiscal };
    journal.endOperation(key, { state: "done", result }, null, iso(at));
  }

  it("are those of the documents, cash given back and moved apart", async () => {
    operation("shift_open", NOON - 2 * HOUR, 12);
    operation("cash_in", NOON - HOUR, 12, { kopecks: 100_000 });
    operation("cash_out", NOON - HOUR + 1, 12, { kopecks: 30_050 });
    const items = [
      { sku: null, name: "Очки", qty: 2, price: 1_220, sum: 2_440, vat: 11 },
      { sku: null, name: "Оправа", qty: 1, price: 1_000, sum: 1_000, vat: 6 },
    ];
    const cash = (amount: number): Partial<WireReceipt> => ({
      items,
      payments: [{ method: "cash", amount }],
    });
    const first = sold({ index: 1, change: cash(3_500) });
    read(first);
    // the ФН has it otherwise: it is the ФН's word that counts
    const payments = { cash: 0, electronic: 344_000, prepaid: 0, credit: 0, other: 0 };
    read(sold({ index: 2, change: cash(3_440) }), { payments, vat: { 11: 44_001 } });
    sold({ index: 3, change: cash(3_440) });
    const [totals, ...others] = await shiftTotals(journal, OPEN, null);
    expect(others).toEqual([]);
    expect(totals).toMatchObject({
      ...{ fn: FN, shift: 12, openedAt: iso(NOON - 2 * HOUR), closedAt: null },
      ...{ documents: 3, unread: 1, mismatches: 1, cashIn: 100_000, cashOut: 30_050 },
    });
    const sales = totals!.operations.get(1)!;
    expect(sales).toMatchObject({ count: 3, sum: 3 * 344_000 });
    expect(sales.payments).toEqual({
      ...{ cash: 688_000, electronic: 344_000, prepaid: 0, credit: 0, other: 0 },
    });
    // the first document has no VAT line of its own, the third was not read: reckoned
    expect(Object.fromEntries(sales.vat)).toEqual({ 6: 300_000, 11: 44_001 + 44_000 });
  });

  it("tell of documents that the register made past the bridge", async () => {
    operation("shift_open", NOON - 2 * HOUR, 12, {}, { fd });
    for (const index of [1, 2]) sold({ index });
    const last = fd;
    const foreign = async (lastFd?: number) => {
      const open = lastFd === undefined ? OPEN : { ...OPEN, lastFd };
      const [totals] = await shiftTotals(journal, open, null);
      return totals?.foreign;
    };
    expect(await foreign()).toBe(0);
    expect(await foreign(last)).toBe(0);
    expect(await foreign(last + 2)).toBe(2);
    operation("calculations", NOON, 12, {}, { fd: last + 1 });
    expect(await foreign(last + 2)).toBe(1);
    operation("shift_close", NOON + 1, 12, {}, { fd: last + 3 });
    expect((await shiftTotals(journal, null, null))[0]?.foreign).toBe(1);
  });

  describe("with cash moved before the day's first receipt", () => {
    const MORNING = NOON - 3 * HOUR;
    const cash = async (open: typeof OPEN | null, since: number | null) =>
      (await shiftTotals(journal, open, since)).map(({ shift, documents, cashIn, cashOut }) => [
        ...[shift, documents, cashIn, cashOut],
      ]);

    beforeEach(() => {
      operation("shift_open", MORNING - 24 * HOUR, 11);
      operation("cash_in", MORNING - 23 * HOUR, 11, { kopecks: 7 });
      sold({ index: 1, at: MORNING - 20 * HOUR, shift: 11 });
      operation("shift_close", MORNING - 12 * HOUR, 11);
      // the drawer is emptied after the Z report, in yesterday's session
      operation("cash_out", MORNING - 11 * HOUR, 11, { kopecks: 500 });
      operation("cash_in", MORNING + 1, 11, { kopecks: 300_000 });
      operation("cash_out", MORNING + 2, 11, { kopecks: 100 });
    });

    it("count it in the shift that began after it", async () => {
      operation("shift_open", MORNING + HOUR, 12);
      operation("cash_in", MORNING + 2 * HOUR, 12, { kopecks: 40 });
      sold({ index: 2, at: MORNING + HOUR, shift: 12 });
      expect(await cash(OPEN, MORNING)).toEqual([[12, 1, 300_040, 100]]);
      operation("shift_close", NOON, 12);
      expect(await cash(null, MORNING)).toEqual([[12, 1, 300_040, 100]]);
      operation("shift_open", NOON + HOUR, 13);
      expect(await cash({ fn: FN, shift: 13 }, MORNING)).toEqual([
        [13, 0, 0, 0],
        [12, 1, 300_040, 100],
      ]);
      expect(await cash(OPEN, null)).toEqual([[12, 1, 40, 0]]);
    });

    it("count it once, in its own shift, where that is asked for too", async () => {
      operation("shift_open", MORNING + HOUR, 12);
      expect(await cash(OPEN, MORNING - 12 * HOUR)).toEqual([
        [12, 0, 0, 0],
        [11, 1, 300_007, 600],
      ]);
    });

    it("tell it of the shift to come where none was opened, without yesterday's receipts", async () => {
      expect(await cash(null, MORNING)).toEqual([[12, 0, 300_000, 100]]);
      expect((await shiftTotals(journal, null, MORNING))[0]).toMatchObject({
        ...{ fn: FN, openedAt: null, closedAt: null, foreign: 0 },
      });
      expect(await cash(null, MORNING + 3)).toEqual([]);
    });
  });

  it("are told of the open shift, of those since, or of the last one", async () => {
    for (const [shift, start] of [
      [10, NOON - 50 * HOUR],
      [11, NOON - 26 * HOUR],
      [12, NOON - 2 * HOUR],
    ] as const) {
      operation("shift_open", start, shift);
      if (shift < 12) operation("shift_close", start + 10 * HOUR, shift);
    }
    const starts = [NOON - 50 * HOUR, NOON - 26 * HOUR, NOON - 2 * HOUR];
    const many = over(
      manyRows(450, (n) => starts[Math.floor(n / 150)]! + n).map((row) => {
        const shift = 10 + Math.floor((row.seq - 1) / 150);
        return { ...row, fiscal: { ...row.fiscal!, shift } };
      }),
    );
    const told = async (...asked: [typeof OPEN | null, number | null]) =>
      (await shiftTotals(many, ...asked)).map(({ shift, documents }) => [shift, documents]);
    expect(await told(OPEN, null)).toEqual([[12, 150]]);
    expect(await told(null, null)).toEqual([[12, 150]]);
    expect(await told(OPEN, NOON - 17 * HOUR)).toEqual([
      [12, 150],
      [11, 150],
    ]);
    expect(await told(OPEN, NOON - 15 * HOUR)).toEqual([[12, 150]]);
    expect(await told({ fn: FN, shift: 13 }, NOON - 60 * HOUR)).toEqual([
      [13, 0],
      [12, 150],
      [11, 150],
      [10, 150],
    ]);
  });
});
