/**
 * Every call of the HTTP door, in one table: routes take their request schemas from here and the
 * OpenAPI page is generated from the same entries, so that the two can't part.
 */
import type { z } from "zod";
import { wireReceiptSchema } from "../domain/receipt-wire.ts";
import type { ProblemCode } from "./problems.ts";
import { challengeAnswerSchema, tokenAnswerSchema, tokenRequestSchema } from "./schemas/auth.ts";
import {
  cashierRequestSchema,
  doneSchema,
  emptySchema,
  shiftAnswerSchema,
} from "./schemas/operations.ts";
import {
  ordersStateAnswerSchema,
  ordersStateRequestSchema,
  receiptBodySchema,
  receiptListQuerySchema,
  receiptListSchema,
} from "./schemas/receipt.ts";
import { bufferStatusSchema, healthSchema, readySchema, statusSchema } from "./schemas/status.ts";

export interface Operation {
  readonly id: string;
  readonly method: "get" | "post" | "delete";
  /** Below `/v1`, OpenAPI form. */
  readonly path: string;
  /** Russian. */
  readonly summary: string;
  /** Needs a Bearer token. */
  readonly auth: boolean;
  readonly idempotencyKey?: true;
  readonly body?: z.ZodType;
  readonly query?: z.ZodObject;
  readonly answers: Readonly<Record<number, z.ZodType | null>>;
  readonly problems: readonly ProblemCode[];
}

const SHIFT_PROBLEMS = [
  "request_invalid",
  "lane_busy",
  "device_refused",
  "shift_open",
  "shift_closed",
  "shift_expired",
  "device_unavailable",
  "lane_stopped",
  "paper_out",
] as const;

export const OPERATIONS = {
  challenge: {
    id: "challenge",
    method: "post",
    path: "/auth/challenge",
    summary: "Вызов для подписи браузером",
    auth: false,
    body: emptySchema,
    answers: { 200: challengeAnswerSchema },
    problems: ["request_invalid"],
  },
  token: {
    id: "token",
    method: "post",
    path: "/auth/token",
    summary: "Токен на 15 минут по сертификату браузера и подписи вызова",
    auth: false,
    body: tokenRequestSchema,
    answers: { 200: tokenAnswerSchema },
    problems: [
      "request_invalid",
      "certificate_invalid",
      "certificate_expired",
      "certificate_revoked",
      "proof_invalid",
      "nonce_unknown",
    ],
  },
  postReceipt: {
    id: "postReceipt",
    method: "post",
    path: "/kkt/receipt",
    summary: "Чек прихода или возврата; ждёт исхода до 15 с, затем 202",
    auth: true,
    idempotencyKey: true,
    body: wireReceiptSchema,
    answers: { 200: receiptBodySchema, 202: receiptBodySchema },
    problems: [
      "idempotency_key_missing",
      "idempotency_key_malformed",
      "order_owned_by_another",
      "attempt_open",
      "attempt_out_of_order",
      "lane_busy",
      "receipt_cancelled",
      "receipt_invalid",
      "idempotency_key_reused",
      "device_refused",
      "buffer_full",
      "device_unavailable",
      "lane_stopped",
    ],
  },
  getReceipt: {
    id: "getReceipt",
    method: "get",
    path: "/kkt/receipt/{key}",
    summary: "Состояние чека",
    auth: true,
    answers: { 200: receiptBodySchema },
    problems: ["receipt_unknown", "idempotency_key_malformed"],
  },
  withdrawReceipt: {
    id: "withdrawReceipt",
    method: "delete",
    path: "/kkt/receipt/{key}",
    summary: "Отозвать чек, который ещё не начал закрываться",
    auth: true,
    answers: { 204: null },
    problems: [
      "receipt_unknown",
      "idempotency_key_malformed",
      "not_withdrawable",
      "order_owned_by_another",
    ],
  },
  listReceipts: {
    id: "listReceipts",
    method: "get",
    path: "/kkt/receipts",
    summary: "Чеки журнала, новые первыми",
    auth: true,
    query: receiptListQuerySchema,
    answers: { 200: receiptListSchema },
    problems: ["request_invalid"],
  },
  ordersState: {
    id: "ordersState",
    method: "post",
    path: "/kkt/orders/state",
    summary: "Последняя попытка каждого известного заказа",
    auth: true,
    body: ordersStateRequestSchema,
    answers: { 200: ordersStateAnswerSchema },
    problems: ["request_invalid"],
  },
  openShift: {
    id: "openShift",
    method: "post",
    path: "/kkt/shift/open",
    summary: "Открыть смену",
    auth: true,
    body: cashierRequestSchema,
    answers: { 200: shiftAnswerSchema },
    problems: SHIFT_PROBLEMS,
  },
  closeShift: {
    id: "closeShift",
    method: "post",
    path: "/kkt/shift/close",
    summary: "Закрыть смену (Z-отчёт)",
    auth: true,
    body: cashierRequestSchema,
    answers: { 200: shiftAnswerSchema },
    problems: SHIFT_PROBLEMS,
  },
  reportX: {
    id: "reportX",
    method: "post",
    path: "/kkt/report/x",
    summary: "X-отчёт",
    auth: true,
    body: emptySchema,
    answers: { 200: doneSchema },
    problems: SHIFT_PROBLEMS,
  },
  status: {
    id: "status",
    method: "get",
    path: "/kkt/status",
    summary: "Касса, ФН, смена, режим, буфер",
    auth: true,
    answers: { 200: statusSchema },
    problems: [],
  },
  bufferStatus: {
    id: "bufferStatus",
    method: "get",
    path: "/kkt/buffer/status",
    summary: "Буфер: уровень, самый старый чек, тревога",
    auth: true,
    answers: { 200: bufferStatusSchema },
    problems: [],
  },
  health: {
    id: "health",
    method: "get",
    path: "/health",
    summary: "Процесс жив",
    auth: false,
    answers: { 200: healthSchema },
    problems: [],
  },
  ready: {
    id: "ready",
    method: "get",
    path: "/ready",
    summary: "Можно продавать",
    auth: false,
    answers: { 200: readySchema },
    problems: ["not_ready"],
  },
  openapi: {
    id: "openapi",
    method: "get",
    path: "/openapi.json",
    summary: "Это описание",
    auth: false,
    answers: { 200: null },
    problems: [],
  },
} as const satisfies Record<string, Operation>;
