/** `[odoo] credential_file`: the till's credential in a file of its own, which `pair` writes. */
import {
  closeSync,
  fsyncSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeSync,
} from "node:fs";
import { isAbsolute } from "node:path";
import { ConfigError } from "./config-error.ts";
import type { RawConfig } from "./environment.ts";

/**
 * The configuration with `credential` read from its file, where one is named.
 * @throws ConfigError
 */
export function withCredential(raw: RawConfig): RawConfig {
  const path = credentialFile(raw);
  if (path === null) return raw;
  let text: string;
  try {
    text = readFileSync(path, "utf8").trim();
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? String(error);
    throw new ConfigError(
      `odoo.credential_file = ${JSON.stringify(path)}: cannot be read (${code}); ` +
        "the command «pair» writes it",
    );
  }
  return { ...raw, odoo: { ...raw["odoo"], credential: text } };
}

/** @returns null where the configuration names none; @throws ConfigError where it is no path, or not alone */
export function credentialFile(raw: RawConfig): string | null {
  const path = raw["odoo"]?.["credential_file"];
  if (path === undefined) return null;
  if (raw["odoo"]!["credential"] !== undefined) {
    throw new ConfigError("odoo.credential_file: takes the place of credential; give one of them");
  }
  if (typeof path === "string" && isAbsolute(path)) return path;
  throw new ConfigError(
    `odoo.credential_file = ${JSON.stringify(path)}: not allowed; allowed: the absolute path of a file`,
  );
}

export interface SecretFile {
  /** Puts the text into place, at once or not at all; readable by its owner only. */
  write(text: string): void;
  /** Nothing is to be written after all. */
  discard(): void;
}

/**
 * Makes sure that the file can be written before the one-time code is spent.
 * @throws ConfigError
 */
export function openSecretFile(path: string): SecretFile {
  const temporary = `${path}.new`;
  let file: number;
  try {
    rmSync(temporary, { force: true });
    file = openSync(temporary, "wx", 0o600);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? String(error);
    throw new ConfigError(
      `odoo.credential_file = ${JSON.stringify(path)}: cannot be written (${code})`,
    );
  }
  return {
    write(text) {
      writeSync(file, `${text}\n`);
      fsyncSync(file);
      closeSync(file);
      renameSync(temporary, path);
    },
    discard() {
      closeSync(file);
      rmSync(temporary, { force: true });
    },
  };
}
