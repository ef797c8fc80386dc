/** The express application: who may call, in which order things are checked, where they go. */
import express, { type Express } from "express";
import type { HttpDeps } from "./deps.ts";
import { Door } from "./door.ts";
import { KeptAnswers } from "./kept-answers.ts";
import { cors } from "./middleware/cors.ts";
import { perSecond, refuseWhen } from "./middleware/limits.ts";
import { observe } from "./middleware/observe.ts";
import { baseHeaders, errorHandler } from "./middleware/respond.ts";
import { OPERATIONS, type Operation } from "./operations.ts";
import { Problem } from "./problems.ts";
import { authRoutes } from "./routes/auth.ts";
import { bufferRoutes } from "./routes/buffer.ts";
import { lookupRoutes } from "./routes/lookup.ts";
import { peopleRoutes } from "./routes/people.ts";
import { receiptRoutes } from "./routes/receipts.ts";
import { statusRoutes } from "./routes/status.ts";
import { tillRoutes } from "./routes/till.ts";

export function createApp(deps: HttpDeps): Express {
  const app = express();
  app.disable("x-powered-by").disable("etag").set("query parser", "simple");
  app.use(baseHeaders, observe(deps.clock, deps.logger, deps.metrics), cors(deps.origins));
  app.use(perSecond(deps.rateLimitPerSecond), refuseWhen(deps.isShuttingDown));
  const door = new Door(deps);
  const kept = new KeptAnswers(deps.journal);
  statusRoutes(door, deps);
  authRoutes(door, deps);
  peopleRoutes(door, deps);
  receiptRoutes(door, deps, kept);
  lookupRoutes(door, deps);
  tillRoutes(door, deps, kept);
  bufferRoutes(door, deps, kept);
  app.use("/v1", door.router);
  app.use((request, response) => {
    const allowed = methodsOf(request.path);
    if (allowed.length === 0) throw new Problem("not_found");
    response.set("Allow", [...allowed, "OPTIONS"].join(", "));
    throw new Problem("method_not_allowed");
  });
  app.use(errorHandler(deps.logger));
  return app;
}

/** Methods that a path has, for 405; empty when there is no such path. */
function methodsOf(path: string): string[] {
  return Object.values<Operation>(OPERATIONS)
    .filter((operation) => patternOf(operation.path).test(path))
    .map((operation) => operation.method.toUpperCase());
}

function patternOf(path: string): RegExp {
  return new RegExp(`^/v1${path.replace(/\{\w+\}/g, "[^/]+")}/?$`);
}
