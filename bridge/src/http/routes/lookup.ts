/** Search, lost orders, totals of shifts: questions to the journal. */
import { roublesFromKopecks } from "../../domain/money.ts";
import { ordersByUuid, ordersSince } from "../../lookup/restore.ts";
import { documentOfQr, searchReceipts } from "../../lookup/search.ts";
import { shiftTotals, type OpenShift, type ShiftTotals } from "../../lookup/shift-totals.ts";
import type { HttpDeps } from "../deps.ts";
import type { Door } from "../door.ts";
import { OPERATIONS } from "../operations.ts";
import { Problem } from "../problems.ts";
import { receiptBody } from "../receipt-body.ts";
import { validated } from "../validate.ts";

/** Orders of a page that names nothing, ms. */
const LAST_DAY = 24 * 3_600_000;

export function lookupRoutes(door: Door, deps: HttpDeps): void {
  const { journal, clock, timezone, lane } = deps;

  door.on(OPERATIONS.searchReceipts, async (request, response) => {
    const asked = validated(OPERATIONS.searchReceipts.body, request.body ?? {});
    const { text = null, qr = null, date = null, limit, before = null } = asked;
    const document = qr === null ? null : documentOfQr(qr);
    if (qr !== null && document === null) {
      throw new Problem("request_invalid", {
        errors: [{ field: "qr", message: "не похоже на QR-код чека" }],
      });
    }
    const wanted = { text, document, date, limit, before };
    const { rows, next } = await searchReceipts(journal, wanted, timezone, () => clock.monotonic());
    response.json({ receipts: rows.map((row) => receiptBody(row, deps.passport())), next });
  });

  door.on(OPERATIONS.restoreOrders, (request, response) => {
    const asked = validated(OPERATIONS.restoreOrders.body, request.body ?? {});
    const { uuids = null, since = null, before = null } = asked;
    const from = since === null ? clock.now() - LAST_DAY : Date.parse(since);
    const { rows, next } =
      uuids === null ? ordersSince(journal, from, before) : ordersByUuid(journal, uuids);
    for (const row of rows) lane.touch(row.key);
    response.json({
      orders: rows.map((row) => ({
        uuid: row.key.uuid,
        blob: row.blob,
        receipt: receiptBody(row, deps.passport()),
      })),
      next,
    });
  });

  door.on(OPERATIONS.shiftTotals, async (request, response) => {
    const { since = null } = validated(OPERATIONS.shiftTotals.body, request.body ?? {});
    const from = since === null ? null : Date.parse(since);
    const shifts = await shiftTotals(journal, openShift(lane.snapshot()), from);
    response.json({ shifts: shifts.map(totalsBody) });
  });
}

function openShift({ status }: ReturnType<HttpDeps["lane"]["snapshot"]>): OpenShift | null {
  if (status === null || status.shift.state === "closed") return null;
  return { fn: status.fn, shift: status.shift.number, lastFd: status.lastFd };
}

function totalsBody(totals: ShiftTotals) {
  const { fn, shift, openedAt, closedAt, documents, unread, mismatches, foreign } = totals;
  return {
    ...{ fn, shift, opened_at: openedAt, closed_at: closedAt },
    ...{ documents, unread, mismatches, foreign },
    operations: [...totals.operations.values()]
      .sort((a, b) => a.operation - b.operation)
      .map(({ operation, count, sum, payments, vat }) => ({
        ...{ operation, count, sum: roublesFromKopecks(sum) },
        payments: {
          cash: roublesFromKopecks(payments.cash),
          electronic: roublesFromKopecks(payments.electronic),
          prepaid: roublesFromKopecks(payments.prepaid),
          credit: roublesFromKopecks(payments.credit),
          other: roublesFromKopecks(payments.other),
        },
        vat: [...vat]
          .sort(([a], [b]) => a - b)
          .map(([code, kopecks]) => ({ code, sum: roublesFromKopecks(kopecks) })),
      })),
    cash_in: roublesFromKopecks(totals.cashIn),
    cash_out: roublesFromKopecks(totals.cashOut),
  };
}
