import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { ConfigError } from "../config/config-error.ts";
import type { Config } from "../config/schema.ts";
import { JournalError } from "../journal/journal-error.ts";
import { explain, StartError } from "./errors.ts";
import { createProgram } from "./program.ts";

const GOOD = `
[till]
code = "T1"
timezone = "Europe/Moscow"
[journal]
path = "journal.sqlite"
[device]
transport = "tcp"
host = "127.0.0.1"
port = 7778
[odoo]
url = "http://127.0.0.1:8069"
database = "shop"
credential = "T1.secret-secret"
`;

describe("command line", () => {
  let folder: string;
  let served: Config[];
  let printed: string[];
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "cli-"));
    served = [];
    printed = [];
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const run = (words: string[], env: NodeJS.ProcessEnv = {}): Promise<unknown> =>
    createProgram({
      version: "1.2.3",
      env,
      serve: (config) => {
        served.push(config);
        return Promise.resolve();
      },
      print: (line) => printed.push(line),
    }).parseAsync(words, { from: "user" });
  const file = (source: string): string => {
    const path = join(folder, "config.toml");
    writeFileSync(path, source);
    return path;
  };

  it("serves without a command, with the environment over the file", async () => {
    await run(["--config", file(GOOD)], { BRIDGE_HTTP__PORT: "8001" });
    await run(["serve", "--config", file(GOOD)]);
    expect(served.map((config) => config.http.port)).toEqual([8001, 8000]);
  });

  it("checks a configuration without serving", async () => {
    await run(["config", "check", "--config", file(GOOD)]);
    expect(printed).toEqual([`${join(folder, "config.toml")}: ok, till T1`]);
    expect(served).toEqual([]);
    await expect(run(["config", "check", "--config", file("[till]\n")])).rejects.toThrow(
      ConfigError,
    );
  });

  it("explains what was foreseen in one line, with an exit code", () => {
    expect(explain(new ConfigError("http.port = 1\n2"))).toEqual({
      line: "config: http.port = 1 2",
      code: 78,
    });
    expect(explain(new StartError("x"))).toEqual({ line: "x", code: 1 });
    expect(explain(new JournalError("locked", "занят"))).toEqual({
      line: "journal: занят",
      code: 1,
    });
    expect(explain(new TypeError("bug"))).toBeNull();
  });
});
