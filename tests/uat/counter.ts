/** One till of the acceptance: register, bridge, the POS in a browser, and who stands behind it. */
import { join } from "node:path";
import { freePort } from "@opticserp/native";
import { rotateCredential } from "@opticserp/fixtures/data/load.ts";
import { COMPANY, PEOPLE, type PersonSpec } from "@opticserp/fixtures/data/shop.ts";
import { BridgeClient } from "@opticserp/fixtures/stand/bridge-client.ts";
import { KktControl, until } from "@opticserp/fixtures/stand/control.ts";
import { PosPage } from "@opticserp/fixtures/stand/pos-page.ts";
import { TillClock } from "@opticserp/fixtures/stand/till-clock.ts";
import { TillStand } from "@opticserp/fixtures/stand/till.ts";
import type { Sections } from "@opticserp/fixtures/stand/toml.ts";
import { restOf, type Rest } from "../chaos/ledgers.ts";
import { PRODUCT_DEFAULTS } from "../proof/defaults.ts";
import type { JournalEvent, Status } from "../proof/shop.ts";
import type { Hall } from "./hall.ts";
import { letPageClockJump } from "./hours.ts";
import { TillBar } from "./page/till-bar.ts";
import type { Recorder } from "./recorder.ts";

/** A touch screen as tills have it. */
export const SCREEN = { width: 1024, height: 768 } as const;

export interface CounterOptions {
  /** Print time of any document, ms. */
  readonly printMs?: number;
  /** Waiting times other than the product's; all are named in the protocol. */
  readonly scaled?: Sections;
  /** What is no waiting time: limits, addresses. */
  readonly config?: Sections;
  /** The till sleeps for hours when it is told to (`hours.ts`). */
  readonly clock?: boolean;
  /** Before the page is opened, e.g. settings of the Point of Sale. */
  readonly prepare?: (ids: { readonly tillId: number; readonly posConfigId: number }) => unknown;
}

export interface FullStatus extends Status {
  readonly time: string;
  readonly mode_since: string;
  readonly odoo: { readonly reachable: boolean; readonly last_heartbeat_at: string | null };
  readonly lane: { readonly state: string; readonly reason?: string | null };
  readonly alerts: readonly {
    readonly code: string;
    readonly level: string;
    readonly text: string;
  }[];
}

export function person(login: string): PersonSpec {
  const found = PEOPLE.find((one) => one.login === login);
  if (!found) throw new Error(`the demo shop has no ${login}`);
  return found;
}

export class Counter {
  readonly hall: Hall;
  readonly till: TillStand;
  readonly tillId: number;
  readonly posConfigId: number;
  readonly kkt: KktControl;
  readonly pos: PosPage;
  readonly bar: TillBar;
  readonly clock: TillClock | null;
  /** Somebody with a manager's rights at the same till. */
  readonly manager: BridgeClient;
  readonly #undo: (() => Promise<unknown>)[];

  private constructor(parts: {
    hall: Hall;
    till: TillStand;
    tillId: number;
    posConfigId: number;
    pos: PosPage;
    clock: TillClock | null;
    manager: BridgeClient;
    undo: (() => Promise<unknown>)[];
  }) {
    this.hall = parts.hall;
    this.till = parts.till;
    this.tillId = parts.tillId;
    this.posConfigId = parts.posConfigId;
    this.pos = parts.pos;
    this.clock = parts.clock;
    this.manager = parts.manager;
    this.#undo = parts.undo;
    this.kkt = new KktControl(parts.till.kkt.ready.control);
    this.bar = new TillBar(parts.pos.page);
  }

  get fn(): string {
    return this.till.kkt.ready.fn;
  }

  /** @param index of the hall's tills */
  static async open(
    hall: Hall,
    index: number,
    log: Recorder,
    options: CounterOptions = {},
  ): Promise<Counter> {
    const loaded = hall.stand.shop.tills[index];
    if (!loaded) throw new Error(`the hall has no till ${index + 1}`);
    const { spec, tillId, posConfigId } = loaded;
    const undo: (() => Promise<unknown>)[] = [];
    try {
      const httpPort = await freePort();
      await hall.odoo.write("kkt.till", [tillId], { bridge_url: `http://127.0.0.1:${httpPort}` });
      await options.prepare?.({ tillId, posConfigId });
      const clock =
        options.clock === true ? new TillClock(join(hall.stand.dir, `${spec.code}.clock`)) : null;
      noteScaled(log, options.scaled ?? {});
      const till = await TillStand.startRegister(
        {
          stand: hall.stand.name,
          dir: hall.stand.dir,
          spec,
          printMs: options.printMs ?? 300,
          transport: "serial",
          ofd: `${hall.ofdLink.host}:${hall.ofdLink.port}`,
          odoo: {
            url: hall.stand.odooUrl,
            database: hall.stand.database,
            credential: await rotateCredential(hall.odoo, tillId),
          },
          origins: [hall.stand.odooUrl],
          config: { ...options.config, ...options.scaled },
          ...(clock === null ? {} : { bridgeEnv: clock.env }),
        },
        httpPort,
      );
      undo.push(() => till.stop());
      await till.startBridge();
      const certify = async (profile: string, jwk: unknown) =>
        (
          await hall.odoo.call<{ certificate: string }>("kkt.till", "certify_browser", [
            posConfigId,
            profile,
            jwk,
          ])
        ).certificate;
      const manager = new BridgeClient(till.url, spec.code, certify);
      const cashier = person("cashier1");
      const pos = await PosPage.login(hall.browser, {
        url: hall.stand.odooUrl,
        login: cashier.login,
        password: cashier.password,
        posConfigId,
        employee: { name: cashier.name, pin: cashier.pin },
        viewport: SCREEN,
        timezone: COMPANY.timezone,
      });
      undo.push(() => pos.close());
      if (clock !== null) await letPageClockJump(pos.page);
      log.watch(pos.page);
      await pos.open();
      // before its first sale a till may have to hear of Odoo three times, on a busy machine
      await pos.waitForTillMode("online", 300_000);
      return new Counter({ hall, till, tillId, posConfigId, pos, clock, manager, undo });
    } catch (error) {
      await end(undo);
      throw error;
    }
  }

  async status(): Promise<FullStatus> {
    return (
      await this.manager.request<FullStatus & Record<string, unknown>>("GET", "/v1/kkt/status")
    ).body;
  }

  /** The newest events of the journal first; up to 1,000. */
  async events(kinds: readonly string[]): Promise<readonly JournalEvent[]> {
    const { body } = await this.manager.request<{ events: JournalEvent[] }>(
      "GET",
      "/v1/kkt/buffer/logs?limit=1000",
    );
    return body.events.filter(({ kind }) => kinds.includes(kind));
  }

  rest(): Rest {
    return restOf(this.till.journalPath);
  }

  /** Waits until nothing is open or to be delivered. @returns seconds */
  async delivered(withinMs: number): Promise<number> {
    const from = performance.now();
    await until(
      "everything is delivered",
      () => {
        const { unresolved, ofdPending, odooPending } = this.rest();
        return Promise.resolve(unresolved + ofdPending + odooPending === 0);
      },
      withinMs,
    );
    return (performance.now() - from) / 1000;
  }

  async waitForMode(mode: Status["mode"], withinMs = 200_000): Promise<void> {
    await until(`mode ${mode}`, async () => (await this.status()).mode === mode, withinMs);
  }

  async waitForAlert(code: string, withinMs = 90_000) {
    return until(
      `alert ${code}`,
      async () => (await this.status()).alerts.find((one) => one.code === code),
      withinMs,
    );
  }

  close(): Promise<void> {
    return end(this.#undo);
  }
}

async function end(undo: (() => Promise<unknown>)[]): Promise<void> {
  for (const step of undo.reverse()) {
    await step().catch((error: unknown) => console.error(error));
  }
}

function noteScaled(log: Recorder, scaled: Sections): void {
  for (const [section, values] of Object.entries(scaled)) {
    for (const [key, value] of Object.entries(values)) {
      const product = PRODUCT_DEFAULTS[section]?.[key];
      log.scaled.push({
        what: `[${section}] ${key}`,
        product: product === undefined ? "из таблицы ККТ" : JSON.stringify(product),
        here: JSON.stringify(value),
      });
    }
  }
}
