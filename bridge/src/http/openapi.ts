/** OpenAPI 3.1 of the door, generated from the operations and their schemas. */
import { z } from "zod";
import { OPERATIONS, type Operation } from "./operations.ts";
import { PROBLEMS, type ProblemCode } from "./problems.ts";
import { problemSchema } from "./schemas/problem.ts";
import { receiptBodySchema } from "./schemas/receipt.ts";
import { statusSchema } from "./schemas/status.ts";

type Json = Record<string, unknown>;

/** Refusals that any call may meet. */
const COMMON: readonly ProblemCode[] = [
  "origin_forbidden",
  "rate_limited",
  "internal_error",
  "shutting_down",
];
const OF_BODY: readonly ProblemCode[] = [
  "body_invalid",
  "body_too_large",
  "content_type_unsupported",
];
const OF_TOKEN: readonly ProblemCode[] = ["token_invalid", "token_expired"];

const NAMED = new Map<z.ZodType, string>([
  [problemSchema, "Problem"],
  [receiptBodySchema, "Receipt"],
  [statusSchema, "Status"],
]);

const KEYS = {
  receipt: {
    required: true,
    description: "<uuid заказа>:<номер попытки>",
    schema: { type: "string" },
  },
  operation: {
    required: true,
    description: "Один на действие: тот же ключ получает первый ответ",
    schema: { type: "string", pattern: "^[A-Za-z0-9_.:-]{8,128}$" },
  },
} as const;

export function openApiDocument(version: string): Json {
  const paths: Record<string, Json> = {};
  for (const operation of Object.values<Operation>(OPERATIONS)) {
    (paths[operation.path] ??= {})[operation.method] = describe(operation);
  }
  return {
    openapi: "3.1.0",
    info: {
      title: "OpticsERP: мост кассы",
      version,
      license: { name: "LGPL-3.0-only", identifier: "LGPL-3.0-only" },
    },
    servers: [{ url: "/v1" }],
    paths,
    components: {
      schemas: Object.fromEntries(
        [...NAMED].map(([schema, name]) => [name, toJson(schema, "output")]),
      ),
      securitySchemes: { token: { type: "http", scheme: "bearer", bearerFormat: "JWT" } },
    },
  };
}

function describe(operation: Operation): Json {
  const parameters = parametersOf(operation);
  return {
    operationId: operation.id,
    summary: operation.summary,
    security: operation.auth ? [{ token: [] }] : [],
    ...(operation.auth ? { "x-role": operation.role ?? "cashier" } : {}),
    ...(operation.unless === undefined ? {} : { "x-role-unless": `limits.${operation.unless}` }),
    ...(parameters.length === 0 ? {} : { parameters }),
    ...(operation.body === undefined
      ? {}
      : {
          requestBody: {
            required: operation.body !== undefined && !acceptsNothing(operation.body),
            content: { "application/json": { schema: reference(operation.body, "input") } },
          },
        }),
    responses: { ...answersOf(operation), ...problemsOf(operation) },
  };
}

function acceptsNothing(body: z.ZodType): boolean {
  return body.safeParse({}).success;
}

function parametersOf(operation: Operation): Json[] {
  const parameters: Json[] = [...operation.path.matchAll(/\{(\w+)\}/g)].map((match) => ({
    name: match[1],
    in: "path",
    required: true,
    schema: { type: "string" },
  }));
  if (operation.key !== undefined) {
    parameters.push({ name: "Idempotency-Key", in: "header", ...KEYS[operation.key] });
  }
  for (const [name, field] of Object.entries(operation.query?.shape ?? {})) {
    const schema = field as z.ZodType;
    parameters.push({
      name,
      in: "query",
      required: !schema.safeParse(undefined).success,
      schema: toJson(schema, "output"),
    });
  }
  return parameters;
}

function answersOf(operation: Operation): Record<string, Json> {
  return Object.fromEntries(
    Object.entries(operation.answers).map(([status, schema]) => [
      status,
      {
        description: "OK",
        ...(schema === null
          ? {}
          : { content: { "application/json": { schema: reference(schema, "output") } } }),
      },
    ]),
  );
}

function problemsOf(operation: Operation): Record<string, Json> {
  const codes = new Set<ProblemCode>([
    ...COMMON,
    ...(operation.method === "get" ? [] : OF_BODY),
    ...(operation.auth ? OF_TOKEN : []),
    ...((operation.role ?? "cashier") === "cashier" ? [] : (["scope_insufficient"] as const)),
    ...(operation.work === undefined || operation.work === "critical"
      ? []
      : (["overloaded"] as const)),
    ...operation.problems,
  ]);
  const byStatus = new Map<number, ProblemCode[]>();
  for (const code of codes) {
    // a refusal of the register is 422 by its content, 503 by its state, 409 outside of receipts
    const statuses =
      code === "device_refused" ? refusedStatuses(operation) : [PROBLEMS[code].status];
    for (const status of statuses) byStatus.set(status, [...(byStatus.get(status) ?? []), code]);
  }
  return Object.fromEntries(
    [...byStatus].map(([status, list]) => [
      String(status),
      {
        description: list.map((code) => `\`${code}\` ${PROBLEMS[code].title}`).join("; "),
        content: {
          "application/problem+json": { schema: { $ref: "#/components/schemas/Problem" } },
        },
      },
    ]),
  );
}

function refusedStatuses(operation: Operation): number[] {
  return operation.key === "receipt" ? [422, 503] : [409];
}

function reference(schema: z.ZodType, io: "input" | "output"): Json {
  const name = NAMED.get(schema);
  return name === undefined ? toJson(schema, io) : { $ref: `#/components/schemas/${name}` };
}

function toJson(schema: z.ZodType, io: "input" | "output"): Json {
  const json = z.toJSONSchema(schema, { io }) as Json;
  delete json["$schema"];
  return json;
}
