/** Values that a JSON schema (as zod writes it for OpenAPI) allows, and its borders. */
import fc from "fast-check";

export interface JsonSchema {
  readonly $ref?: string;
  readonly type?: string | readonly string[];
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly anyOf?: readonly JsonSchema[];
  readonly oneOf?: readonly JsonSchema[];
  readonly allOf?: readonly JsonSchema[];
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
  readonly items?: JsonSchema;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly exclusiveMinimum?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly pattern?: string;
  readonly format?: string;
}

/** Patterns whose strings fast-check can't make itself. */
const BY_FORMAT: Readonly<Record<string, fc.Arbitrary<string>>> = {
  uuid: fc.uuid(),
  date: fc.constantFrom("2026-11-22", "2024-02-29", "2026-02-30"),
  "date-time": fc.constant("2026-11-22T18:00:00.000Z"),
};

export function arbitraryOf(schema: JsonSchema, root: unknown): fc.Arbitrary<unknown> {
  if (schema.$ref !== undefined) return arbitraryOf(resolve(schema.$ref, root), root);
  if (schema.const !== undefined) return fc.constant(schema.const);
  if (schema.enum !== undefined) return fc.constantFrom(...schema.enum);
  const choices = schema.anyOf ?? schema.oneOf;
  if (choices !== undefined) return fc.oneof(...choices.map((choice) => arbitraryOf(choice, root)));
  switch (Array.isArray(schema.type) ? schema.type[0] : schema.type) {
    case "object":
      return objectOf(schema, root);
    case "array":
      return fc.array(arbitraryOf(schema.items ?? {}, root), {
        minLength: schema.minItems ?? 0,
        maxLength: Math.min(schema.maxItems ?? 5, 5),
      });
    case "string":
      return stringOf(schema);
    case "integer":
      return numberOf(schema, true);
    case "number":
      return numberOf(schema, false);
    case "boolean":
      return fc.boolean();
    case "null":
      return fc.constant(null);
    default:
      return fc.jsonValue();
  }
}

function objectOf(schema: JsonSchema, root: unknown): fc.Arbitrary<unknown> {
  const { properties = {}, required = [] } = schema;
  return fc.record(
    Object.fromEntries(
      Object.entries(properties).map(([name, part]) => [name, arbitraryOf(part, root)]),
    ),
    { requiredKeys: [...required] },
  );
}

function stringOf({ format, pattern, minLength = 0, maxLength = 64 }: JsonSchema) {
  const known = format === undefined ? undefined : BY_FORMAT[format];
  if (known !== undefined) return known;
  const free = fc.oneof(
    fc.string({ minLength, maxLength: Math.min(maxLength, 64) }),
    fc.constant("Оправа".padEnd(Math.max(minLength, 6), "а").slice(0, Math.max(6, minLength))),
    fc.constant("x".repeat(Math.min(maxLength, 100_000))),
    fc.constant("x".repeat(Math.min(maxLength, 100_000) + 1)),
  );
  if (pattern === undefined) return free;
  try {
    return fc.oneof(fc.stringMatching(new RegExp(pattern)), free);
  } catch {
    return free;
  }
}

function numberOf(schema: JsonSchema, whole: boolean): fc.Arbitrary<number> {
  const low =
    schema.minimum ?? (schema.exclusiveMinimum === undefined ? -1_000 : schema.exclusiveMinimum);
  const high = Math.min(schema.maximum ?? 1_000_000, Number.MAX_SAFE_INTEGER);
  const borders = [low - 1, low, low + 1, high - 1, high, high + 1, 0];
  const inside = whole
    ? fc.integer({ min: Math.max(low, -(2 ** 31)), max: Math.min(high, 2 ** 31 - 1) })
    : fc.oneof(
        fc.integer({ min: low, max: Math.min(high, 1_000_000) }).map((n) => n / 100),
        fc.double({ noNaN: true, noDefaultInfinity: true }),
      );
  return fc.oneof({ weight: 3, arbitrary: inside }, fc.constantFrom(...borders));
}

function resolve(reference: string, root: unknown): JsonSchema {
  return reference
    .replace(/^#\//, "")
    .split("/")
    .reduce<unknown>((node, name) => (node as Record<string, unknown>)[name], root) as JsonSchema;
}
