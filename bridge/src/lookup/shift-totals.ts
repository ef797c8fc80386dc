/**
 * What the till's shifts came to, from the documents as the ФН has them; a document that was not
 * read back yet counts as it was asked for, and is told apart.
 */
import { setImmediate } from "node:timers/promises";
import type { ArchivedDocument } from "../device/fiscal-device.ts";
import { changeKopecks } from "../domain/parse-receipt.ts";
import type { PaymentMethod } from "../domain/receipt.ts";
import { includedVat, VAT_RATES, isVatCode } from "../domain/vat.ts";
import type { Journal, StoredOperation, StoredReceipt } from "../journal/types.ts";

type TotalsJournal = Pick<Journal, "lookup" | "document" | "mismatches">;
type Payments = Record<PaymentMethod, number>;

/** Kopecks. */
export interface OperationTotals {
  /** Tag 1054. */
  readonly operation: number;
  count: number;
  sum: number;
  readonly payments: Payments;
  /** VAT by code of tag 1199; of 0 % and without VAT the turnover. */
  readonly vat: Map<number, number>;
}

export interface ShiftTotals {
  readonly fn: string;
  /** Tag 1038. */
  readonly shift: number;
  /** ISO UTC; null where this journal does not know. */
  readonly openedAt: string | null;
  readonly closedAt: string | null;
  documents: number;
  /** Of them not read back from the ФН yet. */
  unread: number;
  /** Of them other than what was asked for. */
  mismatches: number;
  /** Documents of the shift that the ФН has and this journal has not: made past the bridge. */
  foreign: number;
  readonly operations: Map<number, OperationTotals>;
  cashIn: number;
  cashOut: number;
}

export interface OpenShift {
  readonly fn: string;
  readonly shift: number;
  /** The ФН's last document. */
  readonly lastFd?: number;
}

/** Rows read before a sale may have its turn. */
const WINDOW = 100;
/** Operations looked through: openings, closings and cash of a month. */
const MOST_OPERATIONS = 2_000;

/**
 * @param open the shift that the register says is open; null: none, or it is not known
 * @param since ms UTC; shifts that closed at or after it come as well, and cash moved at or after it
 * between two shifts; null: only the open one, or the last where none is open
 * @returns newest first
 */
export async function shiftTotals(
  journal: TotalsJournal,
  open: OpenShift | null,
  since: number | null,
): Promise<readonly ShiftTotals[]> {
  const times = shiftTimes(journal);
  const shifts = new Map<string, ShiftTotals>();
  const shiftOf = (fn: string, shift: number): ShiftTotals => {
    const id = nameOf({ fn, shift });
    const known = shifts.get(id) ?? newShift({ fn, shift }, times.get(id));
    shifts.set(id, known);
    return known;
  };
  const wanted = (of: OpenShift, at: number): boolean => {
    const id = nameOf(of);
    if (shifts.has(id) || (open !== null && id === nameOf(open))) return true;
    if (since === null) return open === null && shifts.size === 0;
    const closed = times.get(id)?.closedAt ?? null;
    return at >= since || (closed !== null && Date.parse(closed) >= since);
  };
  if (open !== null) shiftOf(open.fn, open.shift);
  for (const { fn, shift, closedAt } of times.values()) {
    if (since !== null && closedAt !== null && Date.parse(closedAt) >= since) shiftOf(fn, shift);
  }
  let before: number | null = null;
  do {
    const page: ReturnType<TotalsJournal["lookup"]["back"]> = journal.lookup.back(before, WINDOW);
    let others = 0;
    let ours = 0;
    for (const row of page.rows) {
      if (row.fiscal === null) continue;
      if (wanted(row.fiscal, Date.parse(row.fiscalizedAt ?? row.acceptedAt))) {
        ours += 1;
        add(shiftOf(row.fiscal.fn, row.fiscal.shift), row, journal);
      } else others += 1;
    }
    // numbers follow the times: what lies further back belongs to earlier shifts
    if (others > 0 && ours === 0) break;
    before = page.next;
    await setImmediate();
  } while (before !== null);
  const reports = journal.lookup.operationsDone(["calculations"], MOST_OPERATIONS);
  for (const totals of shifts.values()) {
    const { openFd, closeFd } = times.get(nameOf(totals)) ?? { openFd: null, closeFd: null };
    const isOpen = open !== null && nameOf(open) === nameOf(totals);
    const end = closeFd !== null ? closeFd - 1 : isOpen ? (open.lastFd ?? null) : null;
    if (openFd === null || end === null) continue;
    const known = reports.filter(({ result, intent }) => {
      const fd = result?.["fd"];
      return intent?.fn === totals.fn && typeof fd === "number" && fd > openFd && fd <= end;
    });
    totals.foreign = Math.max(0, end - openFd - known.length - totals.documents);
  }
  addCash(journal, shifts, shiftOf, since);
  return newestFirst(shifts);
}

function newestFirst(shifts: ReadonlyMap<string, ShiftTotals>): ShiftTotals[] {
  return [...shifts.values()].sort((a, b) => b.shift - a.shift);
}

/**
 * Each move once. While no shift is open the register tells the number of the last one, so what is
 * put in before the day's first receipt bears yesterday's: it goes to the oldest of today's. Where
 * none is listed it goes to the shift to come, never to its own, whose receipts whoever compares
 * would look up by that number.
 */
function addCash(
  { lookup }: TotalsJournal,
  shifts: ReadonlyMap<string, ShiftTotals>,
  shiftOf: (fn: string, shift: number) => ShiftTotals,
  since: number | null,
): void {
  for (const kind of ["cash_in", "cash_out"] as const) {
    for (const operation of lookup.operationsDone([kind], MOST_OPERATIONS)) {
      const { intent, begunAt } = operation;
      if (intent === null) continue;
      const { fn, shift } = intent;
      let totals = shifts.get(nameOf({ fn, shift }));
      if (totals === undefined) {
        if (since === null || Date.parse(begunAt) < since) continue;
        totals = newestFirst(shifts).at(-1) ?? shiftOf(fn, shift + 1);
      }
      const kopecks = kopecksOf(operation);
      if (kind === "cash_in") totals.cashIn += kopecks;
      else totals.cashOut += kopecks;
    }
  }
}

interface Times {
  readonly fn: string;
  readonly shift: number;
  readonly openedAt: string | null;
  readonly closedAt: string | null;
  readonly openFd: number | null;
  readonly closeFd: number | null;
}

function shiftTimes({ lookup }: TotalsJournal): Map<string, Times> {
  const times = new Map<string, Times>();
  for (const operation of lookup.operationsDone(["shift_open", "shift_close"], MOST_OPERATIONS)) {
    const { fn, shift, fd: told } = operation.result ?? {};
    if (typeof fn !== "string" || typeof shift !== "number") continue;
    const id = nameOf({ fn, shift });
    const unknown = { openedAt: null, closedAt: null, openFd: null, closeFd: null };
    const known = times.get(id) ?? { fn, shift, ...unknown };
    const at = operation.endedAt;
    const fd = typeof told === "number" ? told : null;
    times.set(
      id,
      operation.kind === "shift_open"
        ? { ...known, openedAt: at, openFd: fd }
        : { ...known, closedAt: at, closeFd: fd },
    );
  }
  return times;
}

function newShift(of: OpenShift, times: Times | undefined): ShiftTotals {
  return {
    ...{ fn: of.fn, shift: of.shift },
    openedAt: times?.openedAt ?? null,
    closedAt: times?.closedAt ?? null,
    documents: 0,
    unread: 0,
    mismatches: 0,
    foreign: 0,
    operations: new Map(),
    cashIn: 0,
    cashOut: 0,
  };
}

function kopecksOf({ body }: StoredOperation): number {
  const { kopecks } = body;
  return typeof kopecks === "number" ? kopecks : 0;
}

function add(totals: ShiftTotals, row: StoredReceipt, journal: TotalsJournal): void {
  const document = journal.document(row.key);
  const { operation, sum, payments, vat } =
    document === null ? asAsked(row) : asRead(document, row);
  totals.documents += 1;
  if (document === null) totals.unread += 1;
  if (journal.mismatches(row.key).length > 0) totals.mismatches += 1;
  const known = totals.operations.get(operation) ?? newOperation(operation);
  totals.operations.set(operation, known);
  known.count += 1;
  known.sum += sum;
  for (const method of METHODS) known.payments[method] += payments[method];
  for (const [code, kopecks] of vat) known.vat.set(code, (known.vat.get(code) ?? 0) + kopecks);
}

const METHODS: readonly PaymentMethod[] = ["cash", "electronic", "prepaid", "credit", "other"];
const none = (): Payments => ({ cash: 0, electronic: 0, prepaid: 0, credit: 0, other: 0 });

function newOperation(operation: number): OperationTotals {
  return { operation, count: 0, sum: 0, payments: none(), vat: new Map() };
}

interface Figures {
  readonly operation: number;
  readonly sum: number;
  readonly payments: Payments;
  readonly vat: ReadonlyMap<number, number>;
}

function asRead(document: ArchivedDocument, row: StoredReceipt): Figures {
  const vat = new Map<number, number>();
  for (const [code, kopecks] of Object.entries(document.vat)) {
    if (kopecks !== undefined && !isTurnover(Number(code))) vat.set(Number(code), kopecks);
  }
  // the turnover of a rate without VAT is not on every document: the items have it
  for (const { vat: code, sumKopecks } of document.items) {
    if (isTurnover(code)) vat.set(code, (vat.get(code) ?? 0) + sumKopecks);
  }
  const { operation, sumKopecks } = row.fiscal!;
  return {
    operation: document.operation ?? operation,
    sum: document.sumKopecks ?? sumKopecks,
    payments: { ...document.payments },
    vat,
  };
}

function asAsked({ receipt, fiscal }: StoredReceipt): Figures {
  const payments = none();
  for (const { method, kopecks } of receipt.payments) payments[method] += kopecks;
  payments.cash -= changeKopecks(receipt);
  const vat = new Map<number, number>();
  for (const { vat: code, sumKopecks } of receipt.items) {
    const share = isTurnover(code) ? sumKopecks : includedVat(code, sumKopecks);
    vat.set(code, (vat.get(code) ?? 0) + share);
  }
  return { operation: fiscal!.operation, sum: fiscal!.sumKopecks, payments, vat };
}

/** 0 % and without VAT. */
function isTurnover(code: number): boolean {
  return isVatCode(code) && VAT_RATES[code].numerator === 0;
}

function nameOf({ fn, shift }: OpenShift): string {
  return `${fn}/${shift}`;
}
