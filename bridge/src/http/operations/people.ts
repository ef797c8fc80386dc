/** Calls about people: who may what here, a person's token, a manager's word on a discount. */
import {
  approvalAnswerSchema,
  approvalRequestSchema,
  elevateAnswerSchema,
  elevateRequestSchema,
  peopleAnswerSchema,
} from "../schemas/people.ts";
import { emptySchema } from "../schemas/operations.ts";
import type { Operation } from "./operation.ts";

const PIN_PROBLEMS = [
  "request_invalid",
  "person_unknown",
  "pin_missing",
  "pin_wrong",
  "pin_locked",
  "storage_full",
] as const;

export const PEOPLE_OPERATIONS = {
  people: {
    id: "people",
    method: "post",
    path: "/auth/people",
    summary: "Сотрудники кассы и пределы скидок",
    auth: true,
    body: emptySchema,
    answers: { 200: peopleAnswerSchema },
    problems: ["request_invalid"],
  },
  elevate: {
    id: "elevate",
    method: "post",
    path: "/auth/elevate",
    summary: "Токен на 5 минут с правами сотрудника по его ПИН",
    auth: true,
    body: elevateRequestSchema,
    answers: { 200: elevateAnswerSchema },
    problems: PIN_PROBLEMS,
  },
  approve: {
    id: "approve",
    method: "post",
    path: "/approvals",
    summary: "Разрешение управляющего на скидку в одном заказе, действует и без связи",
    auth: true,
    body: approvalRequestSchema,
    answers: { 200: approvalAnswerSchema },
    problems: [...PIN_PROBLEMS, "approval_refused", "discount_exceeds"],
  },
} as const satisfies Record<string, Operation>;
