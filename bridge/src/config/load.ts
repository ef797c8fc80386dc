/** Reads and checks the configuration. Every mistake is a `ConfigError` with one line. */
import { readFileSync, statSync } from "node:fs";
import { parse, TomlError } from "smol-toml";
import type { z } from "zod";
import { ConfigError } from "./config-error.ts";
import { credentialFile, withCredential } from "./credential-file.ts";
import { fieldAt, sectionKeys, sectionNames } from "./describe.ts";
import { applyEnvironment, type RawConfig } from "./environment.ts";
import { configSchema, type Config } from "./schema.ts";

/** @throws ConfigError */
export function loadConfig(path: string, env: NodeJS.ProcessEnv): Config {
  return parseConfig(readToml(path), env);
}

/** @throws ConfigError */
export function parseConfig(raw: RawConfig, env: NodeJS.ProcessEnv): Config {
  return checked(withCredential(applyEnvironment(raw, env)));
}

/**
 * For the command `pair`: the configuration as it will be once the credential's file is there.
 * @throws ConfigError
 */
export function loadForPairing(
  path: string,
  env: NodeJS.ProcessEnv,
): { readonly config: Config; readonly file: string } {
  const merged = applyEnvironment(readToml(path), env);
  const file = credentialFile(merged);
  if (file === null) {
    throw new ConfigError(
      "odoo.credential_file: missing; the credential of the pairing goes there",
    );
  }
  const code = merged["till"]?.["code"];
  const credential = `${String(code)}.to-be-redeemed`;
  return { config: checked({ ...merged, odoo: { ...merged["odoo"], credential } }), file };
}

function checked(raw: RawConfig): Config {
  const result = configSchema.safeParse(raw);
  if (result.success) return result.data;
  throw new ConfigError(describeIssue(result.error.issues[0]!, raw));
}

/**
 * A serial path that exists but is no character device is a slip of the configuration and stops
 * the start; one that does not exist is a cable that is out, and the till waits for it.
 * @throws ConfigError
 */
export function checkSerialPath(config: Config): void {
  const { transport, path } = config.device;
  if (transport !== "serial" || path === undefined) return;
  const stat = statSync(path, { throwIfNoEntry: false });
  if (stat !== undefined && !stat.isCharacterDevice()) {
    throw new ConfigError(
      `device.path = ${JSON.stringify(path)}: is no serial port; allowed: ${fieldAt("device", "path")?.allowed}`,
    );
  }
}

function readToml(path: string): RawConfig {
  let source: string;
  try {
    source = readFileSync(path, "utf8");
  } catch (error) {
    throw new ConfigError(`cannot read ${path}: ${(error as NodeJS.ErrnoException).code}`);
  }
  try {
    return asSections(parse(source));
  } catch (error) {
    if (error instanceof TomlError) {
      const what = error.message.split("\n", 1)[0];
      throw new ConfigError(`${path}, line ${error.line}: ${what}`);
    }
    throw error;
  }
}

function asSections(table: Record<string, unknown>): RawConfig {
  for (const [name, value] of Object.entries(table)) {
    if (typeof value !== "object" || value === null || Array.isArray(value)) {
      throw new ConfigError(
        `${name} = ${show(value)}: stands outside of a section; allowed: [${sectionNames().join("], [")}]`,
      );
    }
  }
  return table as RawConfig;
}

function describeIssue(issue: z.core.$ZodIssue, raw: RawConfig): string {
  const [section, key] = issue.path.map(String);
  if (issue.code === "unrecognized_keys" && issue.path.length < 2) {
    const unknown = issue.keys[0]!;
    return section === undefined
      ? `[${unknown}]: unknown section; allowed: ${sectionNames().join(", ")}`
      : `${section}.${unknown}: unknown key; allowed: ${sectionKeys(section)?.join(", ")}`;
  }
  if (section === undefined) return issue.message;
  if (key === undefined) return `[${section}]: section missing`;
  const field = fieldAt(section, key);
  const value = raw[section]?.[key];
  const allowed = field?.allowed == null ? "" : `; allowed: ${field.allowed}`;
  const name = issue.path.map(String).join(".");
  if (value === undefined) {
    const why = issue.code === "custom" ? issue.message : "missing";
    return `${name}: ${why}${allowed}`;
  }
  const shown = field?.secret === true ? "(secret)" : show(value);
  const why =
    issue.code === "custom" && issue.message !== "Invalid input" ? issue.message : "not allowed";
  return `${name} = ${shown}: ${why}${allowed}`;
}

/** One short line of a value. */
function show(value: unknown): string {
  const text = JSON.stringify(value) ?? String(value);
  return text.length > 120 ? `${text.slice(0, 117)}…` : text;
}
