/** (e) Receipts per second, one after the other, through HTTP on a register that takes no time. */
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { freePort } from "@opticserp/native";
import { TILLS } from "@opticserp/fixtures/data/shop.ts";
import { startBridge } from "@opticserp/fixtures/stand/programs.ts";
import { writeToml } from "@opticserp/fixtures/stand/toml.ts";
import { newSigningKey } from "../../bridge/src/http/testing/browser.ts";
import { commitsOf } from "./metrics.ts";
import { OdooStandIn } from "./odoo-stand-in.ts";
import { acceptedFrameBytes, RawSync } from "./raw-sync.ts";
import { milliseconds } from "./rig.ts";
import { SaleClient } from "./sale-client.ts";
import { spread, type Figure } from "./stats.ts";

const WARM_UP = 100;
const COUNT = 1_000;
const BUDGET_MS = 45_000;
const PER_SECOND = 200;
const COMMITS = 5;
const ORIGIN = "http://odoo.test";
const DEVICE = pathToFileURL(join(import.meta.dirname, "instant-device.ts")).href;

interface Run {
  /** ms of each receipt, HTTP request to answer. */
  readonly times: readonly number[];
  readonly seconds: number;
  /** Of the journal, for each receipt: everything that was committed in that time. */
  readonly commits: number;
}

export async function measureSustained(options: {
  readonly dir: string;
  readonly count: number | null;
}): Promise<Figure[]> {
  const { dir } = options;
  const run = await sell(dir, options.count);
  const frameBytes = acceptedFrameBytes(dir);
  const raw = new RawSync(dir, frameBytes);
  const commits = Math.max(1, Math.round(run.commits));
  const baseline: number[] = [];
  for (let index = 0; index < run.times.length; index += 1) {
    const from = raw.times.length;
    for (let commit = 0; commit < commits; commit += 1) raw.write();
    baseline.push(raw.times.slice(from).reduce((sum, one) => sum + one, 0));
  }
  raw.close();
  const perSecond = run.times.length / run.seconds;
  return [
    {
      id: "e",
      what: "sustained receipts through HTTP, register without latency",
      measured: spread(run.times),
      baseline: {
        what: `${commits} raw writes + fdatasync of ${frameBytes} bytes`,
        spread: spread(baseline),
      },
      target: { of: "value", value: perSecond, unit: "receipts/s", atLeast: PER_SECOND },
      notes: [
        "the shipped bridge with a register in memory in the driver's place (its tickets come at " +
          "once, the bridge reads them), journal with synchronous=FULL, tokens, metrics, a live " +
          "channel and Odoo's deliveries going on meanwhile; one client on one kept connection, " +
          "each receipt directly after the answer to the one before",
      ],
    },
    {
      id: "e",
      what: "journal commits per receipt, deliveries of both legs included",
      measured: null,
      baseline: null,
      target: { of: "value", value: run.commits, unit: "commits", atMost: COMMITS },
      notes: [],
    },
  ];
}

async function sell(dir: string, count: number | null): Promise<Run> {
  const [spec] = TILLS;
  const undo: (() => Promise<unknown> | void)[] = [];
  try {
    const key = await newSigningKey("bench-key");
    const odoo = await OdooStandIn.start(spec!.code, key);
    undo.push(() => odoo.stop());
    const config = join(dir, "bench-instant.toml");
    const port = await freePort();
    writeToml(config, {
      till: { code: spec!.code, timezone: "Europe/Moscow" },
      http: { port, origins: [ORIGIN], rate_limit_rps: 10_000 },
      metrics: { port: 0 },
      journal: { path: join(dir, "bench-instant.sqlite") },
      device: { driver: "shtrih", transport: "tcp", host: "127.0.0.1", port: 1 },
      odoo: { url: odoo.url, database: "none", credential: `${spec!.code}.not-a-secret` },
      auth: { odoo_public_keys: [key.jwk] },
    });
    const bridge = await startBridge({
      name: "bench-instant-bridge",
      dir,
      config,
      env: {
        NODE_OPTIONS: [process.env["NODE_OPTIONS"] ?? "", `--import tsx --import ${DEVICE}`].join(
          " ",
        ),
      },
    });
    undo.push(() => bridge.stop());
    const client = await SaleClient.open({
      url: bridge.ready.http,
      till: spec!.code,
      odoo: key,
      origin: ORIGIN,
    });
    undo.push(() => client.close());
    for (let index = 0; index < WARM_UP; index += 1) await client.sell();
    const before = await commitsOf(bridge.ready.metrics);
    const started = performance.now();
    const deadline = started + (count === null ? BUDGET_MS : Infinity);
    const times: number[] = [];
    while (times.length < (count ?? COUNT) && performance.now() < deadline) {
      const { startedAt, endedAt } = await client.sell();
      times.push(milliseconds(endedAt - startedAt));
    }
    const seconds = (performance.now() - started) / 1_000;
    const commits = ((await commitsOf(bridge.ready.metrics)) - before) / times.length;
    return { times, seconds, commits };
  } finally {
    for (const step of undo.reverse()) await step();
  }
}
