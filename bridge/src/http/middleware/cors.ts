/** Which pages may call: the configured Odoo origins and nobody else (54-ФЗ apart, it is money). */
import type { RequestHandler } from "express";
import { Problem } from "../problems.ts";

const METHODS = "GET, POST, PUT, PATCH, DELETE, OPTIONS";
const HEADERS = "Authorization, Content-Type, Idempotency-Key, X-Request-Id";
const EXPOSED = "Retry-After, X-Request-Id, WWW-Authenticate";

/**
 * Callers without `Origin` are no pages (tests, tools) and are let through: tokens guard the rest.
 * `Access-Control-Allow-Private-Network` is Chromium's question of a public page for loopback.
 */
export function cors(origins: readonly string[]): RequestHandler {
  const allowed = new Set(origins);
  return (request, response, next) => {
    const origin = request.get("origin");
    if (origin !== undefined) {
      if (!allowed.has(origin)) throw new Problem("origin_forbidden");
      response.set({
        "Access-Control-Allow-Origin": origin,
        "Access-Control-Expose-Headers": EXPOSED,
      });
    }
    if (request.method !== "OPTIONS") {
      next();
      return;
    }
    if (origin !== undefined) {
      response.set({
        "Access-Control-Allow-Methods": METHODS,
        "Access-Control-Allow-Headers": HEADERS,
        "Access-Control-Max-Age": "600",
      });
      if (request.get("access-control-request-private-network") === "true") {
        response.set("Access-Control-Allow-Private-Network", "true");
      }
    }
    response.set("Allow", METHODS).status(204).end();
  };
}
