/** Operations on the device besides receipts, and maintenance. */
import type { Response } from "express";
import { kopecksFromRoubles } from "../../domain/money.ts";
import type { Cashier } from "../../domain/receipt.ts";
import { LaneRefusal, type OperationRequest } from "../../fiscalization/types.ts";
import type { StoredOperation } from "../../journal/types.ts";
import { callerName } from "../../people/person.ts";
import type { HttpDeps } from "../deps.ts";
import { operationKey, type Door } from "../door.ts";
import type { KeptAnswers } from "../kept-answers.ts";
import { callerOf } from "../middleware/auth.ts";
import { OPERATIONS } from "../operations.ts";
import { notTaken } from "../outcome.ts";
import { Problem } from "../problems.ts";
import { validated } from "../validate.ts";

type WireCashier = { readonly name: string; readonly inn?: string | null | undefined };
type Show = (result: Readonly<Record<string, unknown>>) => unknown;

const cashierOf = ({ name, inn }: WireCashier): Cashier => ({ name, inn: inn ?? null });
const done: Show = () => ({ status: "done" });
const shiftBody: Show = ({ shift, fd, fp }) => ({ shift, fd, fp });
const calculationsBody: Show = ({ fd, fp, unconfirmed, firstUnconfirmed }) => ({
  fd,
  fp,
  unconfirmed,
  first_unconfirmed: firstUnconfirmed ?? null,
});

export function tillRoutes(door: Door, deps: HttpDeps, kept: KeptAnswers): void {
  const { lane } = deps;
  const operate = async (
    key: string,
    request: OperationRequest,
    response: Response,
    show: Show,
  ): Promise<void> => {
    if (kept.has(key)) throw new Problem("idempotency_key_reused");
    answer(response, await refusing(() => lane.operate(key, request)), show);
  };

  for (const [operation, kind] of [
    [OPERATIONS.openShift, "shift_open"],
    [OPERATIONS.closeShift, "shift_close"],
  ] as const) {
    door.on(operation, (request, response) => {
      const { cashier } = validated(operation.body, request.body);
      const asked = { kind, cashier: cashierOf(cashier) };
      return operate(operationKey(request), asked, response, shiftBody);
    });
  }
  for (const [operation, kind] of [
    [OPERATIONS.reportX, "x_report"],
    [OPERATIONS.copy, "copy"],
  ] as const) {
    door.on(operation, (request, response) => {
      validated(operation.body, request.body ?? {});
      return operate(operationKey(request), { kind }, response, done);
    });
  }
  for (const [operation, kind] of [
    [OPERATIONS.cashIn, "cash_in"],
    [OPERATIONS.cashOut, "cash_out"],
  ] as const) {
    door.on(operation, (request, response) => {
      const { amount, cashier } = validated(operation.body, request.body);
      const asked = { kind, kopecks: kopecks(amount), cashier: cashierOf(cashier) };
      return operate(operationKey(request), asked, response, done);
    });
  }
  door.on(OPERATIONS.attestCash, async (request, response) => {
    validated(OPERATIONS.attestCash.body, request.body ?? {});
    const by = callerName(callerOf(response));
    const key = operationKey(request);
    answer(response, await refusing(() => lane.attest(key, by)), done);
  });
  door.on(OPERATIONS.reportCalculations, (request, response) => {
    const { cashier } = validated(OPERATIONS.reportCalculations.body, request.body);
    const asked = { kind: "calculations", cashier: cashierOf(cashier) } as const;
    return operate(operationKey(request), asked, response, calculationsBody);
  });

  const maintain = async (
    on: boolean,
    reason: string,
    key: string,
    response: Response,
  ): Promise<void> => {
    const by = callerName(callerOf(response));
    await kept.once(key, { operation: "maintenance", on, reason }, () => {
      lane.maintenance(on, reason, by);
      return { status: 204 };
    });
    response.status(204).end();
  };
  door.on(OPERATIONS.maintenanceOn, (request, response) => {
    const { reason } = validated(OPERATIONS.maintenanceOn.body, request.body);
    return maintain(true, reason.trim(), operationKey(request), response);
  });
  door.on(OPERATIONS.maintenanceOff, (request, response) =>
    maintain(false, "", operationKey(request), response),
  );
}

/** The amount was checked by its schema. */
function kopecks(roubles: number): number {
  const result = kopecksFromRoubles(roubles);
  if (!result.ok) throw new Error(result.message);
  return result.value;
}

function answer(response: Response, operation: StoredOperation, show: Show): void {
  switch (operation.state) {
    case "done":
      response.json(show(operation.result ?? {}));
      return;
    case "begun":
    case "unknown":
      response.status(202).json({ state: "unknown" });
      return;
    case "refused":
      throw notTaken(operation.reason ?? { code: "device_refused", text: "Касса отказала." });
  }
}

/** What the lane refuses, as a problem. */
export async function refusing<T>(operation: () => T | Promise<T>): Promise<T> {
  try {
    return await operation();
  } catch (error) {
    throw error instanceof LaneRefusal ? notTaken(error.reason) : error;
  }
}
