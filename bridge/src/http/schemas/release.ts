import { z } from "zod";

/** `release` of a refund's body: a manager takes it upon himself though Odoo can't be asked. */
export const releaseSchema = z.strictObject({
  reason: z
    .string()
    .trim()
    .min(1)
    .max(200)
    .regex(/^[^\p{Cc}]*$/u, "не должно содержать управляющих символов")
    .meta({ description: "Why, for the event log" }),
});
export type Release = z.output<typeof releaseSchema>;
