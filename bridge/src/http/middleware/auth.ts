/** Bearer tokens; the caller's profile is kept in `response.locals`. */
import type { RequestHandler, Response } from "express";
import type { Caller, TokenService } from "../auth/tokens.ts";
import { Problem } from "../problems.ts";

export function bearer(tokens: Pick<TokenService, "verify">): RequestHandler {
  return async (request, response, next) => {
    const match = /^Bearer ([\w.-]{1,4096})$/i.exec(request.get("authorization") ?? "");
    if (match === null) throw new Problem("token_invalid");
    response.locals.caller = await tokens.verify(match[1]!);
    next();
  };
}

export function callerOf(response: Response): Caller {
  return response.locals.caller as Caller;
}
