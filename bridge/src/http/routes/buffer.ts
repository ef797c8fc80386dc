/** What waits to be delivered, what happened, what a receiver does not take; and the catalogue. */
import type { Request, Response } from "express";
import { isoUtc } from "../../domain/clock.ts";
import { roublesFromKopecks } from "../../domain/money.ts";
import type { StoredReceipt } from "../../journal/types.ts";
import { callerName } from "../../people/person.ts";
import type { HttpDeps } from "../deps.ts";
import { operationKey, type Door } from "../door.ts";
import type { KeptAnswer, KeptAnswers } from "../kept-answers.ts";
import { callerOf } from "../middleware/auth.ts";
import { OPERATIONS } from "../operations.ts";
import { pathKey } from "../path-key.ts";
import { Problem } from "../problems.ts";
import { receiptBody } from "../receipt-body.ts";
import { validated } from "../validate.ts";

/** Dead rows shown at once; there are ten before it alarms. */
const MOST_DEAD = 200;

export function bufferRoutes(door: Door, deps: HttpDeps, kept: KeptAnswers): void {
  const { journal, clock } = deps;
  const show = (row: StoredReceipt) => receiptBody(row, deps.passport());
  const now = (): string => isoUtc(clock);
  const bufferBody = () => {
    const { buffer, ofd } = deps.status();
    return {
      ...buffer,
      odoo_oldest_at: journal.buffer().odooOldestAt,
      ofd_last_ok_at: ofd.last_ok_at,
      odoo_last_ok_at: deps.odooLastOkAt(),
    };
  };
  const once = async (
    request: Request,
    response: Response,
    what: unknown,
    act: () => KeptAnswer,
  ): Promise<void> => {
    const { status, body } = await kept.once(operationKey(request), what, act);
    response.status(status).json(body);
  };

  door.on(OPERATIONS.bufferStatus, (_request, response) => {
    response.json(bufferBody());
  });

  door.on(OPERATIONS.setCapacity, (request, response) => {
    const { capacity } = validated(OPERATIONS.setCapacity.body, request.body);
    return once(request, response, { operation: "capacity", capacity }, () => {
      journal.setCapacity(capacity, now());
      deps.statusChanged();
      return { status: 200, body: bufferBody() };
    });
  });

  door.on(OPERATIONS.syncNow, (request, response) => {
    validated(OPERATIONS.syncNow.body, request.body ?? {});
    return once(request, response, { operation: "sync" }, () => {
      if (!deps.syncNow(callerName(callerOf(response)))) throw new Problem("sync_in_progress");
      return { status: 202, body: { started: true } };
    });
  });

  door.on(OPERATIONS.events, (request, response) => {
    const { limit, before } = validated(OPERATIONS.events.query, request.query);
    const events = journal.events({
      limit,
      ...(before === undefined ? {} : { beforeSeq: before }),
    });
    const last = events.at(-1);
    response.json({
      events: events.map(({ seq, at, kind, key, data }) => ({ seq, at, kind, key, data })),
      next: last === undefined || events.length < limit ? null : last.seq,
    });
  });

  door.on(OPERATIONS.deadList, (_request, response) => {
    response.json({
      receipts: journal.dead({ limit: MOST_DEAD }).map(({ row, error, deadAt }) => ({
        receipt: show(row),
        error,
        dead_at: deadAt,
      })),
    });
  });

  door.on(OPERATIONS.retryDead, (request, response) => {
    const key = pathKey(request);
    validated(OPERATIONS.retryDead.body, request.body ?? {});
    return once(request, response, { operation: "retry", key }, () => {
      const row = journal.retryDead(key, callerName(callerOf(response)), now());
      if (row === null) throw new Problem("receipt_unknown", { detail: NOT_DEAD });
      deps.odooPending();
      deps.statusChanged();
      return { status: 202, body: show(row) };
    });
  });

  door.on(OPERATIONS.resolveDead, (request, response) => {
    const key = pathKey(request);
    const { reason } = validated(OPERATIONS.resolveDead.body, request.body);
    return once(request, response, { operation: "settle", key, reason }, () => {
      const row = journal.settleDead(key, reason.trim(), callerName(callerOf(response)), now());
      if (row === null) throw new Problem("receipt_unknown", { detail: NOT_DEAD });
      deps.statusChanged();
      return { status: 200, body: show(row) };
    });
  });

  door.on(OPERATIONS.catalogue, (request, response) => {
    const { barcode } = validated(OPERATIONS.catalogue.query, request.query);
    const item = journal.catalogueByBarcode(barcode);
    if (item === null) throw new Problem("item_unknown");
    const { id, sku, name, vat, subject, unit } = item;
    response.json({
      ...{ id, barcode: item.barcode, sku, name, price: roublesFromKopecks(item.priceKopecks) },
      ...{ vat, subject, payment_method: item.paymentMethod, unit },
    });
  });
}

const NOT_DEAD = "Среди непринятых такого чека нет.";
