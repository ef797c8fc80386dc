/**
 * What the figures of the bridge are measured on: the bridge as it is shipped, with the probe in
 * it, the emulators of register (zero print time) and ОФД, each a process of its own.
 */
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { pathToFileURL } from "node:url";
import { freePort } from "@opticserp/native";
import { TILLS } from "@opticserp/fixtures/data/shop.ts";
import { startOfd } from "@opticserp/fixtures/stand/programs.ts";
import { TillStand } from "@opticserp/fixtures/stand/till.ts";
import { newSigningKey } from "../../bridge/src/http/testing/browser.ts";
import { OdooStandIn } from "./odoo-stand-in.ts";
import { PROBE_FILE, readRecords, type ProbeRecord } from "./probe-record.ts";
import { SaleClient, type Sale } from "./sale-client.ts";

/** How long the bridge must have had nothing to say to Odoo to be at rest, ms. */
const QUIET_MS = 40;
/** Pause after what the bench itself does to the disk, so that no sale pays for it, ms. */
const PAUSE_MS = 20;
const ORIGIN = "http://odoo.test";
const PROBE = pathToFileURL(join(import.meta.dirname, "probe.ts")).href;

export interface Rig {
  readonly client: SaleClient;
  /** Resolves once the sale is delivered to ОФД and Odoo and the bridge has come to rest. */
  rest(key: string): Promise<void>;
  /** Ends everything; what the probe saw, by key. */
  finish(): Promise<ReadonlyMap<string, ProbeRecord>>;
}

/** @param dir exists; the journal goes there too */
export async function startRig(dir: string, transport: "serial" | "tcp"): Promise<Rig> {
  const spec = TILLS[0];
  if (!spec) throw new Error("the demo shop has no till");
  const name = `bench-${transport}`;
  const records = join(dir, `${name}-probe.json`);
  const undo: (() => Promise<unknown> | void)[] = [];
  const stop = async () => {
    for (const step of undo.splice(0).reverse()) await step();
  };
  try {
    const key = await newSigningKey("bench-key");
    const odoo = await OdooStandIn.start(spec.code, key);
    undo.push(() => odoo.stop());
    const ofd = await startOfd({ name: `${name}-ofd`, dir });
    undo.push(() => ofd.stop());
    const till = await TillStand.startRegister(
      {
        stand: name,
        dir,
        spec,
        printMs: 0,
        transport,
        ofd: ofd.ready.listen,
        odoo: { url: odoo.url, database: "none", credential: `${spec.code}.not-a-secret` },
        origins: [ORIGIN],
        config: {
          auth: { odoo_public_keys: [key.jwk] },
          // the bench asks as fast as it is answered
          http: { rate_limit_rps: 10_000 },
        },
      },
      await freePort(),
    );
    undo.push(() => till.stop());
    await till.startBridge({
      NODE_OPTIONS: [process.env["NODE_OPTIONS"] ?? "", "--import tsx", `--import ${PROBE}`].join(
        " ",
      ),
      [PROBE_FILE]: records,
    });
    const client = await SaleClient.open({
      url: till.url,
      till: spec.code,
      odoo: key,
      origin: ORIGIN,
    });
    undo.push(() => client.close());
    return {
      client,
      async rest(sold) {
        await client.delivered(sold);
        await odoo.quiet(QUIET_MS);
      },
      async finish() {
        await stop();
        return readRecords(records);
      },
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** A sale with what the probe saw of it. */
export interface Traced {
  readonly sale: Sale;
  readonly record: ProbeRecord;
}

export interface SellOptions {
  readonly warmUp: number;
  readonly count: number;
  /** Ends with fewer sales when this much time has gone, ms. */
  readonly budgetMs: number;
  /** Done after each sale that counts, at rest and with a pause behind it. */
  readonly between?: () => void;
}

/**
 * Sells `warmUp + count` times, one after the other, each after the one before was delivered to ОФД
 * and Odoo and the bridge was at rest, as at a till whose customers come one by one.
 *
 * @returns the sales that count, at least one
 */
export async function sellOn(
  dir: string,
  transport: "serial" | "tcp",
  { warmUp, count, budgetMs, between }: SellOptions,
): Promise<readonly Traced[]> {
  const rig = await startRig(dir, transport);
  const sales: Sale[] = [];
  try {
    const deadline = performance.now() + budgetMs;
    for (let index = -warmUp; index < count; index += 1) {
      if (index > 0 && performance.now() > deadline) break;
      const sale = await rig.client.sell();
      await rig.rest(sale.key);
      if (index < 0) continue;
      sales.push(sale);
      between?.();
      await sleep(PAUSE_MS);
    }
  } catch (error) {
    await rig.finish().catch(() => undefined);
    throw error;
  }
  const records = await rig.finish();
  return sales.map((sale) => {
    const record = records.get(sale.key);
    if (!record) throw new Error(`the probe has not seen ${sale.key}`);
    return { sale, record };
  });
}

/** From ns of the monotonic clock to ms. */
export const milliseconds = (ns: bigint): number => Number(ns) / 1e6;
