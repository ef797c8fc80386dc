/**
 * The shop of a proof: real Odoo behind a link that can fail, the ОФД emulator, and tills with a
 * register on a pty, a real bridge process, the page's own code as cashier and a manager's client.
 */
import { randomUUID } from "node:crypto";
import { freePort } from "@opticserp/native";
import { rotateCredential } from "@opticserp/fixtures/data/load.ts";
import type { OdooClient } from "@opticserp/fixtures/data/odoo-client.ts";
import { tillSpecs } from "@opticserp/fixtures/data/shop.ts";
import { BridgeClient } from "@opticserp/fixtures/stand/bridge-client.ts";
import { KktControl, OfdControl, until } from "@opticserp/fixtures/stand/control.ts";
import { Stand } from "@opticserp/fixtures/stand/stand.ts";
import { TillStand } from "@opticserp/fixtures/stand/till.ts";
import { mergeSections, type Sections } from "@opticserp/fixtures/stand/toml.ts";
import type { Certify } from "../../pos_ui/src/optics_pos_ru54fz/app/bridge/identity.ts";
import { compareLedgers, sumUp, type Findings } from "../chaos/compare.ts";
import { readLedgers, restOf } from "../chaos/ledgers.ts";
import { Page, type Sold } from "../chaos/page.ts";
import { makePlan, type PlannedOrder } from "../chaos/plan.ts";
import { Link } from "../support/gate.ts";
import { PRODUCT_DEFAULTS } from "./defaults.ts";
import type { ProofLog } from "./run.ts";

/** Not times: the proof asks faster than any cashier, and a person's key is pinned. */
const UNSCALED: Sections = { http: { rate_limit_rps: 10_000 } };
/** A receipt without an end after this is unresolved, ms. */
const GIVE_UP_MS = 300_000;
/** The first heartbeat leaves with the bridge's start; this is for a slow machine, ms. */
const HEARD_WITHIN_MS = 60_000;

export interface ProofShopOptions {
  /** Names folder, database and programs. */
  readonly name: string;
  readonly tills: number;
  /** Print time of any document, ms. */
  readonly printMs: number;
  /** Waiting times that differ from the product's; all are named in the report. */
  readonly scaled?: Sections;
  /** Tells links that live at the same time apart, 1–250. */
  readonly linkNumber: number;
}

export interface Status {
  readonly mode: "online" | "degraded" | "offline";
  readonly device: { readonly state: string; readonly reason: string | null };
  readonly ofd: { readonly breaker: "closed" | "open" | "half_open" };
  readonly links: {
    readonly ofd: { readonly slow: boolean; readonly rtt_ms: number | null };
  };
  readonly buffer: {
    readonly level: number;
    readonly capacity: number;
    readonly alert: string | null;
    readonly odoo_pending: number;
  };
  readonly clock: { readonly device_drift_ms: number | null };
  readonly alerts: readonly { readonly code: string; readonly level: string }[];
}

export interface JournalEvent {
  readonly seq: number;
  readonly at: string;
  readonly kind: string;
  readonly data: Readonly<Record<string, unknown>>;
}

export class ProofTill {
  readonly stand: TillStand;
  readonly page: Page;
  /** Somebody with a manager's rights at the same till. */
  readonly manager: BridgeClient;
  readonly kkt: KktControl;
  readonly sold: Sold[] = [];
  readonly #orders: PlannedOrder[];

  constructor(stand: TillStand, page: Page, manager: BridgeClient, orders: PlannedOrder[]) {
    this.stand = stand;
    this.page = page;
    this.manager = manager;
    this.kkt = new KktControl(stand.kkt.ready.control);
    this.#orders = orders;
  }

  get code(): string {
    return this.stand.code;
  }

  /** Mixed sales and refunds, one after the other, as the page does. @returns them */
  async sell(count: number, only?: "sale"): Promise<readonly Sold[]> {
    const made: Sold[] = [];
    while (made.length < count) {
      const order = this.#orders.shift();
      if (!order) throw new Error("the plan has no more orders");
      if (only !== undefined && order.type !== only) continue;
      made.push(await this.page.sell(order));
    }
    this.sold.push(...made);
    return made;
  }

  async status(): Promise<Status> {
    return (await this.manager.request<Status & Record<string, unknown>>("GET", "/v1/kkt/status"))
      .body;
  }

  /** The newest events of the journal first; up to 1,000. */
  async events(kinds: readonly string[]): Promise<readonly JournalEvent[]> {
    const { body } = await this.manager.request<{ events: JournalEvent[] }>(
      "GET",
      "/v1/kkt/buffer/logs?limit=1000",
    );
    return body.events.filter(({ kind }) => kinds.includes(kind));
  }

  /** A small sale's body, for what the page would not do. */
  async refusedSale(): Promise<{ status: number; code?: string; detail?: string }> {
    const uuid = randomUUID();
    const { status, body } = await this.manager.sell(uuid);
    return {
      status,
      ...(body.code === undefined ? {} : { code: body.code }),
      ...(body.detail === undefined ? {} : { detail: body.detail }),
    };
  }

  rest(): ReturnType<typeof restOf> {
    return restOf(this.stand.journalPath);
  }

  /** `kill −9`, and a new process on the same journal. @returns ms until it was ready */
  async killAndRestart(): Promise<number> {
    await this.stand.bridge.kill();
    const from = performance.now();
    await this.stand.startBridge();
    return performance.now() - from;
  }
}

export class ProofShop {
  readonly stand: Stand;
  readonly odooLink: Link;
  readonly ofd: OfdControl;
  readonly odoo: OdooClient;
  readonly tills: readonly ProofTill[];

  private constructor(stand: Stand, odooLink: Link, odoo: OdooClient, tills: readonly ProofTill[]) {
    this.stand = stand;
    this.odooLink = odooLink;
    this.odoo = odoo;
    this.ofd = new OfdControl(stand.ofd.ready.control);
    this.tills = tills;
  }

  static async open(options: ProofShopOptions, log: ProofLog): Promise<ProofShop> {
    const { name } = options;
    const specs = tillSpecs(options.tills);
    const linkPort = await freePort();
    let link: Link | undefined;
    const stand = await Stand.start({
      name,
      tills: 0,
      shopTills: specs,
      printMs: options.printMs,
      transport: "serial",
      odooLink: async (odooPort) => {
        link = await Link.create(options.linkNumber, linkPort, odooPort);
        return link.url;
      },
      progress: (step) => log.step(step),
    });
    log.undo(() => stand.stop());
    if (!link) throw new Error("the stand asked for no link to Odoo");
    const odooLink = link;
    log.undo(() => odooLink.close());
    const odoo = await stand.admin();
    const scaled = options.scaled ?? {};
    log.scaledTimers(scaled, PRODUCT_DEFAULTS);
    log.stand.push(
      "Настоящие: Odoo 19 с PostgreSQL, процесс моста, SQLite, последовательная линия (pty), TCP",
      "Эмуляторы: ККТ с ФН (протокол Штрих), ОФД; чеки проводит код страницы POS",
      `Печать документа: ${options.printMs} мс; связь с Odoo — через отдельное сетевое пространство`,
    );
    const started = performance.now();
    const tills: ProofTill[] = [];
    for (const [index, spec] of specs.entries()) {
      const loaded = stand.shop.tills[index];
      if (!loaded) throw new Error(`the shop has no till ${spec.code}`);
      const till = await TillStand.startRegister(
        {
          stand: name,
          dir: stand.dir,
          spec,
          printMs: options.printMs,
          transport: "serial",
          ofd: stand.ofd.ready.listen,
          odoo: {
            url: odooLink.url,
            database: stand.database,
            credential: await rotateCredential(odoo, loaded.tillId),
          },
          origins: [odooLink.url],
          config: mergeSections(UNSCALED, scaled),
        },
        await freePort(),
      );
      log.undo(() => till.stop());
      await till.startBridge();
      const certify: Certify = (profile, jwk) =>
        odoo.call("kkt.till", "certify_browser", [loaded.posConfigId, profile, jwk]);
      const page = await Page.open({
        url: till.url,
        till: spec.code,
        certify,
        now: () => performance.now() - started,
        giveUpMs: GIVE_UP_MS,
      });
      const [plan] = makePlan({
        seed: 7 + index,
        runs: 2_000,
        tills: [spec.code],
        ordersPerFault: 1e6,
      });
      const manager = new BridgeClient(
        till.url,
        spec.code,
        async (profile, jwk) => (await certify(profile, jwk)).certificate,
      );
      const orders = (plan?.orders ?? []).map((order) => ({ ...order, faults: [] }));
      const opened = new ProofTill(till, page, manager, orders);
      // Odoo's keys come with the heartbeat: before it the till takes no page's certificate, and a
      // proof that begins by cutting the links would wait for good
      await until(
        `Odoo knows ${spec.code}`,
        async () => {
          const answer = await manager.request("GET", "/v1/kkt/status").catch(() => null);
          return answer?.status === 200;
        },
        HEARD_WITHIN_MS,
      );
      tills.push(opened);
      log.step(`${spec.name}: касса и мост готовы`);
    }
    return new ProofShop(stand, odooLink, odoo, tills);
  }

  /** Both links of the shop: `away` refuses, as a router without a line does. */
  async links(state: "away" | "back"): Promise<void> {
    if (state === "away") await this.ofd.fault({ kind: "refuse" });
    else await this.ofd.clearFaults();
    await this.odooLink.set(state === "away" ? "refuse" : "pass");
  }

  /** Waits until nothing is open or to be delivered. @returns ms */
  async delivered(withinMs: number): Promise<number> {
    const from = performance.now();
    await until(
      "everything is delivered",
      () => {
        const rests = this.tills.map((till) => till.rest());
        const left = rests.map((rest) => rest.unresolved + rest.ofdPending + rest.odooPending);
        return Promise.resolve(left.every((count) => count === 0));
      },
      withinMs,
    );
    return performance.now() - from;
  }

  /** What page, journal, ФН, ОФД and Odoo say of all that was sold. */
  async findings(): Promise<Findings> {
    const all = [];
    for (const till of this.tills) {
      const { code, kkt, sold } = till;
      const facts = { code, kkt, fn: till.stand.kkt.ready.fn, journalPath: till.stand.journalPath };
      all.push(compareLedgers(await readLedgers(facts, sold, this)));
    }
    return sumUp(all);
  }
}

/** The lines that every proof has about what must never happen. */
export function checkFindings(log: ProofLog, findings: Findings): void {
  const lines: readonly (readonly [string, readonly string[]])[] = [
    ["Повторные фискальные чеки", findings.duplicates],
    ["Потерянные чеки (страница, журнал, ФН, ОФД, Odoo)", findings.lost],
    ["Нарушения порядка (FIFO)", findings.outOfOrder],
    ["Чеки без исхода", findings.unresolved],
    ["Противоречивые ответы странице", findings.contradictions],
  ];
  for (const [what, found] of lines) {
    log.equal(what, found.length, 0);
    for (const line of found.slice(0, 5)) log.step(`  ${line}`);
  }
}
