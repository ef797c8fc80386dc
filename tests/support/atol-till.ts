/** A till with an ATOL register: web server, ОФД, bridge as processes of their own, and a small Odoo. */
import { randomUUID } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { repoRoot } from "@opticserp/native";
import Database from "better-sqlite3";
import { stringify } from "smol-toml";
import { obtainToken } from "../../bridge/src/http/testing/browser.ts";
import { KktControl, OfdControl, until } from "../../fixtures/stand/control.ts";
import { Service } from "../../fixtures/stand/service.ts";
import { ObligingOdoo } from "./obliging-odoo.ts";

const TILL = "T1";
const PROFILE = "profile-1";
const LOGIN = "till";
const PASSWORD = "secret-of-the-web-server";

interface AtolReady {
  readonly listen: string;
  readonly url: string;
  readonly control: string;
  readonly kktControl: string;
  readonly fn: string;
}

export interface Answer {
  readonly status: number;
  readonly body: Readonly<Record<string, unknown>>;
}

export interface Order {
  readonly uuid: string;
  readonly key: string;
  readonly body: Readonly<Record<string, unknown>>;
}

export class AtolTill {
  readonly folder: string;
  readonly odoo: ObligingOdoo;
  readonly ofd: Service<{ listen: string; control: string }>;
  atol!: Service<AtolReady>;
  bridge!: Service<{ http: string }>;
  #token = "";
  #reexecute = true;

  private constructor(
    folder: string,
    odoo: ObligingOdoo,
    ofd: Service<{ listen: string; control: string }>,
  ) {
    this.folder = folder;
    this.odoo = odoo;
    this.ofd = ofd;
  }

  static async start(): Promise<AtolTill> {
    const folder = mkdtempSync(join(tmpdir(), "atol-till-"));
    const odoo = await ObligingOdoo.start(TILL);
    const ofd = await program<{ listen: string; control: string }>(folder, "ofd", [
      ...["--listen", "127.0.0.1:0", "--control", "127.0.0.1:0", "--state", join(folder, "ofd")],
    ]);
    const till = new AtolTill(folder, odoo, ofd);
    await till.startAtol();
    await till.startBridge();
    return till;
  }

  /** The first start chooses the ports, later ones come back to them. */
  async startAtol(reexecute = this.#reexecute): Promise<void> {
    this.#reexecute = reexecute;
    const before = (this.atol as Service<AtolReady> | undefined)?.ready;
    const address = (url: string | undefined): string =>
      url === undefined ? "127.0.0.1:0" : url.replace("http://", "");
    this.atol = await program<AtolReady>(this.folder, "atol", [
      ...["--listen", address(before?.url), "--control", address(before?.control)],
      ...["--kkt-control", address(before?.kktControl), "--state", join(this.folder, "atol")],
      ...["--print-ms", "50", "--ofd", this.ofd.ready.listen, "--ofd-poll-ms", "200"],
      ...["--login", `${LOGIN}:${PASSWORD}`, ...(reexecute ? [] : ["--no-reexecute"])],
    ]);
  }

  async startBridge(): Promise<void> {
    const config = join(this.folder, "bridge.toml");
    writeFileSync(config, stringify(this.#config()));
    const script = join(repoRoot, "bridge/src/main.ts");
    this.bridge = await Service.start<{ http: string }>({
      name: "bridge",
      command: process.execPath,
      args: ["--import", "tsx", script, "--config", config],
      cwd: repoRoot,
      logFile: join(this.folder, "bridge.log"),
    });
    this.#token = await obtainToken(
      this.bridge.ready.http,
      this.odoo.key,
      TILL,
      PROFILE,
      "manager",
    );
    await this.untilReady();
  }

  async stop(): Promise<void> {
    for (const service of [this.bridge, this.atol, this.ofd] as (Service<unknown> | undefined)[]) {
      await service?.stop();
    }
    await this.odoo.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }

  get register(): KktControl {
    return new KktControl(this.atol.ready.kktControl);
  }

  get operator(): OfdControl {
    return new OfdControl(this.ofd.ready.control);
  }

  /** The web server's control API. */
  get server(): KktControl {
    return new KktControl(this.atol.ready.control);
  }

  async untilReady(): Promise<void> {
    await until("the register is connected", async () => {
      const { body } = await this.get("/v1/kkt/status");
      return (body["device"] as { state: string }).state === "ready";
    });
  }

  order(price: number, uuid: string = randomUUID()): Order {
    const body = {
      pos_id: TILL,
      type: "sale",
      order: { uuid, name: "Заказ 00012", owner: `${PROFILE}.nonce-1`, blob: '{"uuid":"x"}' },
      items: [{ sku: "FR-001", name: "Оправа NV-101", qty: 1, price, sum: price, vat: 6 }],
      payments: [{ method: "cash", amount: price }],
      customer: { phone: "+79990000000" },
      cashier: { name: "Кассирова А. А." },
    };
    return { uuid, key: `${uuid}:1`, body };
  }

  sell({ key, body }: Pick<Order, "key" | "body">): Promise<Answer> {
    return this.#call("/v1/kkt/receipt", body, key);
  }

  get(path: string): Promise<Answer> {
    return this.#call(path);
  }

  async receipt(key: string): Promise<Readonly<Record<string, unknown>>> {
    return (await this.get(`/v1/kkt/receipt/${key}`)).body;
  }

  /** The receipt as soon as nothing more will become of it. */
  untilFinal(key: string, timeoutMs = 60_000): Promise<Readonly<Record<string, unknown>>> {
    return until(
      `the end of ${key}`,
      async () => {
        const receipt = await this.receipt(key);
        const final = ["fiscalized", "rejected", "cancelled"].includes(String(receipt["state"]));
        return final && receipt;
      },
      timeoutMs,
    );
  }

  /** Kinds of the journal's events about an order. */
  events(uuid: string): readonly string[] {
    const db = new Database(join(this.folder, "bridge", "journal.sqlite"), { readonly: true });
    try {
      const rows = db
        .prepare("SELECT kind FROM event WHERE key LIKE ? ORDER BY seq")
        .all(`${uuid}%`);
      return (rows as { kind: string }[]).map(({ kind }) => kind);
    } finally {
      db.close();
    }
  }

  #config() {
    return {
      till: { code: TILL, timezone: "Europe/Moscow" },
      http: { port: 0 },
      metrics: { port: 0 },
      journal: { path: join(this.folder, "bridge", "journal.sqlite") },
      device: {
        driver: "atol",
        url: this.atol.ready.url,
        web_login: LOGIN,
        web_password: PASSWORD,
        device_id: "1",
      },
      odoo: { url: this.odoo.url, database: "test", credential: `${TILL}.secret-of-the-till` },
      auth: { odoo_public_keys: [this.odoo.key.jwk] },
    };
  }

  async #call(path: string, body?: unknown, key?: string): Promise<Answer> {
    const response = await fetch(this.bridge.ready.http + path, {
      method: body === undefined ? "GET" : "POST",
      headers: {
        Authorization: `Bearer ${this.#token}`,
        ...(body === undefined ? {} : { "Content-Type": "application/json" }),
        ...(key === undefined ? {} : { "Idempotency-Key": key }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(30_000),
    });
    return { status: response.status, body: (await response.json()) as Answer["body"] };
  }
}

function program<R>(folder: string, name: string, args: readonly string[]): Promise<Service<R>> {
  return Service.start<R>({
    name,
    command: process.execPath,
    args: ["--import", "tsx", join(repoRoot, "fixtures", name, "main.ts"), ...args],
    cwd: repoRoot,
    logFile: join(folder, `${name}.log`),
  });
}
