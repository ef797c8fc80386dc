/** Rate limit by client, and the refusal while the process ends. */
import type { RequestHandler } from "express";
import { rateLimit } from "express-rate-limit";
import { Problem } from "../problems.ts";

export function perSecond(limit: number): RequestHandler {
  return rateLimit({
    windowMs: 1_000,
    limit,
    standardHeaders: "draft-8",
    legacyHeaders: false,
    // its advice on proxies would go to the console; there is none in front of a till
    validate: false,
    handler: (_request, _response, next) => {
      next(new Problem("rate_limited", { retryAfterSeconds: 1 }));
    },
  });
}

export function refuseWhen(isShuttingDown: () => boolean): RequestHandler {
  return (_request, response, next) => {
    if (isShuttingDown()) {
      response.set("Connection", "close");
      throw new Problem("shutting_down", { retryAfterSeconds: 30 });
    }
    next();
  };
}
