import { z } from "zod";
import { SCOPES } from "../auth/scope.ts";

export const challengeAnswerSchema = z.strictObject({
  nonce: z.string(),
  expires_in: z.int().meta({ description: "Seconds" }),
});

export const tokenRequestSchema = z.strictObject({
  certificate: z.string().min(1).max(8192).meta({ description: "Compact JWS by Odoo" }),
  proof: z.string().min(1).max(4096).meta({ description: "Compact JWS by the browser's key" }),
});

export const tokenAnswerSchema = z.strictObject({
  token: z.string(),
  token_type: z.literal("Bearer"),
  expires_in: z.int().meta({ description: "Seconds" }),
  profile: z.string(),
  scope: z.enum(SCOPES),
});
