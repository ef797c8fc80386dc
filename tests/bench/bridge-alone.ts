/** (g) start with a full journal, (h) an idle bridge, (i) receipts while the cable is out. */
import { spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { freePort } from "@opticserp/native";
import { TILLS } from "@opticserp/fixtures/data/shop.ts";
import { startOfd } from "@opticserp/fixtures/stand/programs.ts";
import { NoisyLine } from "@opticserp/fixtures/stand/noisy-line.ts";
import { TillStand } from "@opticserp/fixtures/stand/till.ts";
import { contentHash } from "../../bridge/src/domain/content-hash.ts";
import { parseReceipt } from "../../bridge/src/domain/parse-receipt.ts";
import { newSigningKey } from "../../bridge/src/http/testing/browser.ts";
import { SqliteJournal } from "../../bridge/src/journal/sqlite-journal.ts";
import { OdooStandIn } from "./odoo-stand-in.ts";
import { SaleClient, saleBody } from "./sale-client.ts";
import { spread, type Figure } from "./stats.ts";

const ORIGIN = "http://odoo.test";
const ROWS = 10_000;
const STARTS = 5;
/** Time to come to rest, and time that is looked at, ms. */
const SETTLE_MS = 60_000;
const LOOK_MS = 30_000;
const UNPLUGGED = 20;
/** Linux: ticks of `utime` and `stime` in a second. */
const TICKS = 100;

interface Alone {
  readonly till: TillStand;
  readonly client: () => Promise<SaleClient>;
}

/** One till on the serial pty whose links are all well, without the probe in its bridge. */
async function onTill<T>(
  { dir, name, path }: { dir: string; name: string; path?: (pty: string) => Promise<string> },
  use: (alone: Alone) => Promise<T>,
): Promise<T> {
  const [spec] = TILLS;
  if (!spec) throw new Error("the demo shop has no till");
  const undo: (() => Promise<unknown>)[] = [];
  try {
    const odooKey = await newSigningKey("bench-key");
    const odoo = await OdooStandIn.start(spec.code, odooKey);
    undo.push(() => odoo.stop());
    const ofd = await startOfd({ name: `${name}-ofd`, dir });
    undo.push(() => ofd.stop());
    const auth = { odoo_public_keys: [odooKey.jwk] };
    const config: Record<string, Record<string, unknown>> = { auth };
    const till = await TillStand.startRegister(
      {
        stand: name,
        dir,
        spec,
        printMs: 0,
        transport: "serial",
        ofd: ofd.ready.listen,
        odoo: { url: odoo.url, database: "none", credential: `${spec.code}.not-a-secret` },
        origins: [ORIGIN],
        config: config,
      },
      await freePort(),
    );
    undo.push(() => till.stop());
    if (path && till.kkt.ready.pty !== null) {
      config["device"] = { path: await path(till.kkt.ready.pty) };
    }
    const client = () =>
      SaleClient.open({ url: till.url, till: spec.code, odoo: odooKey, origin: ORIGIN });
    return await use({ till, client });
  } finally {
    for (const step of undo.reverse()) await step();
  }
}

function fill(path: string): void {
  const journal = SqliteJournal.open({ path });
  try {
    for (let fd = 1; fd <= ROWS; fd += 1) {
      const uuid = randomUUID();
      const key = { uuid, attempt: 1 };
      const at = new Date().toISOString();
      const parsed = parseReceipt(saleBody(uuid, "T1"), { today: at.slice(0, 10) });
      if (!parsed.ok) throw new Error(JSON.stringify(parsed.errors));
      const { receipt, blob } = parsed;
      const hlc = { localTime: Date.now(), logicalCounter: 0 };
      journal.accept({ key, receipt, blob, contentHash: contentHash(receipt), hlc, at });
      journal.markCancelled(key, { code: "withdrawn", text: "" }, at);
    }
  } finally {
    journal.close();
  }
}

export function measureStart({ dir }: { dir: string }): Promise<Figure[]> {
  return onTill({ dir, name: "bench-start" }, async ({ till }) => {
    const start = async (): Promise<number> => {
      const from = performance.now();
      await till.startBridge();
      const ms = performance.now() - from;
      await till.stopBridge();
      return ms;
    };
    const empty: number[] = [];
    const full: number[] = [];
    for (let round = 0; round < STARTS; round += 1) empty.push(await start());
    fill(till.journalPath);
    for (let round = 0; round < STARTS; round += 1) full.push(await start());
    return [
      {
        id: "g",
        what: `process start → ready line, ${ROWS} receipts in the journal`,
        measured: spread(full),
        baseline: { what: "the same with an empty journal", spread: spread(empty) },
        target: { of: "p99", atMost: 2_000 },
        notes: [
          "from the spawn in the bench to the line on its pipe; the receipts are cancelled ones " +
            "with their bodies and events, none left to deliver",
        ],
      },
    ];
  });
}

interface Idle {
  readonly megabytes: number;
  /** Of one processor. */
  readonly percent: number;
}

async function look(pid: number): Promise<Idle> {
  const ticks = (): number => {
    const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1]?.split(" ") ?? [];
    return Number(fields[11]) + Number(fields[12]);
  };
  const [before, from] = [ticks(), performance.now()];
  await sleep(LOOK_MS);
  const busyMs = ((ticks() - before) / TICKS) * 1_000;
  const rss = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1];
  return { megabytes: Number(rss) / 1_024, percent: (busyMs / (performance.now() - from)) * 100 };
}

export function measureIdle({ dir }: { dir: string }): Promise<Figure[]> {
  return onTill({ dir, name: "bench-idle" }, async ({ till }) => {
    const bare = spawn(process.execPath, ["-e", "setInterval(() => {}, 1e3)"]);
    try {
      await till.startBridge();
      await sleep(SETTLE_MS);
      const [bridge, node] = await Promise.all([look(till.bridge.pid), look(bare.pid ?? 0)]);
      const alone = { id: "h", measured: null, baseline: null } as const;
      const against = (what: string): string[] => [`a bare Node that does nothing: ${what}`];
      return [
        {
          ...alone,
          what: "resident memory of an idle bridge",
          target: { of: "value", value: bridge.megabytes, unit: "MiB", atMost: 90 },
          notes: against(`${node.megabytes.toFixed(1)} MiB`),
        },
        {
          ...alone,
          what: "processor time of an idle bridge, of one core",
          target: { of: "value", value: bridge.percent, unit: "%", atMost: 1 },
          notes: against(`${node.percent.toFixed(2)} %`),
        },
      ];
    } finally {
      bare.kill();
    }
  });
}

export function measureUnplugged(options: {
  readonly dir: string;
  readonly count: number | null;
}): Promise<Figure[]> {
  const { dir } = options;
  let line: NoisyLine | undefined;
  const path = async (pty: string): Promise<string> => {
    line = await NoisyLine.open(join(dir, "bench-cable.tty"), pty);
    return line.path;
  };
  return onTill({ dir, name: "bench-cable", path }, async ({ till, client: open }) => {
    try {
      await till.startBridge();
      const client = await open();
      const plugged: number[] = [];
      const unplugged: number[] = [];
      for (let index = 0; index < (options.count ?? UNPLUGGED); index += 1) {
        const sold = await client.ask(randomUUID());
        if (sold.status !== 200)
          throw new Error(`the bridge answered ${sold.status} with the cable in`);
        plugged.push(sold.ms);
        await line?.unplug();
        const uuid = randomUUID();
        const asked = await client.ask(uuid);
        if (asked.status !== 202)
          throw new Error(`the bridge answered ${asked.status}: ${asked.text}`);
        unplugged.push(asked.ms);
        await line?.plug();
        while ((await client.ask(uuid)).status !== 200) await sleep(200);
      }
      client.close();
      return [
        {
          id: "i",
          what: "receipt asked for directly after the cable came out → 202",
          measured: spread(unplugged),
          baseline: { what: "receipt with the cable in → 200", spread: spread(plugged) },
          target: { of: "p99", atMost: 300 },
          notes: ["serial pty; each such receipt was printed after the cable came back"],
        },
      ];
    } finally {
      await line?.close();
    }
  });
}
