/** The shop of the campaign: one real Odoo behind a link that fails, one ОФД, and the tills. */
import { cpSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { freePort, repoRoot } from "@opticserp/native";
import { rotateCredential } from "@opticserp/fixtures/data/load.ts";
import type { OdooClient } from "@opticserp/fixtures/data/odoo-client.ts";
import { tillSpecs } from "@opticserp/fixtures/data/shop.ts";
import { KktControl, OfdControl } from "@opticserp/fixtures/stand/control.ts";
import { NoisyLine } from "@opticserp/fixtures/stand/noisy-line.ts";
import { Stand } from "@opticserp/fixtures/stand/stand.ts";
import { TillClock } from "@opticserp/fixtures/stand/till-clock.ts";
import { TillStand } from "@opticserp/fixtures/stand/till.ts";
import type { Sections } from "@opticserp/fixtures/stand/toml.ts";
import type { Certificate } from "../../pos_ui/src/optics_pos_ru54fz/app/bridge/identity.ts";
import { Link } from "../support/gate.ts";
import { Outages } from "./outages.ts";
import { Page } from "./page.ts";
import { ChaosTill } from "./till.ts";

/**
 * What differs from the product's own configuration: waiting times only, so that a campaign spends
 * its hour on faults and not on pauses. All of it is printed in the report.
 */
export const SCALED: Sections = {
  ofd: { timeout_ms: 1_000, poll_ms: 1_000 },
  odoo: { heartbeat_ms: 2_000, timeout_ms: 1_000, sync_timeout_ms: 8_000 },
  timers: {
    device_status_ms: 1_000,
    alarm_retry_ms: 1_000,
    breaker_probe_ms: 1_000,
    link_probe_ms: 500,
    mode_min_ms: 1_000,
    backoff_first_ms: 200,
    backoff_ceiling_ms: 2_000,
    refund_retry_ms: 1_000,
    watch_ms: 1_000,
  },
};

/** Not a time: the campaign asks faster than any cashier. */
const UNSCALED: Sections = { http: { rate_limit_rps: 10_000 } };

export interface RigOptions {
  /** Names folder, database and programs. */
  readonly name: string;
  readonly tills: number;
  readonly odooWorkers: number;
  /** Tells links that live at the same time apart, 1–250. */
  readonly linkNumber: number;
  readonly giveUpMs: number;
  readonly config?: Sections;
  /** A built bridge (folder with `main.js`); default: the checkout's. */
  readonly bridge?: string;
  readonly progress: (step: string) => void;
}

export interface Rig {
  readonly dir: string;
  readonly tills: readonly ChaosTill[];
  readonly outages: Outages;
  readonly odoo: OdooClient;
  readonly ofd: OfdControl;
  /** ms since the rig was made. */
  readonly now: () => number;
  stop(keepDatabase: boolean): Promise<void>;
}

export async function startRig(options: RigOptions): Promise<Rig> {
  const undo: (() => Promise<unknown>)[] = [];
  try {
    return await build(options, undo);
  } catch (error) {
    for (const step of undo.reverse()) await step().catch(() => undefined);
    throw error;
  }
}

async function build(options: RigOptions, undo: (() => Promise<unknown>)[]): Promise<Rig> {
  const { name, progress } = options;
  const specs = tillSpecs(options.tills);
  let link: Link | undefined;
  const linkPort = await freePort();
  const stand = await Stand.start({
    name,
    tills: 0,
    shopTills: specs,
    odooWorkers: options.odooWorkers,
    printMs: 0,
    transport: "serial",
    odooLink: async (odooPort) => {
      link = await Link.create(options.linkNumber, linkPort, odooPort);
      return link.url;
    },
    progress,
  });
  undo.push(() => stand.stop());
  if (!link) throw new Error("the stand asked for no link to Odoo");
  const gate = link;
  undo.push(() => gate.close());
  const bridgeScript = freezeBridge(stand.dir, options.bridge);
  const odoo = await stand.admin();
  const ofd = new OfdControl(stand.ofd.ready.control);
  const outages = new Outages(gate, ofd, stand.odoo.pid);
  const started = performance.now();
  const now = () => performance.now() - started;

  const openTill = async (index: number): Promise<ChaosTill> => {
    const loaded = stand.shop.tills[index];
    if (!loaded) throw new Error(`the shop has no till ${index}`);
    const { spec } = loaded;
    const clock = new TillClock(join(stand.dir, `${spec.code}.clock`));
    const path = join(stand.dir, `${spec.code}.cable`);
    const till = await TillStand.startRegister(
      {
        stand: name,
        dir: stand.dir,
        spec,
        printMs: 0,
        transport: "serial",
        ofd: stand.ofd.ready.listen,
        odoo: {
          url: gate.url,
          database: stand.database,
          credential: await rotateCredential(odoo, loaded.tillId),
        },
        origins: [gate.url],
        config: merged(SCALED, UNSCALED, options.config ?? {}, { device: { path } }),
        bridgeScript,
        bridgeEnv: clock.env,
      },
      await freePort(),
    );
    if (till.kkt.ready.pty === null) throw new Error("the register has no serial line");
    // both protocols of the line are proven at once: even tills speak V1 only, odd ones V2
    const control = new KktControl(till.kkt.ready.control);
    await control.post("/settings", { protocolV2: index % 2 === 1 });
    const line = await NoisyLine.open(path, till.kkt.ready.pty);
    await till.startBridge();
    const page = await Page.open({
      url: till.url,
      till: spec.code,
      // the page paired while Odoo was there, as it does in the morning
      certify: (profile, jwk) =>
        odoo.call<Certificate>("kkt.till", "certify_browser", [loaded.posConfigId, profile, jwk]),
      now,
      giveUpMs: options.giveUpMs,
    });
    progress(`${spec.name}: register, cable and bridge at ${till.url}`);
    return new ChaosTill({ stand: till, line, clock, page, outages, log: progress });
  };

  const tills: ChaosTill[] = [];
  for (const index of specs.keys()) {
    const till = await openTill(index);
    undo.push(() => till.stop());
    tills.push(till);
  }
  return {
    dir: stand.dir,
    tills,
    outages,
    odoo,
    ofd,
    now,
    async stop(keepDatabase) {
      await outages.calm().catch(() => undefined);
      for (const till of tills) await till.stop();
      await gate.close();
      await stand.stop({ keepDatabase });
    },
  };
}

/** A copy, so that a build meanwhile does not put another bridge under a running campaign. */
function freezeBridge(dir: string, from = join(repoRoot, "bridge/dist")): string {
  const to = join(dir, "bridge");
  mkdirSync(to, { recursive: true });
  cpSync(from, join(to, "dist"), { recursive: true });
  cpSync(join(repoRoot, "bridge/package.json"), join(to, "package.json"));
  return join(to, "dist/main.js");
}

function merged(...all: readonly Sections[]): Sections {
  const result: Record<string, Record<string, unknown>> = {};
  for (const sections of all) {
    for (const [name, values] of Object.entries(sections)) {
      result[name] = { ...result[name], ...values };
    }
  }
  return result;
}
