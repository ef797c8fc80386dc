/**
 * Environment over file: `BRIDGE_HTTP__PORT=8001` is `port` of `[http]`. Lists are written with
 * commas, lists of objects as JSON.
 */
import { ConfigError } from "./config-error.ts";
import { fieldAt, sectionNames, sectionKeys, type FieldKind } from "./describe.ts";

const NAME = /^BRIDGE_([A-Z0-9_]+?)__([A-Z0-9_]+)$/;

export type RawConfig = Record<string, Record<string, unknown>>;

/**
 * @returns the file's content with the environment's values put over it
 * @throws ConfigError for a variable that names no key
 */
export function applyEnvironment(raw: RawConfig, env: NodeJS.ProcessEnv): RawConfig {
  const result = structuredClone(raw);
  for (const [name, value] of Object.entries(env)) {
    const match = NAME.exec(name);
    if (match === null || value === undefined) continue;
    const section = match[1]!.toLowerCase();
    const key = match[2]!.toLowerCase();
    const field = fieldAt(section, key);
    if (field === null) {
      const keys = sectionKeys(section);
      throw new ConfigError(
        keys === null
          ? `${name}: unknown section; allowed: ${sectionNames().join(", ")}`
          : `${name}: unknown key of [${section}]; allowed: ${keys.join(", ")}`,
      );
    }
    (result[section] ??= {})[key] = coerce(value, field.kind);
  }
  return result;
}

/** What can't be read as the key's kind stays text, so that the schema refuses it by name. */
function coerce(value: string, kind: FieldKind): unknown {
  switch (kind) {
    case "text":
      return value;
    case "number":
      return /^-?\d+(\.\d+)?$/.test(value.trim()) ? Number(value) : value;
    case "flag":
      return { true: true, false: false }[value.trim()] ?? value;
    case "list":
      return value.trim().startsWith("[") ? parseJson(value) : splitList(value);
  }
}

function splitList(value: string): string[] {
  return value
    .split(",")
    .map((part) => part.trim())
    .filter((part) => part !== "");
}

function parseJson(value: string): unknown {
  try {
    return JSON.parse(value) as unknown;
  } catch {
    return value;
  }
}
