/** What the schema says about a key: its kind, what is allowed, whether it is a secret. */
import { z } from "zod";
import { configSchema } from "./schema.ts";

export type FieldKind = "text" | "number" | "list" | "flag";

export interface FieldDescription {
  readonly kind: FieldKind;
  readonly allowed: string | null;
  readonly secret: boolean;
}

export function sectionNames(): string[] {
  return Object.keys(configSchema.shape);
}

/** Keys of a section; null if there is no such section. */
export function sectionKeys(section: string): string[] | null {
  const shape = shapeOf(section);
  return shape === null ? null : Object.keys(shape);
}

export function fieldAt(section: string, key: string): FieldDescription | null {
  const field = shapeOf(section)?.[key];
  if (field === undefined) return null;
  const meta = z.globalRegistry.get(field) ?? innerMeta(field);
  return {
    kind: kindOf(field),
    allowed: typeof meta?.allowed === "string" ? meta.allowed : null,
    secret: meta?.secret === true,
  };
}

function shapeOf(section: string): Record<string, z.ZodType> | null {
  if (!Object.hasOwn(configSchema.shape, section)) return null;
  const inner = unwrap(configSchema.shape[section as keyof typeof configSchema.shape]);
  return inner instanceof z.ZodObject ? inner.shape : null;
}

function innerMeta(field: z.ZodType): z.GlobalMeta | undefined {
  const inner = unwrap(field);
  return inner === field ? undefined : (z.globalRegistry.get(inner) ?? undefined);
}

function unwrap(schema: z.ZodType): z.ZodType {
  if (
    schema instanceof z.ZodDefault ||
    schema instanceof z.ZodPrefault ||
    schema instanceof z.ZodOptional
  ) {
    return unwrap(schema.unwrap() as z.ZodType);
  }
  if (schema instanceof z.ZodPipe) return unwrap(schema.in as z.ZodType);
  return schema;
}

function kindOf(field: z.ZodType): FieldKind {
  const inner = unwrap(field);
  if (inner instanceof z.ZodArray) return "list";
  if (inner instanceof z.ZodNumber) return "number";
  if (inner instanceof z.ZodBoolean) return "flag";
  if (inner instanceof z.ZodLiteral) {
    return [...inner.values].every((value) => typeof value === "number") ? "number" : "text";
  }
  return "text";
}
