/** Questions of the page to the journal; POST, since what decides money must not come from a cache. */
import {
  restoreAnswerSchema,
  restoreRequestSchema,
  searchAnswerSchema,
  searchRequestSchema,
  totalsAnswerSchema,
  totalsRequestSchema,
} from "../schemas/lookup.ts";
import type { Operation } from "./operation.ts";

export const LOOKUP_OPERATIONS = {
  searchReceipts: {
    id: "searchReceipts",
    method: "post",
    path: "/kkt/receipts/search",
    summary: "Поиск чеков в журнале этой кассы: заказ, ФД, ФП, QR, дата, контакт, товар",
    auth: true,
    work: "default",
    body: searchRequestSchema,
    answers: { 200: searchAnswerSchema },
    problems: ["request_invalid"],
  },
  restoreOrders: {
    id: "restoreOrders",
    method: "post",
    path: "/kkt/orders/restore",
    summary: "Заказы, как их отдала страница, для браузера, который их потерял",
    auth: true,
    work: "high",
    body: restoreRequestSchema,
    answers: { 200: restoreAnswerSchema },
    problems: ["request_invalid"],
  },
  shiftTotals: {
    id: "shiftTotals",
    method: "post",
    path: "/kkt/shift/totals",
    summary: "Итоги смен по документам ФН",
    auth: true,
    work: "high",
    body: totalsRequestSchema,
    answers: { 200: totalsAnswerSchema },
    problems: ["request_invalid"],
  },
} as const satisfies Record<string, Operation>;
