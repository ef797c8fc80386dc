import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { ConfigError } from "./config-error.ts";
import { checkSerialPath, loadConfig, parseConfig } from "./load.ts";
import type { RawConfig } from "./environment.ts";
import { DEFAULT_TIMERS } from "./timers.ts";

const base = (): RawConfig => ({
  till: { code: "T1", timezone: "Europe/Moscow" },
  journal: { path: "/tmp/journal.sqlite" },
  device: { transport: "serial", path: "/dev/ttyACM0" },
  odoo: { url: "https://odoo.example.ru/", database: "shop", credential: "T1.s3cr3tsecret" },
});

const error = (change: (raw: RawConfig) => void, env: NodeJS.ProcessEnv = {}): string => {
  const raw = base();
  change(raw);
  try {
    parseConfig(raw, env);
  } catch (caught) {
    expect(caught).toBeInstanceOf(ConfigError);
    expect((caught as Error).message).not.toContain("\n");
    return (caught as Error).message;
  }
  throw new Error("no error");
};

describe("configuration", () => {
  it("fills in the defaults", () => {
    const config = parseConfig(base(), {});
    expect(config.http).toEqual({
      host: "127.0.0.1",
      port: 8000,
      origins: [],
      rate_limit_rps: 60,
    });
    expect(config.metrics.port).toBe(9090);
    expect(config.device).toMatchObject({ driver: "shtrih", baud_rate: 115200, password: 30 });
    expect(config.odoo).toMatchObject({
      url: "https://odoo.example.ru",
      heartbeat_ms: 30_000,
      timeout_ms: 2_000,
    });
    expect(config.buffer.capacity).toBe(200);
    expect(config.timers).toEqual(DEFAULT_TIMERS);
    expect(config.timers).toMatchObject({ breaker_probe_ms: 60_000, mode_min_ms: 90_000 });
    expect(config.features).toEqual({ marking: false });
    expect(config.tracing.otlp_url).toBeUndefined();
  });

  it("lets a test programme scale a waiting time, within its range", () => {
    const config = parseConfig(base(), {
      BRIDGE_TIMERS__BREAKER_PROBE_MS: "600",
      BRIDGE_FEATURES__MARKING: "true",
    });
    expect(config.timers).toEqual({ ...DEFAULT_TIMERS, breaker_probe_ms: 600 });
    expect(config.features.marking).toBe(true);
  });

  it("asks an ATOL register for its web server and for no port", () => {
    const raw = base();
    raw.device = { driver: "atol", url: "http://127.0.0.1:16732/" };
    expect(parseConfig(raw, {}).device.url).toBe("http://127.0.0.1:16732");
  });

  it("lets the environment override the file, by kind", () => {
    const config = parseConfig(base(), {
      BRIDGE_HTTP__PORT: "8001",
      BRIDGE_HTTP__ORIGINS: "https://a.example, https://b.example",
      BRIDGE_TILL__TIMEZONE: "Asia/Omsk",
      BRIDGE_DEVICE__BAUD_RATE: "57600",
      BRIDGE_CRASH_AT: "lane.before_close",
      PATH: "/bin",
    });
    expect(config.http.port).toBe(8001);
    expect(config.http.origins).toEqual(["https://a.example", "https://b.example"]);
    expect(config.till.timezone).toBe("Asia/Omsk");
    expect(config.device.baud_rate).toBe(57600);
  });

  it("reads a list of keys from the environment as JSON", () => {
    const key = { kty: "EC", crv: "P-256", x: "eA", y: "eQ", kid: "k1" };
    const config = parseConfig(base(), { BRIDGE_AUTH__ODOO_PUBLIC_KEYS: JSON.stringify([key]) });
    expect(config.auth.odoo_public_keys).toEqual([key]);
  });

  it.each<[string, (raw: RawConfig) => void, RegExp]>([
    ["port", (raw) => (raw.http = { port: 70_000 }), /^http\.port = 70000: .*0 to 65535/],
    ["port type", (raw) => (raw.http = { port: "x" }), /^http\.port = "x": .*whole number/],
    [
      "capacity",
      (raw) => (raw.buffer = { capacity: 301 }),
      /^buffer\.capacity = 301: .*200 to 300/,
    ],
    ["zone", (raw) => (raw.till!.timezone = "Moskau"), /^till\.timezone = "Moskau": .*IANA/],
    ["origin", (raw) => (raw.http = { origins: ["https://a/b"] }), /^http\.origins\.0 = .*no path/],
    ["unknown key", (raw) => (raw.http = { prot: 1 }), /^http\.prot: unknown key; allowed: host, /],
    ["unknown section", (raw) => (raw.htp = {}), /^\[htp\]: unknown section; allowed: till, /],
    ["missing section", (raw) => delete raw.odoo, /^\[odoo\]: section missing/],
    ["missing key", (raw) => delete raw.till!.code, /^till\.code: missing; allowed: .*kkt\.till/],
    ["serial, no path", (raw) => delete raw.device!.path, /^device\.path: missing; .*serial/],
    ["relative path", (raw) => (raw.device!.path = "COM3"), /^device\.path = "COM3": .*absolute/],
    ["tcp, no host", (raw) => (raw.device = { transport: "tcp" }), /^device\.host: missing/],
    ["no transport", (raw) => (raw.device = {}), /^device\.transport: missing; driver = "shtrih"/],
    ["atol, no url", (raw) => (raw.device = { driver: "atol" }), /^device\.url: missing; .*atol/],
    [
      "half a second route",
      (raw) => (raw.ofd = { second_port: 7779 }),
      /^ofd\.second_host: missing; second_host and/,
    ],
    [
      "a local address by name",
      (raw) => (raw.ofd = { second_local_address: "eth1" }),
      /^ofd\.second_local_address = "eth1": .*IP address/,
    ],
    [
      "a timer out of range",
      (raw) => (raw.timers = { mode_min_ms: 1 }),
      /^timers\.mode_min_ms = 1: .*100–600000/,
    ],
    ["a flag", (raw) => (raw.features = { marking: "yes" }), /^features\.marking = "yes": .*true/],
    ["half an ОФД", (raw) => (raw.ofd = { host: "ofd" }), /^ofd\.port: missing; host and port/],
    ["baud rate", (raw) => (raw.device!.baud_rate = 1234), /^device\.baud_rate = 1234: .*115200/],
    [
      "other till",
      (raw) => (raw.odoo!.credential = "T2.s3cr3tsecret"),
      /^odoo\.credential = \(secret\): .*T2/,
    ],
  ])("says in one line what is wrong: %s", (_name, change, expected) => {
    expect(error(change)).toMatch(expected);
  });

  it("names the variable of the environment that fits no key", () => {
    expect(error(() => undefined, { BRIDGE_HTTP__PROT: "1" })).toMatch(
      /^BRIDGE_HTTP__PROT: unknown key of \[http\]; allowed: host, port/,
    );
    expect(error(() => undefined, { BRIDGE_HTP__PORT: "1" })).toMatch(/unknown section/);
    expect(error(() => undefined, { BRIDGE_HTTP__PORT: "1e3" })).toMatch(/^http\.port = "1e3"/);
  });

  it("never shows a secret", () => {
    expect(error((raw) => (raw.odoo!.credential = "hidden"))).not.toContain("hidden");
  });
});

describe("configuration file", () => {
  let folder: string | null = null;
  const write = (source: string): string => {
    folder = mkdtempSync(join(tmpdir(), "config-"));
    const path = join(folder, "config.toml");
    writeFileSync(path, source);
    return path;
  };
  afterEach(() => {
    if (folder !== null) rmSync(folder, { recursive: true });
    folder = null;
  });

  it("tells the line of a syntax error", () => {
    expect(() => loadConfig(write("[http]\nport = = 1\n"), {})).toThrow(/line 2: /);
  });

  it("tells that the file is missing", () => {
    expect(() => loadConfig("/nowhere/config.toml", {})).toThrow(
      "cannot read /nowhere/config.toml: ENOENT",
    );
  });

  it("refuses a key outside of a section", () => {
    expect(() => loadConfig(write("port = 1\n"), {})).toThrow(/stands outside of a section/);
  });

  it("stops at a serial path that is an ordinary file, not at one that is absent", () => {
    const path = write("");
    const raw = base();
    raw.device!.path = path;
    const config = parseConfig(raw, {});
    expect(() => checkSerialPath(config)).toThrow(/^device\.path = .*no serial port/);
    raw.device!.path = "/dev/does-not-exist";
    checkSerialPath(parseConfig(raw, {}));
    raw.device!.path = "/dev/null";
    checkSerialPath(parseConfig(raw, {}));
  });
});
