/**
 * The one place where a call of the table becomes a route: token, scope, class of work, key and
 * body are checked here for every call alike, so that no route can forget one.
 */
import { Router, type Request, type RequestHandler, type Response } from "express";
import { isoUtc, type Clock } from "../domain/clock.ts";
import { parseKey } from "../domain/receipt-key.ts";
import type { ReceiptKey } from "../domain/receipt.ts";
import type { Journal } from "../journal/types.ts";
import type { Logger } from "../observability/logger.ts";
import { Overloaded, type WorkClasses } from "../resilience/work-classes.ts";
import type { TokenService } from "./auth/tokens.ts";
import { bearer, callerOf } from "./middleware/auth.ts";
import { jsonBody } from "./middleware/json-body.ts";
import { requireScope } from "./auth/scope.ts";
import type { Operation } from "./operations.ts";
import type { PeopleDoor } from "./people-door.ts";
import { Problem } from "./problems.ts";

export type Handler = (request: Request, response: Response) => void | Promise<void>;

export interface DoorOptions {
  readonly tokens: Pick<TokenService, "verify">;
  readonly work: WorkClasses;
  readonly people: Pick<PeopleDoor, "limits">;
  readonly journal: Pick<Journal, "appendEvent">;
  readonly clock: Clock;
  readonly logger: Logger;
}

const OPERATION_KEY = /^[A-Za-z0-9_.:-]{8,128}$/;

/** Seconds. */
const RETRY_WHEN_OVERLOADED = 2;

export class Door {
  readonly router = Router({ caseSensitive: true });
  readonly #options: DoorOptions;
  readonly #work: WorkClasses;
  readonly #bearer: RequestHandler;

  constructor(options: DoorOptions) {
    this.#options = options;
    this.#work = options.work;
    this.#bearer = bearer(options.tokens);
  }

  on(operation: Operation, handler: Handler): void {
    const path = operation.path.replace(/\{(\w+)\}/g, ":$1");
    this.router[operation.method](
      path,
      named(`/v1${operation.path}`),
      ...(operation.auth ? [this.#bearer, this.#inScope(operation)] : []),
      ...(operation.auth && changesSomething(operation) ? [this.#audit(operation)] : []),
      ...(operation.key === "operation" ? [needsKey] : []),
      ...(operation.method === "get" ? [] : [jsonBody]),
      this.#inClass(operation, handler),
    );
  }

  #inScope({ role = "cashier", unless }: Operation): RequestHandler {
    return (_request, response, next) => {
      const allowed = unless !== undefined && this.#options.people.limits()[unless];
      requireScope(allowed ? "cashier" : role, callerOf(response));
      next();
    };
  }

  /** What somebody did by their PIN is on record under their name, whatever call it was. */
  #audit({ id }: Operation): RequestHandler {
    return (request, response, next) => {
      const { person, profile, scope } = callerOf(response);
      if (person === undefined) {
        next();
        return;
      }
      response.once("finish", () => {
        const { journal, clock, logger } = this.#options;
        const data = {
          ...{ operation: id, status: response.statusCode, person: person.id, name: person.name },
          ...{ scope, profile },
        };
        try {
          journal.appendEvent("person.call", receiptKeyOf(request), data, isoUtc(clock));
        } catch (error) {
          logger.error("event_not_written", { kind: "person.call", ...data, error });
        }
      });
      next();
    };
  }

  #inClass(operation: Operation, handler: Handler): RequestHandler {
    const { work } = operation;
    if (work === undefined) return handler;
    return async (request, response) => {
      try {
        await this.#work.run(work, () => handler(request, response));
      } catch (error) {
        if (!(error instanceof Overloaded)) throw error;
        throw new Problem("overloaded", { retryAfterSeconds: RETRY_WHEN_OVERLOADED });
      }
    };
  }
}

/** For the metrics: the pattern, since labels must stay few. */
function named(route: string): RequestHandler {
  return (_request, response, next) => {
    response.locals.route = route;
    next();
  };
}

/** Questions change nothing, and neither do approvals, which have an event of their own. */
function changesSomething({ key, method }: Operation): boolean {
  return key !== undefined || method === "delete";
}

function receiptKeyOf(request: Request): ReceiptKey | null {
  const key = request.params["key"] ?? request.get("idempotency-key");
  return typeof key === "string" ? parseKey(key) : null;
}

const needsKey: RequestHandler = (request, _response, next) => {
  operationKey(request);
  next();
};

/** @throws Problem 400 when the header is missing or malformed */
export function operationKey(request: Request): string {
  const key = request.get("idempotency-key") ?? "";
  if (key === "") {
    throw new Problem("idempotency_key_missing", {
      detail: "Заголовок Idempotency-Key обязателен: 8–128 знаков A–Z a–z 0–9 . _ : -",
    });
  }
  if (!OPERATION_KEY.test(key)) {
    throw new Problem("idempotency_key_malformed", {
      detail: "Заголовок Idempotency-Key: 8–128 знаков A–Z a–z 0–9 . _ : -",
    });
  }
  return key;
}
