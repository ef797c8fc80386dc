/** The OpenAPI of the bridge as a page for people: `docs/api/bridge.md`, made of the document alone. */
import { format } from "prettier";
import { openApiDocument } from "../src/http/openapi.ts";
import { PROBLEMS } from "../src/http/problems.ts";

interface Schema {
  readonly $ref?: string;
  readonly type?: string | readonly string[];
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly items?: Schema;
  readonly additionalProperties?: Schema | boolean;
  readonly description?: string;
  readonly format?: string;
  readonly default?: unknown;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly exclusiveMinimum?: number;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly maxLength?: number;
}

interface Content {
  readonly content?: Readonly<Record<string, { readonly schema: Schema }>>;
}

interface Call {
  readonly operationId: string;
  readonly summary: string;
  readonly security: readonly unknown[];
  readonly "x-role"?: string;
  readonly "x-role-unless"?: string;
  readonly parameters?: readonly {
    readonly name: string;
    readonly in: string;
    readonly required: boolean;
    readonly description?: string;
    readonly schema: Schema;
  }[];
  readonly requestBody?: Content & { readonly required: boolean };
  readonly responses: Readonly<Record<string, Content & { readonly description: string }>>;
}

interface Page {
  readonly info: { readonly title: string; readonly version: string };
  readonly paths: Readonly<Record<string, Readonly<Record<string, Call>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, Schema>> };
}

const INTRODUCTION = `
Made of the bridge's own OpenAPI by \`npm run docs:api\`; a running bridge gives the same at
\`GET /v1/openapi.json\`. How calls belong together (tokens, keys, the refund's waiting, offline) is
told in [the contracts](../contracts.md).

- Base: \`http://127.0.0.1:8000/v1\`, on the till's own machine. Only pages of \`[http] origins\` may
  call, everybody else needs no \`Origin\` and a token.
- \`Authorization: Bearer <token>\` wherever a call names a role. A token comes from
  \`/auth/challenge\` and \`/auth/token\`; each role includes the ones before it: \`cashier\`,
  \`manager\`, \`admin\`.
- Money is in roubles with at most two decimals, quantities have at most six, moments are ISO 8601
  in UTC; a document's own time is the register's wall time.
- A refusal is \`application/problem+json\`: programs read \`code\`, people \`detail\` (Russian).
- Every answer carries \`Vary: *\` and \`Cache-Control: no-store\`: nothing of it may be cached.
`;

/** Values that are written out one by one. */
const MOST_VALUES = 8;
const MOST_CODES = 30;

/** @param version of the bridge */
export async function apiPage(version: string): Promise<string> {
  const page = openApiDocument(version) as unknown as Page;
  const parts = [
    "# The bridge's HTTP API",
    INTRODUCTION,
    ...Object.entries(page.paths).flatMap(([path, calls]) =>
      Object.entries(calls).map(([method, call]) => callPart(method, path, call)),
    ),
    "## Schemas",
    ...Object.entries(page.components.schemas).map(
      ([name, schema]) => `### ${name}\n\n${fieldTable(schema)}`,
    ),
    "## Problem codes",
    problemTable(),
  ];
  return format(parts.join("\n\n"), { parser: "markdown", printWidth: 100 });
}

function callPart(method: string, path: string, call: Call): string {
  const body = call.requestBody?.content?.["application/json"]?.schema;
  return [
    `## ${method.toUpperCase()} ${path}`,
    `${call.summary}.`,
    roleLine(call),
    parameterTable(call),
    ...(body === undefined ? [] : ["**Body**", bodyPart(body)]),
    "**Answers**",
    ...answers(call),
    refusals(call),
  ]
    .filter((part) => part !== "")
    .join("\n\n");
}

function roleLine(call: Call): string {
  if (call.security.length === 0) return "No token.";
  const unless = call["x-role-unless"];
  const role = `Role: \`${call["x-role"] ?? "cashier"}\``;
  return unless === undefined ? `${role}.` : `${role}, or \`cashier\` by \`${unless}\`.`;
}

function parameterTable({ parameters = [] }: Call): string {
  if (parameters.length === 0) return "";
  return table(
    ["Parameter", "In", "Type", "Required", "Meaning"],
    parameters.map(({ name, in: where, required, description, schema }) => [
      ...[`\`${name}\``, where, typeOf(schema), required ? "yes" : ""],
      description ?? schema.description ?? "",
    ]),
  );
}

function bodyPart(schema: Schema): string {
  const fields = fieldRows(schema, "");
  return fields.length === 0 ? "`{}`, or none." : fieldTable(schema);
}

function answers({ responses }: Call): string[] {
  return Object.entries(responses)
    .filter(([status]) => Number(status) < 400)
    .map(([status, { content }]) => {
      const schema = content?.["application/json"]?.schema;
      if (schema === undefined) return `\`${status}\`${status === "204" ? ", no body" : ""}.`;
      if (schema.$ref !== undefined) return `\`${status}\` ${typeOf(schema)}.`;
      return `\`${status}\`\n\n${fieldTable(schema)}`;
    });
}

function refusals({ responses }: Call): string {
  const lines = Object.entries(responses)
    .filter(([status]) => Number(status) >= 400)
    .map(([status, { description }]) => {
      const codes = [...description.matchAll(/`(\w+)`/g)].map(([, code]) => `\`${code}\``);
      return `- ${status}: ${codes.join(", ")}`;
    });
  return `**Refusals**\n\n${lines.join("\n")}`;
}

function fieldTable(schema: Schema): string {
  return table(
    ["Field", "Type", "Required", "Meaning"],
    fieldRows(schema, "").map(({ name, type, required, meaning }) => [
      ...[`\`${name}\``, type, required ? "yes" : "", meaning],
    ]),
  );
}

interface FieldRow {
  readonly name: string;
  readonly type: string;
  readonly required: boolean;
  readonly meaning: string;
}

/** The members of an object, those inside of them after it: `items[].name`. */
function fieldRows(schema: Schema, prefix: string): FieldRow[] {
  const plain = withoutNull(schema);
  if (plain.items !== undefined) return fieldRows(plain.items, `${prefix}[]`);
  return Object.entries(plain.properties ?? {}).flatMap(([member, field]) => {
    const name = prefix === "" ? member : `${prefix}.${member}`;
    const required = plain.required?.includes(member) === true;
    const row = { name, type: typeOf(field), required, meaning: meaningOf(field) };
    return [row, ...(plain === field ? [] : fieldRows(field, name))];
  });
}

function withoutNull(schema: Schema): Schema {
  const others = (schema.anyOf ?? schema.oneOf ?? []).filter(({ type }) => type !== "null");
  return others.length === 1 ? others[0]! : schema;
}

function typeOf(schema: Schema): string {
  if (schema.$ref !== undefined) {
    const name = schema.$ref.split("/").at(-1)!;
    return `[${name}](#${name.toLowerCase()})`;
  }
  const choices = schema.anyOf ?? schema.oneOf;
  if (choices !== undefined) return choices.map(typeOf).join(" or ");
  if (schema.const !== undefined) return `\`${JSON.stringify(schema.const)}\``;
  if (schema.enum !== undefined) return valuesOf(schema.enum);
  if (schema.type === "array") return `list of ${typeOf(schema.items ?? {})}`;
  if (schema.format !== undefined) return schema.format;
  return [schema.type ?? "any"].flat().join(" or ");
}

/** A list that would fill the page is told by its ends. */
function valuesOf(values: readonly unknown[]): string {
  if (values.length > MOST_VALUES && values.every((value) => typeof value === "number")) {
    return ranges(values);
  }
  if (values.length > MOST_CODES) return "one of the [problem codes](#problem-codes)";
  return values.map((value) => `\`${JSON.stringify(value)}\``).join(", ");
}

function ranges(numbers: readonly number[]): string {
  const runs: [number, number][] = [];
  for (const n of [...numbers].sort((a, b) => a - b)) {
    const last = runs.at(-1);
    if (last?.[1] === n - 1) last[1] = n;
    else runs.push([n, n]);
  }
  return runs.map(([from, to]) => (from === to ? String(from) : `${from}–${to}`)).join(", ");
}

function meaningOf(schema: Schema): string {
  const { description = withoutNull(schema).description ?? "" } = schema;
  const bounds = withoutNull(schema);
  const limits = [
    bounds.exclusiveMinimum === undefined ? "" : `> ${bounds.exclusiveMinimum}`,
    bounds.minimum === undefined || bounds.minimum <= Number.MIN_SAFE_INTEGER
      ? ""
      : `≥ ${bounds.minimum}`,
    bounds.maximum === undefined || bounds.maximum >= Number.MAX_SAFE_INTEGER
      ? ""
      : `≤ ${bounds.maximum}`,
    bounds.maxLength === undefined ? "" : `≤ ${bounds.maxLength} characters`,
    bounds.maxItems === undefined ? "" : `≤ ${bounds.maxItems} members`,
    schema.default === undefined ? "" : `default ${JSON.stringify(schema.default)}`,
  ].filter((part) => part !== "");
  return [description, limits.join(", ")].filter((part) => part !== "").join("; ");
}

function problemTable(): string {
  return table(
    ["Code", "Status", "Title"],
    Object.entries(PROBLEMS)
      .sort(([, a], [, b]) => a.status - b.status)
      .map(([code, { status, title }]) => [`\`${code}\``, String(status), title]),
  );
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell) => cell.replace(/[|<]/g, "\\$&").replaceAll("\n", " ")).join(" | ")} |`;
  return [line(head), line(head.map(() => "---")), ...rows.map(line)].join("\n");
}
