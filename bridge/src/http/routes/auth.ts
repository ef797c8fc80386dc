import type { HttpDeps } from "../deps.ts";
import type { Door } from "../door.ts";
import { OPERATIONS } from "../operations.ts";
import { validated } from "../validate.ts";

export function authRoutes(door: Door, { tokens }: HttpDeps): void {
  door.on(OPERATIONS.challenge, (request, response) => {
    validated(OPERATIONS.challenge.body, request.body ?? {});
    const { nonce, expiresIn } = tokens.challenge();
    response.json({ nonce, expires_in: expiresIn });
  });
  door.on(OPERATIONS.token, async (request, response) => {
    const { certificate, proof } = validated(OPERATIONS.token.body, request.body);
    const { token, expiresIn, profile, scope } = await tokens.exchange(certificate, proof);
    response.json({ token, token_type: "Bearer", expires_in: expiresIn, profile, scope });
  });
}
