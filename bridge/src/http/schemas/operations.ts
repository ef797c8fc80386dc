import { z } from "zod";
import { wireCashierSchema } from "../../domain/receipt-wire.ts";

export const cashierRequestSchema = z.strictObject({ cashier: wireCashierSchema });

export const shiftAnswerSchema = z.strictObject({
  shift: z.int().meta({ description: "Tag 1038" }),
  fd: z.int().meta({ description: "Tag 1040" }),
  fp: z.int().meta({ description: "Tag 1077" }),
});

export const emptySchema = z.strictObject({});
export const doneSchema = z.strictObject({ status: z.literal("done") });
