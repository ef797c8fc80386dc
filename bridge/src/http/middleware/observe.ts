/** One log line and one observation for each answer. */
import type { RequestHandler } from "express";
import type { Clock } from "../../domain/clock.ts";
import type { Logger } from "../../observability/logger.ts";
import type { HttpMetrics } from "../../observability/metrics.ts";

export function observe(clock: Clock, logger: Logger, metrics: HttpMetrics): RequestHandler {
  return (request, response, next) => {
    const started = clock.monotonic();
    response.once("close", () => {
      const ms = clock.monotonic() - started;
      // the pattern, not the path: a metric's labels must stay few
      const route = routeOf(request.baseUrl, request.route as { path?: unknown } | undefined);
      metrics.observe({ method: request.method, route, status: response.statusCode, ms });
      logger.debug("http", {
        request_id: response.locals.requestId as string,
        method: request.method,
        path: request.originalUrl.split("?", 1)[0],
        status: response.writableFinished ? response.statusCode : "aborted",
        ms: Math.round(ms),
      });
    });
    next();
  };
}

function routeOf(base: string, route: { path?: unknown } | undefined): string {
  return typeof route?.path === "string" ? base + route.path : "other";
}
