/** zod's issues in the words of people: a field's path and one Russian sentence. */
import type { z } from "zod";

export interface FieldError {
  /** `items[2].price`; `body` for the whole. */
  readonly field: string;
  /** Russian. */
  readonly message: string;
}

export function fieldErrors(error: z.ZodError): FieldError[] {
  return error.issues.flatMap((issue) =>
    issue.code === "unrecognized_keys"
      ? issue.keys.map((key) => ({
          field: fieldPath([...issue.path, key]),
          message: "неизвестное поле",
        }))
      : [{ field: fieldPath(issue.path), message: issue.message }],
  );
}

/** `["items", 2, "price"]` → `items[2].price` */
export function fieldPath(path: readonly PropertyKey[]): string {
  let text = "";
  for (const part of path) {
    if (typeof part === "number") text += `[${part}]`;
    else text += (text === "" ? "" : ".") + String(part);
  }
  return text === "" ? "body" : text;
}

const TYPES: Readonly<Record<string, string>> = {
  string: "строка",
  number: "число",
  int: "целое число",
  boolean: "true или false",
  object: "объект",
  array: "список",
  null: "null",
};

/** Message for an issue that carries none of its own; undefined leaves the schema's message. */
export function russianMessage(issue: z.core.$ZodRawIssue): string | undefined {
  switch (issue.code) {
    case "invalid_type":
      if (issue.input === undefined) return "обязательное поле";
      return `ожидается ${TYPES[issue.expected] ?? issue.expected}`;
    case "invalid_value":
      return `допустимы: ${issue.values.map(String).join(", ")}`;
    case "too_small":
      if (issue.origin === "array") return `не меньше ${issue.minimum} строк`;
      if (issue.origin === "string") return "не может быть пустым";
      return `не меньше ${issue.minimum}`;
    case "too_big":
      if (issue.origin === "array") return `не больше ${issue.maximum} строк`;
      if (issue.origin === "string") return `не длиннее ${issue.maximum} символов`;
      return `не больше ${issue.maximum}`;
    case "invalid_format":
      return "неверный формат";
    case "unrecognized_keys":
      return "неизвестное поле";
    default:
      return undefined;
  }
}
