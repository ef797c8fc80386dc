import type { Response } from "express";
import { isoUtc } from "../../domain/clock.ts";
import { localDate } from "../local-date.ts";
import { parseReceipt } from "../../domain/parse-receipt.ts";
import { isCorrection } from "../../domain/receipt-kind.ts";
import type { Receipt, ReceiptKey } from "../../domain/receipt.ts";
import type { StoredReceipt } from "../../journal/types.ts";
import { callerName, type Named } from "../../people/person.ts";
import { requireScope } from "../auth/scope.ts";
import type { Caller } from "../auth/tokens.ts";
import type { HttpDeps } from "../deps.ts";
import { takeDiscount } from "../discount.ts";
import { documentBody } from "../document-body.ts";
import { operationKey, type Door } from "../door.ts";
import type { KeptAnswers } from "../kept-answers.ts";
import { callerOf } from "../middleware/auth.ts";
import { OPERATIONS } from "../operations.ts";
import { answerFor, notTaken, taken } from "../outcome.ts";
import { headerKey, pathKey } from "../path-key.ts";
import { Problem } from "../problems.ts";
import { takeRelease } from "../refund-door.ts";
import { receiptBody } from "../receipt-body.ts";
import { waitUnlessAway, withWaiting } from "../register-away.ts";
import { validated } from "../validate.ts";
import { refusing } from "./till.ts";

export function receiptRoutes(door: Door, deps: HttpDeps, kept: KeptAnswers): void {
  const { lane, journal } = deps;
  const show = (row: StoredReceipt) =>
    receiptBody(withWaiting(row, lane.snapshot()), deps.passport());

  door.on(OPERATIONS.postReceipt, async (request, response) => {
    const key = headerKey(request);
    const known = journal.get(key);
    const { body: whole, discount } = takeDiscount(request.body);
    const { body, release } = takeRelease(whole);
    const { receipt, blob } = parsed(body, key, settlementTimes(known, deps), deps);
    requireOwner(receipt.order.owner, response);
    const obstacle = deps.obstacle();
    // a key that is known is answered all the same
    if (obstacle !== null && known === null) throw notTaken(obstacle);
    const caller = callerOf(response);
    // neither a sale's limits nor a refund's original hold it
    if (isCorrection(receipt.type)) requireScope("manager", caller);
    // lines that are taken back cost what they cost then
    const given = known === null && receipt.type === "sale" ? discount : null;
    const approver = given && (await deps.people.checkDiscount(key.uuid, given));
    const submit = (): StoredReceipt => {
      const row = taken(lane.submit({ key, receipt, blob }), show);
      if (given !== null && given.percent > 0) noteDiscount(key, given.percent, approver, caller);
      return row;
    };
    const gone = goneSignal(response);
    const row =
      known === null && receipt.type === "refund"
        ? await deps.refunds.pass({ key, receipt, release, caller, gone }, submit)
        : submit();
    const ended = await waitUnlessAway(lane, row, () => journal.get(row.key)?.state, {
      waitMs: deps.waitMs,
      gone,
    });
    const answer = answerFor(ended ?? row, show);
    response.status(answer.status).json(answer.body);
    response.once("finish", () => deps.crash("after-http-answer"));
  });

  const noteDiscount = (
    key: ReceiptKey,
    percent: number,
    approver: Named | null,
    caller: Caller,
  ): void => {
    const data = {
      percent,
      by: callerName(caller),
      ...(approver === null ? {} : { person: approver.id, name: approver.name }),
    };
    try {
      journal.appendEvent("receipt.discount", key, data, isoUtc(deps.clock));
    } catch (error) {
      // the receipt is in the lane already
      deps.logger.error("event_not_written", { kind: "receipt.discount", ...data, error });
    }
  };

  door.on(OPERATIONS.getReceipt, (request, response) => {
    const key = pathKey(request);
    const row = journal.get(key);
    if (row === null) throw new Problem("receipt_unknown");
    lane.touch(key);
    response.json(show(row));
  });

  door.on(OPERATIONS.withdrawReceipt, (request, response) => {
    const key = pathKey(request);
    const row = journal.get(key);
    if (row === null) throw new Problem("receipt_unknown");
    if (!owns(row.owner, response)) {
      throw new Problem("order_owned_by_another", { receipt: show(row) });
    }
    const result = lane.withdraw(key);
    switch (result.kind) {
      case "withdrawn":
        response.status(204).end();
        return;
      case "not-withdrawable":
        throw new Problem("not_withdrawable", { receipt: show(result.row) });
      case "unknown-key":
        throw new Problem("receipt_unknown");
    }
  });

  door.on(OPERATIONS.listReceipts, (request, response) => {
    const { state, limit, before } = validated(OPERATIONS.listReceipts.query, request.query);
    const rows = journal.list({
      limit,
      ...(state === undefined ? {} : { state }),
      ...(before === undefined ? {} : { beforeSeq: before }),
    });
    const last = rows.at(-1);
    response.json({
      receipts: rows.map(show),
      next: last === undefined || rows.length < limit ? null : last.seq,
    });
  });

  door.on(OPERATIONS.ordersState, (request, response) => {
    const { uuids } = validated(OPERATIONS.ordersState.body, request.body);
    const rows = [...new Set(uuids)].flatMap((uuid) => lastAttempt(journal.byUuid(uuid)));
    for (const row of rows) lane.touch(row.key);
    response.json({ receipts: rows.map(show) });
  });

  door.on(OPERATIONS.resolveReceipt, async (request, response) => {
    const key = pathKey(request);
    const { outcome, fd, attested, reason } = validated(
      OPERATIONS.resolveReceipt.body,
      request.body,
    );
    const resolution = {
      outcome,
      ...(fd === undefined ? {} : { fd }),
      ...(attested === undefined
        ? {}
        : { attested: { fp: attested.fp, dateTime: attested.date_time } }),
      reason: reason.trim(),
      by: callerName(callerOf(response)),
    };
    const what = { operation: "resolve", key, outcome, fd, attested, reason };
    const { status, body } = await kept.once(operationKey(request), what, async () => ({
      status: 200,
      body: show(await refusing(() => lane.resolve(key, resolution))),
    }));
    response.status(status).json(body);
  });

  door.on(OPERATIONS.receiptDocument, (request, response) => {
    const key = pathKey(request);
    if (journal.get(key) === null) throw new Problem("receipt_unknown");
    const document = journal.document(key);
    if (document === null) throw new Problem("document_unknown");
    response.json(documentBody(document, journal.mismatches(key)));
  });
}

type Times = readonly [number, ...number[]];

/**
 * When the receipt is settled, ms UTC; one that is good at any of these times is good. A document
 * bears the register's date, so a till whose clock was set back must not find it in the future. And
 * what was a good receipt when it was accepted is one still: a tax rate may end meanwhile.
 */
function settlementTimes(known: StoredReceipt | null, deps: HttpDeps): Times {
  const ahead = Math.max(0, deps.lane.snapshot().deviceDriftMs ?? 0);
  const now = deps.clock.now() + ahead;
  return known === null ? [now] : [Date.parse(known.acceptedAt), now];
}

/** @param times ms UTC of the settlement */
function parsed(
  body: unknown,
  key: ReceiptKey,
  times: Times,
  deps: HttpDeps,
): { readonly receipt: Receipt; readonly blob: string | null } {
  const { till: posId, marking = false, timezone } = deps;
  const at = (time: number) =>
    parseReceipt(body, { today: localDate(time, timezone), key, posId, marking });
  const [first, ...later] = times;
  let result = at(first);
  for (const time of later) {
    if (!result.ok) result = at(time);
  }
  if (result.ok) return result;
  const code = result.markingDisabled ? "marking_disabled" : "receipt_invalid";
  throw new Problem(code, { errors: result.errors });
}

/** `<profile>.<nonce>`: a page can speak for its own browser profile only. */
function requireOwner(owner: string, response: Response): void {
  if (owns(owner, response)) return;
  throw new Problem("receipt_invalid", {
    errors: [
      {
        field: "order.owner",
        message: "должен начинаться с профиля этого браузера и точки",
      },
    ],
  });
}

function owns(owner: string, response: Response): boolean {
  return owner.startsWith(`${callerOf(response).profile}.`);
}

function lastAttempt(rows: readonly StoredReceipt[]): StoredReceipt[] {
  return rows.length === 0
    ? []
    : [rows.reduce((last, row) => (row.key.attempt > last.key.attempt ? row : last))];
}

/** Aborts when the caller hangs up; its receipt goes on, only nobody waits for it here. */
function goneSignal(response: Response): AbortSignal {
  const gone = new AbortController();
  response.once("close", () => gone.abort());
  return gone.signal;
}
