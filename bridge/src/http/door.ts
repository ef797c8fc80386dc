/**
 * The one place where a call of the table becomes a route: token, scope, class of work, key and
 * body are checked here for every call alike, so that no route can forget one.
 */
import { Router, type Request, type RequestHandler, type Response } from "express";
import { Overloaded, type WorkClasses } from "../resilience/work-classes.ts";
import type { TokenService } from "./auth/tokens.ts";
import { bearer, callerOf } from "./middleware/auth.ts";
import { jsonBody } from "./middleware/json-body.ts";
import { includes, type Scope } from "./auth/scope.ts";
import type { Operation } from "./operations.ts";
import { Problem } from "./problems.ts";

export type Handler = (request: Request, response: Response) => void | Promise<void>;

export interface DoorOptions {
  readonly tokens: Pick<TokenService, "verify">;
  readonly work: WorkClasses;
}

const OPERATION_KEY = /^[A-Za-z0-9_.:-]{8,128}$/;

/** Seconds. */
const RETRY_WHEN_OVERLOADED = 2;

export class Door {
  readonly router = Router({ caseSensitive: true });
  readonly #work: WorkClasses;
  readonly #bearer: RequestHandler;

  constructor({ tokens, work }: DoorOptions) {
    this.#work = work;
    this.#bearer = bearer(tokens);
  }

  on(operation: Operation, handler: Handler): void {
    const path = operation.path.replace(/\{(\w+)\}/g, ":$1");
    this.router[operation.method](
      path,
      named(`/v1${operation.path}`),
      ...(operation.auth ? [this.#bearer, inScope(operation.role ?? "cashier")] : []),
      ...(operation.key === "operation" ? [needsKey] : []),
      ...(operation.method === "get" ? [] : [jsonBody]),
      this.#inClass(operation, handler),
    );
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

function inScope(needed: Scope): RequestHandler {
  return (_request, response, next) => {
    if (!includes(callerOf(response).scope, needed)) {
      throw new Problem("scope_insufficient", { extra: { scope_needed: needed } });
    }
    next();
  };
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
