/** Headers that every answer has, and the form of a refusal. */
import { randomUUID } from "node:crypto";
import type { ErrorRequestHandler, RequestHandler, Response } from "express";
import { JournalError } from "../../journal/journal-error.ts";
import type { Logger } from "../../observability/logger.ts";
import { Problem } from "../problems.ts";

const REQUEST_ID = /^[\w.-]{1,64}$/;

/**
 * `Vary: *`: Odoo's service worker caches every GET, also cross-origin and also with `no-store`,
 * and would answer for a dead bridge; only `Vary: *` makes it refuse.
 */
export const baseHeaders: RequestHandler = (request, response, next) => {
  const given = request.get("x-request-id");
  const id = given !== undefined && REQUEST_ID.test(given) ? given : randomUUID();
  response.locals.requestId = id;
  response.set({
    Vary: "*",
    "Cache-Control": "no-store",
    "X-Request-Id": id,
    "X-Content-Type-Options": "nosniff",
  });
  next();
};

export function sendProblem(response: Response, problem: Problem): void {
  const { retryAfterSeconds } = problem.options;
  if (retryAfterSeconds !== undefined) response.set("Retry-After", String(retryAfterSeconds));
  if (problem.status === 401) response.set("WWW-Authenticate", wwwAuthenticate(problem));
  response
    .status(problem.status)
    .type("application/problem+json")
    .send(JSON.stringify(problem.toBody()));
}

function wwwAuthenticate(problem: Problem): string {
  return problem.code.startsWith("token_")
    ? 'Bearer realm="kkt-bridge", error="invalid_token"'
    : 'Bearer realm="kkt-bridge"';
}

/** Answers what was thrown; an unforeseen error shows nothing of itself but its request id. */
export function errorHandler(logger: Logger): ErrorRequestHandler {
  return (error: unknown, request, response, next) => {
    if (response.headersSent) {
      next(error);
      return;
    }
    if (error instanceof Problem) {
      sendProblem(response, error);
      return;
    }
    if (error instanceof URIError) {
      sendProblem(response, new Problem("not_found"));
      return;
    }
    if (error instanceof JournalError && error.code === "storage_full") {
      logger.error("storage_full", { error });
      sendProblem(response, new Problem("storage_full", { detail: error.message }));
      return;
    }
    logger.error("request_failed", {
      request_id: response.locals.requestId as string,
      method: request.method,
      path: request.path,
      error,
    });
    sendProblem(response, new Problem("internal_error"));
  };
}
