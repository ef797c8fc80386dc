/** Calls about what waits to be delivered: buffer, event log, dead letters, catalogue. */
import { z } from "zod";
import {
  capacityRequestSchema,
  catalogueItemSchema,
  catalogueQuerySchema,
  emptySchema,
  eventsAnswerSchema,
  eventsQuerySchema,
  reasonRequestSchema,
  startedSchema,
} from "../schemas/operations.ts";
import { receiptBodySchema } from "../schemas/receipt.ts";
import { bufferStatusSchema } from "../schemas/status.ts";
import type { Operation } from "./operation.ts";

const KEY_PROBLEMS = [
  "idempotency_key_missing",
  "idempotency_key_malformed",
  "idempotency_key_reused",
] as const;

export const deadListSchema = z.strictObject({
  receipts: z.array(
    z.strictObject({
      receipt: receiptBodySchema,
      error: z.string().meta({ description: "What the receiver said last" }),
      dead_at: z.string().meta({ format: "date-time" }),
    }),
  ),
});

export const BUFFER_OPERATIONS = {
  bufferStatus: {
    id: "bufferStatus",
    method: "get",
    path: "/kkt/buffer/status",
    summary: "Буфер: уровень, самый старый чек, тревога",
    auth: true,
    work: "high",
    answers: { 200: bufferStatusSchema },
    problems: [],
  },
  setCapacity: {
    id: "setCapacity",
    method: "patch",
    path: "/kkt/buffer",
    summary: "Ёмкость буфера, 200–300, без перезапуска",
    auth: true,
    role: "manager",
    key: "operation",
    work: "high",
    body: capacityRequestSchema,
    answers: { 200: bufferStatusSchema },
    problems: ["request_invalid", ...KEY_PROBLEMS],
  },
  syncNow: {
    id: "syncNow",
    method: "post",
    path: "/kkt/buffer/sync",
    summary: "Доставить сейчас, не дожидаясь пауз",
    auth: true,
    key: "operation",
    work: "high",
    body: emptySchema,
    answers: { 202: startedSchema },
    problems: ["request_invalid", "sync_in_progress", ...KEY_PROBLEMS],
  },
  events: {
    id: "events",
    method: "get",
    path: "/kkt/buffer/logs",
    summary: "Журнал событий, новые первыми",
    auth: true,
    work: "low",
    query: eventsQuerySchema,
    answers: { 200: eventsAnswerSchema },
    problems: ["request_invalid"],
  },
  deadList: {
    id: "deadList",
    method: "get",
    path: "/kkt/dlq",
    summary: "Чеки, которых получатель не принимает",
    auth: true,
    work: "low",
    answers: { 200: deadListSchema },
    problems: [],
  },
  retryDead: {
    id: "retryDead",
    method: "post",
    path: "/kkt/dlq/{key}/retry",
    summary: "Попробовать ещё раз",
    auth: true,
    key: "operation",
    work: "high",
    body: emptySchema,
    answers: { 202: receiptBodySchema },
    problems: ["request_invalid", "receipt_unknown", ...KEY_PROBLEMS],
  },
  resolveDead: {
    id: "resolveDead",
    method: "post",
    path: "/kkt/dlq/{key}/resolve",
    summary: "Снять с учёта с указанием причины",
    auth: true,
    role: "manager",
    key: "operation",
    work: "high",
    body: reasonRequestSchema,
    answers: { 200: receiptBodySchema },
    problems: ["request_invalid", "receipt_unknown", ...KEY_PROBLEMS],
  },
  catalogue: {
    id: "catalogue",
    method: "get",
    path: "/catalog",
    summary: "Товар по штрихкоду из копии каталога",
    auth: true,
    work: "default",
    query: catalogueQuerySchema,
    answers: { 200: catalogueItemSchema },
    problems: ["request_invalid", "item_unknown"],
  },
} as const satisfies Record<string, Operation>;
