import { Router } from "express";
import type { HttpDeps } from "../deps.ts";
import { OPERATIONS } from "../operations.ts";
import { validated } from "../validate.ts";

export function authRoutes({ tokens }: HttpDeps): Router {
  const router = Router();
  router.post("/auth/challenge", (request, response) => {
    validated(OPERATIONS.challenge.body, request.body ?? {});
    const { nonce, expiresIn } = tokens.challenge();
    response.json({ nonce, expires_in: expiresIn });
  });
  router.post("/auth/token", async (request, response) => {
    const { certificate, proof } = validated(OPERATIONS.token.body, request.body);
    const { token, expiresIn, profile } = await tokens.exchange(certificate, proof);
    response.json({ token, token_type: "Bearer", expires_in: expiresIn, profile });
  });
  return router;
}
