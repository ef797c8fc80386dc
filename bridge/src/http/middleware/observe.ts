/** One log line and one observation for each answer. */
import type { Request, RequestHandler } from "express";
import type { Clock } from "../../domain/clock.ts";
import { parseKey } from "../../domain/receipt-key.ts";
import type { Logger } from "../../observability/logger.ts";
import type { HttpMetrics } from "../../observability/metrics.ts";

export function observe(clock: Clock, logger: Logger, metrics: HttpMetrics): RequestHandler {
  return (request, response, next) => {
    const started = clock.monotonic();
    response.once("close", () => {
      const ms = clock.monotonic() - started;
      const route = (response.locals.route as string | undefined) ?? "other";
      metrics.observe({ method: request.method, route, status: response.statusCode, ms });
      logger.debug("http", {
        request_id: response.locals.requestId as string,
        method: request.method,
        path: request.originalUrl.split("?", 1)[0],
        status: response.writableFinished ? response.statusCode : "aborted",
        ms: Math.round(ms),
        ...receiptOf(request),
      });
    });
    next();
  };
}

/** The receipt that a call is about, so that one receipt can be followed through the log. */
function receiptOf(request: Request): { readonly receipt?: string } {
  const key = request.params["key"] ?? request.get("idempotency-key");
  return typeof key === "string" && parseKey(key) !== null ? { receipt: key } : {};
}
