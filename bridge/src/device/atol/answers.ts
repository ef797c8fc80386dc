/** What the web server answers, checked (fiscal.md §2.2, §2.3). */
import { z } from "zod";

const text = z.string().catch("");

/** Generation 1 has flat error fields in older versions. */
const subAnswer = z.object({
  status: z.string(),
  error: z.object({ code: z.int().catch(0), description: text }).nullish(),
  errorCode: z.int().nullish(),
  errorDescription: z.string().nullish(),
  result: z.unknown(),
});

export const taskAnswer = z.object({ results: z.array(subAnswer).min(1) });

/** One sub-task of a task. */
export interface SubAnswer {
  readonly status: string;
  readonly code: number;
  readonly description: string;
  readonly result: unknown;
}

export function normalized(answer: z.infer<typeof taskAnswer>): readonly SubAnswer[] {
  return answer.results.map(({ status, error, errorCode, errorDescription, result }) => ({
    status,
    code: error?.code ?? errorCode ?? 0,
    description: error?.description ?? errorDescription ?? "",
    // some drivers hand the result on as text
    result: typeof result === "string" ? parsed(result) : (result ?? null),
  }));
}

function parsed(json: string): unknown {
  try {
    return JSON.parse(json) as unknown;
  } catch {
    return null;
  }
}

const FINAL: ReadonlySet<string> = new Set(["ready", "error", "interrupted", "canceled"]);

/** `blocked` is not: the server turns it into ready or error when the register is back. */
export function isFinal(results: readonly SubAnswer[]): boolean {
  return results.every(({ status }) => FINAL.has(status));
}

export const errorAnswer = z.object({ error: z.object({ description: z.string() }) });
export const storedAnswer = z.object({
  isBlocked: z.boolean().catch(false),
  blockedUUID: text,
  blockReason: text,
});
export const oldQueueAnswer = z.object({ is_blocked: z.boolean(), block_request_uuid: text });
export const queueAnswer = z.object({
  isBlocked: z.boolean(),
  blockedUUID: text,
  blockReason: text,
});

/** `2026-11-22T18:16:05+03:00` → the wall time before the zone. */
const wallTime = z.string().regex(/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}/);
const whole = z.int().min(0);

const fiscalParams = z.object({
  fiscalDocumentDateTime: wallTime,
  fiscalDocumentNumber: whole,
  fiscalDocumentSign: z.coerce.number().int().min(0),
  fiscalReceiptNumber: whole.nullish(),
  shiftNumber: whole,
  fnNumber: z.string().nullish(),
});
export type FiscalParams = z.infer<typeof fiscalParams>;

const warnings = z.object({ notPrinted: z.boolean().nullish() }).nullish();

/** Some versions put the parameters into `fiscalParams`, some beside it. */
export const signedResult = z.union([
  z.object({ fiscalParams, warnings }),
  fiscalParams.extend({ warnings }).transform(({ warnings: given, ...params }) => ({
    fiscalParams: params,
    warnings: given,
  })),
]);

export const shiftStatusResult = z.object({
  shiftStatus: z.object({ state: z.enum(["opened", "closed", "expired"]), number: whole }),
});
export const fnStatusResult = z.object({
  fnStatus: z.object({
    fiscalDocumentNumber: whole,
    fiscalReceiptNumber: whole.catch(0),
    warnings: z.record(z.string(), z.unknown()).catch({}),
  }),
});
export const fnInfoResult = z.object({
  fnInfo: z.object({ serial: z.string().regex(/^\d{16}$/), validityDate: wallTime }),
});
export const deviceStatusResult = z.object({
  deviceStatus: z.object({
    currentDateTime: wallTime,
    paperPresent: z.boolean(),
    coverOpened: z.boolean().catch(false),
  }),
});
export const deviceInfoResult = z.object({
  deviceInfo: z.object({ modelName: text, serial: text, ffdVersion: text }),
});
export const exchangeResult = z.object({
  status: z.object({
    notSentCount: whole,
    notSentFirstDocNumber: whole.catch(0),
    notSentFirstDocDateTime: text,
  }),
});
export const registrationResult = z.object({
  organization: z.object({
    name: text,
    vatin: text,
    address: text,
    taxationTypes: z.array(z.string()).catch([]),
  }),
  device: z.object({ registrationNumber: text, ffdVersion: text, ofdChannel: text }),
  ofd: z.object({ host: text, port: z.coerce.number().int().catch(0) }).nullish(),
});
export const documentResult = z.object({
  documentTLV: z.looseObject({ fiscalDocumentType: text, short: z.boolean().catch(false) }),
  rawData: z.string().nullish(),
});
