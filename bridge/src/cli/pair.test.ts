import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { loadConfig } from "../config/load.ts";
import { createProgram } from "./program.ts";

const SECRET = "s3cret-of-the-till-0123456789abcdefghijklmno";

let folder: string;
let server: Server;
let url: string;
let asked: { path: string; database: string | undefined; body: Record<string, unknown> }[];
let answer: { status: number; body: unknown };
let printed: string[];

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "pair-"));
  asked = [];
  printed = [];
  const result = { till: "T1", secret: SECRET, database: "shop", database_uuid: "u", keys: [] };
  answer = { status: 200, body: { jsonrpc: "2.0", id: 1, result } };
  server = createServer((request, response) => {
    let text = "";
    request.on("data", (chunk: Buffer) => (text += chunk.toString()));
    request.on("end", () => {
      const database = request.headers["x-odoo-database"] as string | undefined;
      const body = JSON.parse(text) as Record<string, unknown>;
      asked.push({ path: request.url ?? "", database, body });
      response.writeHead(answer.status, { "Content-Type": "application/json" });
      response.end(typeof answer.body === "string" ? answer.body : JSON.stringify(answer.body));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterEach(async () => {
  rmSync(folder, { recursive: true });
  await new Promise((resolve) => {
    server.close(resolve);
    server.closeAllConnections();
  });
});

const secretFile = (): string => join(folder, "credential");

function config(odoo: Record<string, string> = {}): string {
  const path = join(folder, "config.toml");
  const members = { url, database: "shop", credential_file: secretFile(), ...odoo };
  const lines = Object.entries(members).map(([key, value]) => `${key} = "${value}"`);
  writeFileSync(
    path,
    `[till]\ncode = "T1"\ntimezone = "Europe/Moscow"\n[journal]\npath = "journal.sqlite"\n` +
      `[device]\ntransport = "tcp"\nhost = "127.0.0.1"\nport = 7778\n[odoo]\n${lines.join("\n")}\n`,
  );
  return path;
}

function pair(...words: string[]): Promise<unknown> {
  return createProgram({
    version: "1.2.3",
    env: {},
    serve: () => Promise.resolve(),
    print: (line) => printed.push(line),
  }).parseAsync(["pair", ...words], { from: "user" });
}

describe("pair", () => {
  it("redeems the code and puts the credential where the bridge finds it, for its owner only", async () => {
    const path = config();
    expect(() => loadConfig(path, {})).toThrow(/credential_file.*«pair»/);
    await pair("--code", "abcd-2345", "--config", path);
    expect(asked).toEqual([
      {
        path: "/kkt/v1/pair",
        database: "shop",
        body: { jsonrpc: "2.0", id: 1, params: { code: "ABCD2345", version: "1.2.3" } },
      },
    ]);
    expect(loadConfig(path, {}).odoo.credential).toBe(`T1.${SECRET}`);
    expect(statSync(secretFile()).mode & 0o777).toBe(0o600);
    expect(readdirSync(folder).sort()).toEqual(["config.toml", "credential"]);
    expect(printed.join("\n")).toContain("T1");
    expect(printed.join("\n")).not.toContain(SECRET);
  });

  it("takes the place of an older credential, and says where the configuration differs", async () => {
    writeFileSync(secretFile(), "T1.of-before-1234\n", { mode: 0o644 });
    const path = config({ url: "http://odoo.example.ru", database: "other" });
    await pair("--code", "ABCD2345", "--odoo", `${url}/`, "--database", "shop", "--config", path);
    expect(readFileSync(secretFile(), "utf8")).toBe(`T1.${SECRET}\n`);
    expect(statSync(secretFile()).mode & 0o777).toBe(0o600);
    expect(asked[0]!.database).toBe("shop");
    expect(printed.filter((line) => line.startsWith("Внимание"))).toHaveLength(2);
  });

  it("writes nothing where the code is not taken, and says what helps", async () => {
    const error = (data: unknown, code = 0) => ({
      jsonrpc: "2.0",
      id: 1,
      error: { code, message: "Refused", data },
    });
    const denied = { name: "odoo.exceptions.AccessDenied", message: "no" };
    const other = { till: "T2", secret: SECRET, database: "shop" };
    const cases: [number, unknown, RegExp][] = [
      [200, error(denied), /неизвестен, использован или истёк/],
      [429, error({ name: "x", message: "" }, 429), /через минуту/],
      [200, error({ name: "odoo.exceptions.UserError", message: "Нельзя." }), /Нельзя/],
      [200, { jsonrpc: "2.0", id: 1, result: other }, /кассы T2/],
      [404, "<html>", /не Odoo с кассами/],
      [200, { result: { till: "T1" } }, /не Odoo с кассами/],
    ];
    const path = config();
    for (const [status, body, why] of cases) {
      answer = { status, body };
      await expect(pair("--code", "ABCD2345", "--config", path)).rejects.toThrow(why);
      expect(readdirSync(folder)).toEqual(["config.toml"]);
    }
    await expect(
      pair("--code", "ABCD2345", "--odoo", "http://127.0.0.1:1", "--config", path),
    ).rejects.toThrow(/не отвечает/);
  });

  it("spends no code on a slip of the command or the configuration", async () => {
    const path = config();
    for (const code of ["ABCD", "ABCD-234O", "ABCD-2345-6", "привет12"]) {
      await expect(pair("--code", code, "--config", path)).rejects.toThrow(/Код привязки/);
    }
    const good = ["--code", "ABCD2345"];
    await expect(pair(...good, "--odoo", "ftp://x", "--config", path)).rejects.toThrow(/адрес/);
    const missing = config({ credential_file: join(folder, "no", "such") });
    await expect(pair(...good, "--config", missing)).rejects.toThrow(/cannot be written/);
    const relative = config({ credential_file: "credential" });
    await expect(pair(...good, "--config", relative)).rejects.toThrow(/absolute path/);
    const both = config({ credential: "T1.secret-secret" });
    await expect(pair(...good, "--config", both)).rejects.toThrow(/one of them/);
    expect(() => loadConfig(both, {})).toThrow(/one of them/);
    expect(asked).toEqual([]);
  });

  it("gives the bridge no credential of another till", () => {
    writeFileSync(secretFile(), "T2.secret-secret\n");
    expect(() => loadConfig(config(), {})).toThrow(/till T2, not of T1/);
    writeFileSync(secretFile(), "");
    expect(() => loadConfig(config(), {})).toThrow(/odoo\.credential/);
  });
});
