/**
 * A bridge that can't start says why in one line and leaves with a code; one whose register is not
 * there stays up, says why in Russian, takes no receipt, and sells once the port appears.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import {
  mkdtempSync,
  readFileSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { createServer } from "node:net";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { TILLS } from "@opticserp/fixtures/data/shop.ts";
import {
  BridgeClient,
  signingKey,
  type SigningKey,
} from "@opticserp/fixtures/stand/bridge-client.ts";
import { until } from "@opticserp/fixtures/stand/control.ts";
import {
  startBridge,
  startKkt,
  type BridgeReady,
  type KktReady,
} from "@opticserp/fixtures/stand/programs.ts";
import type { Service } from "@opticserp/fixtures/stand/service.ts";
import { mergeSections, writeToml, type Sections } from "@opticserp/fixtures/stand/toml.ts";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { failedStart } from "./failed-start.ts";
import { journalTrace } from "./journal-trace.ts";

const [SPEC] = TILLS;
if (SPEC === undefined) throw new Error("no till");
const TILL = SPEC.code;
/** What `FirstContact` waits for a register before it refuses receipts, ms. */
const GRACE_MS = 5_000;

let folder: string;
let odoo: SigningKey;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "bad-start-"));
  odoo = await signingKey();
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const journalOf = (name: string) => join(folder, `${name}.sqlite`);

/** A good configuration with what the case changes; @returns its path */
function config(name: string, change: Sections = {}): string {
  const good: Sections = {
    till: { code: TILL, timezone: "Europe/Moscow" },
    http: { port: 0 },
    metrics: { port: 0 },
    journal: { path: journalOf(name) },
    device: { transport: "serial", path: join(folder, `${name}.tty`) },
    odoo: { url: "http://127.0.0.1:9", database: "none", credential: `${TILL}.not-a-secret` },
    auth: { odoo_public_keys: [odoo.publicJwk] },
  };
  const path = join(folder, `${name}.toml`);
  writeToml(path, mergeSections(good, change));
  return path;
}

describe("one line and an exit code", () => {
  const CONFIG = 78;
  it.each<[string, Sections, Record<string, string>, RegExp]>([
    ["a port that is none", { http: { port: 99_999 } }, {}, /^config: http\.port = 99999: .*65535/],
    [
      "an unknown transport",
      { device: { transport: "usb" } },
      {},
      /^config: device\.transport = "usb": .*"serial" or "tcp"/,
    ],
    [
      "TCP without an address",
      { device: { transport: "tcp" } },
      {},
      /^config: device\.host: missing; transport = "tcp" needs it/,
    ],
    [
      "a file as serial port",
      { device: { path: "/etc/passwd" } },
      {},
      /^config: device\.path = "\/etc\/passwd": is no serial port/,
    ],
    ["an unknown key", { device: { speed: 9600 } }, {}, /^config: device\.speed/],
    [
      "a zone on the moon",
      { till: { timezone: "Moon/Base" } },
      {},
      /^config: till\.timezone = "Moon\/Base": .*IANA/,
    ],
    [
      "another till's credential",
      { odoo: { credential: "T9.not-a-secret" } },
      {},
      /^config: odoo\.credential = \(secret\): is the credential of till T9/,
    ],
    [
      "a bad value of the environment",
      {},
      { BRIDGE_HTTP__PORT: "eighty" },
      /^config: .*(http\.port|BRIDGE_HTTP__PORT)/,
    ],
    [
      "an unknown crash point",
      {},
      { BRIDGE_CRASH_AT: "nowhere" },
      /^config: BRIDGE_CRASH_AT=nowhere/,
    ],
  ])("%s", async (_what, change, env, line) => {
    const { code, lines } = await failedStart(config("wrong", change), env);
    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatch(line);
    expect(lines[0]).not.toContain("not-a-secret");
    expect(code).toBe(CONFIG);
  });

  it("a configuration that is missing, or no TOML", async () => {
    expect(await failedStart(join(folder, "nowhere.toml"))).toEqual({
      code: CONFIG,
      lines: [`config: cannot read ${join(folder, "nowhere.toml")}: ENOENT`],
    });
    const path = join(folder, "broken.toml");
    writeFileSync(path, "[till]\ncode = T1\n");
    const { code, lines } = await failedStart(path);
    expect([code, lines.length]).toEqual([CONFIG, 1]);
    expect(lines[0]).toMatch(/^config: .*broken\.toml, line 2: /);
  });

  it.each(["http", "metrics"])("a port in use: [%s]", async (section) => {
    const other = createServer().listen(0, "127.0.0.1");
    await once(other, "listening");
    const { port } = other.address() as AddressInfo;
    const { code, lines } = await failedStart(config("port", { [section]: { port } }));
    other.close();
    expect(lines).toEqual([
      `cannot listen on 127.0.0.1:${port} ([${section}] host, port): the port is in use`,
    ]);
    expect(code).toBe(1);
  });

  it("a journal that is none", async () => {
    const garbage = "this was never a database\n".repeat(100);
    writeFileSync(journalOf("garbage"), garbage);
    const { code, lines } = await failedStart(config("garbage"));
    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatch(/^journal: журнал .*garbage\.sqlite повреждён/);
    // starting again can't help, so nobody shall try: a person restores it, and it is kept as it is
    expect(code).toBe(78);
    expect(readFileSync(journalOf("garbage"), "utf8")).toBe(garbage);
  });
});

describe("a register that is not there", () => {
  let kkt: Service<KktReady>;
  let bridge: Service<BridgeReady>;
  let client: BridgeClient;

  const port = () => join(folder, "absent.tty");
  beforeAll(async () => {
    kkt = await startKkt({
      name: "bad-start-kkt",
      dir: folder,
      fn: SPEC.fn,
      inn: "7707083893",
      rnm: SPEC.rnm,
      printMs: 0,
      ofd: "127.0.0.1:9",
      timezone: "Europe/Moscow",
      user: "ООО Оптика",
      address: "Москва",
    });
    bridge = await startBridge({ name: "bad-start", dir: folder, config: config("absent") });
    const started = performance.now();
    client = new BridgeClient(bridge.ready.http, TILL, odoo);
    const graceOver = () => Promise.resolve(performance.now() - started > GRACE_MS);
    await until("the bridge has looked for five seconds", graceOver);
  });
  afterAll(async () => {
    expect(await bridge.stop()).toEqual({ code: 0, signal: null });
    await kkt.stop();
  });

  interface Status {
    readonly device: { readonly state: string; readonly reason: string | null };
    readonly fn: unknown;
  }
  const status = async () => (await client.request<Status>("GET", "/v1/kkt/status")).body;

  /** The receipt is refused with the words of the status, and leaves no trace. */
  async function expectRefused(reason: RegExp): Promise<void> {
    await until("the reason", async () => reason.test((await status()).device.reason ?? ""));
    const before = journalTrace(journalOf("absent"));
    const answer = await client.sell(crypto.randomUUID());
    expect(answer).toMatchObject({ status: 503, body: { code: "device_unavailable" } });
    expect(answer.body.detail).toMatch(reason);
    expect(journalTrace(journalOf("absent"))).toEqual(before);
    expect((await fetch(`${bridge.ready.http}/v1/ready`)).status).toBe(503);
    expect((await fetch(`${bridge.ready.http}/v1/health`)).status).toBe(200);
  }

  it("no such port: up, not ready, and it says why", async () => {
    expect(await status()).toMatchObject({ device: { state: "unavailable" }, fn: null });
    await expectRefused(/^Порт .*absent\.tty не найден: проверьте кабель и имя порта\.$/);
  });

  it("its journal belongs to it: a second bridge does not start", async () => {
    const path = config("second", { journal: { path: journalOf("absent") } });
    const { code, lines } = await failedStart(path);
    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatch(/^journal: журнал .*absent\.sqlite уже открыт другим процессом/);
    expect(code).toBe(1);
  });

  it("the port is another program's", async () => {
    const device = readlinkSync(kkt.ready.pty ?? "");
    const holder = spawn("flock", ["--nonblock", "--no-fork", device, "sleep", "60"]);
    await once(holder, "spawn");
    symlinkSync(device, port());
    await expectRefused(/^Порт .*absent\.tty занят другой программой\.$/);
    const gone = once(holder, "exit");
    holder.kill();
    await gone;
  });

  it("sells as soon as the port is there and free", async () => {
    await until("the register answers", async () => (await status()).device.state === "ready");
    const answer = await client.sell(crypto.randomUUID());
    expect(answer).toMatchObject({ status: 200, body: { state: "fiscalized" } });
  });
});
