import { z } from "zod";
import { PROBLEMS, type ProblemCode } from "../problems.ts";
import { receiptBodySchema } from "./receipt.ts";

export const problemSchema = z.object({
  type: z.string(),
  title: z.string(),
  status: z.int(),
  detail: z.string().meta({ description: "Russian" }),
  code: z.enum(Object.keys(PROBLEMS) as [ProblemCode, ...ProblemCode[]]),
  errors: z.array(z.strictObject({ field: z.string(), message: z.string() })).optional(),
  receipt: receiptBodySchema.optional(),
  retry_after_seconds: z.int().optional(),
});
