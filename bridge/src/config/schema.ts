/**
 * Configuration of a bridge: `config.toml`, one section per part. Each key carries in its metadata
 * what is allowed, in words, so that a bad value is answered with one useful line.
 */
import { isAbsolute } from "node:path";
import { z } from "zod";
import { timers } from "./timers.ts";

declare module "zod" {
  interface GlobalMeta {
    /** What a value may be, in words; shown when a value is refused. */
    allowed?: string;
    /** The value is never written to a log or an error. */
    secret?: boolean;
  }
}

const text = (allowed = "a non-empty string") => z.string().trim().min(1).meta({ allowed });
const whole = (min: number, max: number) => z.int().min(min).max(max);
const port = () => whole(1, 65535);
/** 0 lets the system choose; the ready line tells which one it chose. */
const listenPort = () => whole(0, 65535);
const PORT = "a whole number from 1 to 65535";
const LISTEN_PORT = "a whole number from 0 to 65535 (0 = any free port)";
const milliseconds = (min: number, max: number) => `milliseconds, a whole number ${min}–${max}`;

/** `true` for a zone that this Node knows by its IANA name. */
function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat("en", { timeZone: name });
    return true;
  } catch {
    return false;
  }
}

/** `true` for `scheme://host[:port]` and nothing behind it. */
function isOrigin(value: string): boolean {
  return (
    /^https?:$/.test(protocolOf(value)) && URL.canParse(value) && new URL(value).origin === value
  );
}

function protocolOf(value: string): string {
  return URL.canParse(value) ? new URL(value).protocol : "";
}

/** An address without a slash at its end. */
const httpAddress = (allowed: string) =>
  z
    .string()
    .refine((value) => /^https?:$/.test(protocolOf(value)))
    .transform((value) => value.replace(/\/+$/, ""))
    .meta({ allowed });

const till = z.strictObject({
  code: z
    .string()
    .regex(/^[A-Za-z0-9_-]{1,32}$/)
    .meta({ allowed: "the code of kkt.till in Odoo: 1–32 letters, digits, - or _" }),
  timezone: z
    .string()
    .refine(isTimeZone)
    .meta({ allowed: "an IANA time zone, e.g. Europe/Moscow" }),
});

const http = z.strictObject({
  host: text("an address to listen on, e.g. 127.0.0.1").default("127.0.0.1"),
  port: listenPort().default(8000).meta({ allowed: LISTEN_PORT }),
  origins: z
    .array(z.string().refine(isOrigin))
    .default([])
    .meta({ allowed: 'a list of Odoo origins, e.g. ["https://odoo.example.ru"], no path' }),
  rate_limit_rps: whole(1, 10_000)
    .default(60)
    .meta({ allowed: "requests a second and client, a whole number 1–10000" }),
});

const metrics = z.strictObject({
  host: text("an address to listen on, e.g. 127.0.0.1").default("127.0.0.1"),
  port: listenPort().default(9090).meta({ allowed: LISTEN_PORT }),
});

const journal = z.strictObject({
  path: text("the path of the SQLite file, e.g. /var/lib/opticserp/journal.sqlite"),
  snapshots: text(
    "the folder for snapshots of the journal, on another disk if there is one",
  ).optional(),
});

const device = z
  .strictObject({
    driver: z.enum(["shtrih", "atol"]).default("shtrih").meta({ allowed: '"shtrih" or "atol"' }),
    transport: z.enum(["serial", "tcp"]).optional().meta({ allowed: '"serial" or "tcp"' }),
    protocol: z
      .enum(["auto", "v1", "v2"])
      .default("auto")
      .meta({ allowed: '"auto", "v1" or "v2" of the exchange protocol' }),
    path: z
      .string()
      .refine((path) => isAbsolute(path))
      .optional()
      .meta({ allowed: "the absolute path of a serial port, e.g. /dev/ttyACM0" }),
    baud_rate: z
      .literal([2400, 4800, 9600, 19200, 38400, 57600, 115200, 230400, 460800, 921600])
      .default(115200)
      .meta({
        allowed:
          "2400, 4800, 9600, 19200, 38400, 57600, 115200, 230400, 460800 or 921600 (protocol 14h)",
      }),
    host: text("the address of the register").optional(),
    port: port().optional().meta({ allowed: PORT }),
    password: whole(0, 99_999_999)
      .default(30)
      .meta({ allowed: "the system administrator's password, 0–99999999", secret: true }),
    url: httpAddress("the address of ATOL's web server, e.g. http://127.0.0.1:16732").optional(),
    device_id: text("the register's id in ATOL's web server").optional(),
    web_login: text("the login of ATOL's web server").optional(),
    web_password: z
      .string()
      .optional()
      .meta({ allowed: "the password of ATOL's web server", secret: true }),
  })
  .superRefine((value, context) => {
    for (const [key, why] of neededOf(value)) {
      if (value[key] === undefined) {
        context.addIssue({ code: "custom", path: [key], message: `missing; ${why} needs it` });
      }
    }
  });

function neededOf({
  driver,
  transport,
}: {
  readonly driver: "shtrih" | "atol";
  readonly transport?: "serial" | "tcp" | undefined;
}): readonly (readonly ["url" | "transport" | "path" | "host" | "port", string])[] {
  if (driver === "atol") return [["url", 'driver = "atol"']];
  if (transport === undefined) return [["transport", 'driver = "shtrih"']];
  const why = `transport = "${transport}"`;
  if (transport === "serial") return [["path", why]];
  return [
    ["host", why],
    ["port", why],
  ];
}

const ofd = z
  .strictObject({
    host: text("the address of the ОФД; default: table 19 of the register").optional(),
    port: port().optional().meta({ allowed: PORT }),
    second_host: text("another address of the same ОФД, tried when the first one fails").optional(),
    second_port: port().optional().meta({ allowed: PORT }),
    second_local_address: z.union([z.ipv4(), z.ipv6()]).optional().meta({
      allowed: "an IP address of this machine from which the second route goes, e.g. 10.0.8.2",
    }),
    timeout_ms: whole(100, 300_000)
      .default(10_000)
      .meta({ allowed: milliseconds(100, 300_000) }),
    poll_ms: whole(100, 3_600_000)
      .default(15_000)
      .meta({ allowed: milliseconds(100, 3_600_000) }),
  })
  .superRefine((value, context) => {
    const pairs = [
      ["host", "port"],
      ["second_host", "second_port"],
    ] as const;
    for (const [host, port] of pairs) {
      if ((value[host] === undefined) === (value[port] === undefined)) continue;
      context.addIssue({
        code: "custom",
        path: [value[host] === undefined ? host : port],
        message: `missing; ${host} and ${port} are given together or not at all`,
      });
    }
  });

const odoo = z.strictObject({
  url: httpAddress("the address of Odoo, e.g. https://odoo.example.ru"),
  database: text("the name of the Odoo database"),
  credential: z
    .string()
    .regex(/^[A-Za-z0-9_-]{1,32}\.[\x21-\x7e]{8,256}$/)
    .meta({
      allowed: "<till code>.<secret>, as kkt.till gave it; or credential_file",
      secret: true,
    }),
  credential_file: z.string().optional().meta({
    allowed: "the absolute path of the file into which the command pair writes the credential",
  }),
  heartbeat_ms: whole(1_000, 600_000)
    .default(30_000)
    .meta({ allowed: milliseconds(1_000, 600_000) }),
  timeout_ms: whole(100, 60_000)
    .default(2_000)
    .meta({ allowed: milliseconds(100, 60_000) }),
  sync_timeout_ms: whole(100, 300_000)
    .default(15_000)
    .meta({ allowed: milliseconds(100, 300_000) }),
});

const publicKey = z.strictObject({
  kty: z.literal("EC"),
  crv: z.literal("P-256"),
  x: z.string().min(1),
  y: z.string().min(1),
  kid: z.string().min(1),
  alg: z.literal("ES256").optional(),
  use: z.literal("sig").optional(),
});

const auth = z.strictObject({
  odoo_public_keys: z
    .array(publicKey)
    .default([])
    .meta({ allowed: "a list of public JWK {kty = EC, crv = P-256, x, y, kid}" }),
});

const buffer = z.strictObject({
  capacity: whole(200, 300).default(200).meta({ allowed: "a whole number from 200 to 300" }),
});

const log = z.strictObject({
  level: z
    .enum(["error", "warn", "info", "debug"])
    .default("info")
    .meta({ allowed: "error, warn, info or debug" }),
  file: text("the path of a log file").optional(),
});

const features = z.strictObject({
  marking: z.boolean().default(false).meta({ allowed: "true or false" }),
});

const tracing = z.strictObject({
  otlp_url: httpAddress(
    "where spans go by OTLP over HTTP, e.g. http://127.0.0.1:4318/v1/traces; absent: nowhere",
  ).optional(),
});

export const configSchema = z
  .strictObject({
    till,
    http: http.prefault({}),
    metrics: metrics.prefault({}),
    journal,
    device,
    ofd: ofd.prefault({}),
    odoo,
    auth: auth.prefault({}),
    buffer: buffer.prefault({}),
    log: log.prefault({}),
    timers: timers.prefault({}),
    features: features.prefault({}),
    tracing: tracing.prefault({}),
  })
  .superRefine((value, context) => {
    const owner = value.odoo.credential.split(".", 1)[0];
    if (owner !== value.till.code) {
      context.addIssue({
        code: "custom",
        path: ["odoo", "credential"],
        message: `is the credential of till ${owner}, not of ${value.till.code}`,
      });
    }
  });

/** A checked configuration; times in milliseconds. */
export type Config = z.infer<typeof configSchema>;
/** A public key of Odoo, ES256, as JWK. */
export type PublicKeyJwk = z.infer<typeof publicKey>;
export { publicKey as publicKeySchema };
