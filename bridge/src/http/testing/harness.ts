/** The real express application on a free port, with fakes behind it. */
import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import { systemTime } from "../../domain/clock.ts";
import { noCrash } from "../../fiscalization/crash-points.ts";
import { createStatusSource } from "../../live/status-source.ts";
import { silentLogger } from "../../observability/logger.ts";
import { LinkMonitor } from "../../resilience/link-monitor.ts";
import { WorkClasses } from "../../resilience/work-classes.ts";
import { createApp } from "../app.ts";
import { TokenService } from "../auth/tokens.ts";
import { TrustedTime } from "../auth/trusted-time.ts";
import type { HttpDeps } from "../deps.ts";
import { ApprovalKey } from "../../people/approval-key.ts";
import { PinGuard } from "../../people/pin-guard.ts";
import { Roster } from "../../people/roster.ts";
import { PeopleDoor } from "../people-door.ts";
import { createHttpServer } from "../server.ts";
import { newSigningKey, obtainToken, type SigningKey } from "./browser.ts";
import { FakeLane, FakeRows, FakeStore, fakeJournal } from "./fakes.ts";

export const ORIGIN = "https://odoo.example.ru";

export interface Harness {
  readonly url: string;
  readonly server: Server;
  readonly lane: FakeLane;
  readonly rows: FakeRows;
  readonly store: FakeStore;
  readonly odoo: SigningKey;
  /** Profiles that Odoo has revoked. */
  readonly revoked: Set<string>;
  readonly tokens: TokenService;
  readonly roster: Roster;
  readonly deps: HttpDeps;
  /** A valid token of `profile-1`, for an administrator unless the harness was told otherwise. */
  readonly token: string;
  /** A token of `profile-1` with another scope. */
  tokenFor(scope: string): Promise<string>;
  /** fetch with the token, JSON in and out. */
  call(path: string, init?: RequestInit & { json?: unknown }): Promise<Reply>;
  close(): Promise<void>;
}

export interface Reply {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Record<string, unknown>;
}

export async function startHarness(change: Partial<HttpDeps> = {}): Promise<Harness> {
  const rows = new FakeRows();
  const lane = new FakeLane(rows);
  const odoo = await newSigningKey("odoo-1");
  const revoked = new Set<string>();
  const store = new FakeStore();
  const journal = fakeJournal(rows, store);
  const clock = change.clock ?? systemTime;
  const time = new TrustedTime(clock);
  const trust = {
    keys: () => [odoo.jwk],
    revokedProfiles: () => revoked,
    databaseUuid: () => "database-uuid",
  };
  const logger = silentLogger;
  const roster = new Roster({ journal, trust, time, till: "T1", logger });
  const roleOf = (id: string) => roster.find(id)?.role ?? null;
  const tokens = new TokenService({ till: "T1", clock, time, trust, roleOf });
  const key = new ApprovalKey(journal);
  await key.load();
  const people = new PeopleDoor({
    ...{ roster, key, clock, time, till: "T1" },
    guard: new PinGuard({ journal, time }),
    record: (kind, data, at) => journal.appendEvent(kind, null, data, at),
  });
  const deps: HttpDeps = {
    till: "T1",
    timezone: "Europe/Moscow",
    version: "0.0.0",
    origins: [ORIGIN],
    rateLimitPerSecond: 1_000,
    waitMs: 300,
    lane,
    journal,
    tokens,
    people,
    status: createStatusSource({
      till: "T1",
      version: "0.0.0",
      clock: systemTime,
      lane,
      journal,
      monitor: new LinkMonitor(systemTime.monotonic()),
      ofd: () => ({ breaker: "closed", lastOkAt: null, route: null }),
      odoo: () => ({ reachable: false, reason: null, lastHeartbeatAt: null }),
      watch: () => ({ alerts: [], forecastEnd: null }),
      odooDriftMs: () => null,
    }),
    work: new WorkClasses(),
    syncNow: () => true,
    odooPending: () => undefined,
    statusChanged: () => undefined,
    odooLastOkAt: () => null,
    refunds: { pass: (_request, submit) => Promise.resolve().then(submit) },
    passport: () => ({ userName: "ООО «Оптика»", address: "Москва" }),
    obstacle: () => null,
    missing: () => [],
    isShuttingDown: () => false,
    clock: systemTime,
    logger: silentLogger,
    metrics: { observe: () => undefined },
    crash: noCrash,
    ...change,
  };
  const server = createHttpServer(createApp(deps));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const token =
    change.isShuttingDown === undefined
      ? await obtainToken(url, odoo, "T1", "profile-1", "admin")
      : "";
  return {
    url,
    server,
    lane,
    rows,
    store,
    odoo,
    revoked,
    tokens,
    roster,
    deps,
    token,
    tokenFor: (scope) => obtainToken(url, odoo, "T1", "profile-1", scope),
    call: (path, init = {}) => call(url + path, token, init),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function call(
  url: string,
  token: string,
  { json, ...init }: RequestInit & { json?: unknown },
): Promise<Reply> {
  const response = await fetch(url, {
    ...init,
    signal: AbortSignal.timeout(10_000),
    headers: {
      Authorization: `Bearer ${token}`,
      ...(json === undefined ? {} : { "Content-Type": "application/json" }),
      ...(init.headers as Record<string, string> | undefined),
    },
    ...(json === undefined ? {} : { body: JSON.stringify(json), method: init.method ?? "POST" }),
  });
  const text = await response.text();
  return {
    status: response.status,
    headers: response.headers,
    body: (text === "" ? {} : JSON.parse(text)) as Record<string, unknown>,
  };
}
