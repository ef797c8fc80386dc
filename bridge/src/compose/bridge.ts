/** One bridge: its rooms put together, opened in order, and closed in the reverse of it. */
import { listenOnBoth } from "../cli/listen.ts";
import type { RunningBridge } from "../cli/serve.ts";
import type { Config } from "../config/schema.ts";
import type { CrashHook } from "../fiscalization/crash-points.ts";
import { createApp } from "../http/app.ts";
import { TokenService } from "../http/auth/tokens.ts";
import { thisMachine, TimeAnchor, TrustedTime } from "../http/auth/trusted-time.ts";
import { receiptBody } from "../http/receipt-body.ts";
import { close, createHttpServer } from "../http/server.ts";
import { BodyPurge } from "../journal/body-purge.ts";
import { snapshotFolder } from "../journal/snapshot.ts";
import { Snapshots, takeInChild } from "../journal/snapshots.ts";
import { FirstContact } from "../live/first-contact.ts";
import { PassportMemory } from "../live/passport-memory.ts";
import { LivePush } from "../live/push.ts";
import { missingForSale } from "../live/readiness.ts";
import { createStatusSource } from "../live/status-source.ts";
import { createMetricsServer } from "../observability/metrics-server.ts";
import { ReceiptSpans } from "../observability/receipt-spans.ts";
import { startTracing } from "../observability/tracing.ts";
import { TrustStore } from "../odoo/trust-store.ts";
import { ForcedSync } from "../resilience/forced-sync.ts";
import { createCore, VERSION } from "./core.ts";
import { createLane } from "./device.ts";
import { createLinks } from "./links.ts";
import { createOdoo } from "./odoo.ts";
import { createOfdRelay } from "./ofd.ts";
import { createPeople } from "./people.ts";
import { createWatching } from "./watching.ts";

/** ms of `stop` after which the process ends whatever is still open. */
export const STOP_WITHIN = 20_000;

/** @throws StartError, JournalError: nothing is left open then */
export async function startBridge(config: Config, crash: CrashHook): Promise<RunningBridge> {
  const core = createCore(config, crash);
  const { clock, journal, logger, metrics, timers, till, work, record, bell } = core;

  const machine = thisMachine();
  const time = new TrustedTime(clock, machine && new TimeAnchor(journal, machine));
  const driftMs = (): number | null => time.driftMs();
  const lane = createLane(core, STOP_WITHIN - 2_000, driftMs);
  const links = createLinks(core);
  const trust = new TrustStore(journal, config.auth.odoo_public_keys);
  const people = createPeople(core, { trust, time });
  const roleOf = (id: string) => people.roster.find(id)?.role ?? null;
  const tokens = new TokenService({ till, trust, clock, time, roleOf });
  const passport = new PassportMemory(journal);
  const firstContact = new FirstContact(clock);
  const spans = new ReceiptSpans();

  const relay = createOfdRelay(core, {
    lane,
    links,
    onDelivered: (rows) => odoo.sync.ticketsCame(rows),
  });
  const watching = createWatching(core, {
    lane,
    relay: () => relay.state,
    odooDriftMs: driftMs,
    lease: () => odoo.link.lease.alert,
  });
  const status = createStatusSource({
    till,
    version: VERSION,
    clock,
    lane,
    journal,
    monitor: links.monitor,
    ofd: () => relay.state,
    odoo: () => odoo.heartbeat.state,
    watch: () => watching.state(),
    odooDriftMs: driftMs,
  });
  const odoo = createOdoo(core, {
    lane,
    links,
    trust,
    people,
    time,
    status,
    registration: () => passport.current,
    syncNow: (by) => void forced.start(by),
  });
  const forced = new ForcedSync({
    legs: [
      { name: "ofd", deliver: (signal) => relay.deliverNow(signal) },
      { name: "odoo", deliver: () => Promise.resolve(odoo.sync.syncNow()) },
    ],
    logger,
    record,
  });
  const live = new LivePush({ origins: config.http.origins, tokens, status, clock, logger });
  bell.ring = () => live.statusChanged();
  const purge = new BodyPurge({
    journal,
    clock,
    timezone: config.till.timezone,
    onError: (error) => logger.error("purge_failed", { error }),
  });
  const { path, snapshots: folder = snapshotFolder(path) } = config.journal;
  const snapshots = new Snapshots({
    ...{ journal, path, folder, time: clock, timezone: config.till.timezone },
    take: (signal) => takeInChild(path, folder, signal),
    onError: (error) => logger.error("snapshot_failed", { error }),
  });

  let shuttingDown = false;
  const app = createApp({
    till,
    timezone: config.till.timezone,
    marking: config.features.marking,
    version: VERSION,
    origins: config.http.origins,
    rateLimitPerSecond: config.http.rate_limit_rps,
    waitMs: timers.answer_wait_ms,
    lane,
    journal,
    refunds: odoo.refunds,
    tokens,
    people: people.door,
    work,
    status,
    syncNow: (by) => forced.start(by),
    odooPending: () => odoo.sync.nudge(),
    statusChanged: () => live.statusChanged(),
    odooLastOkAt: () => odoo.sync.lastOkAt,
    passport: () => passport.current,
    obstacle: () => firstContact.obstacle(lane.snapshot()),
    missing: () => missingForSale(status(), trust.keys().length),
    isShuttingDown: () => shuttingDown,
    clock,
    logger,
    metrics,
    crash,
  });
  const httpServer = createHttpServer(app);
  const metricsServer = createMetricsServer(metrics, () => ({
    status: status(),
    odooOldestAt: journal.buffer().odooOldestAt,
    work,
  }));
  const release = async (): Promise<void> => {
    odoo.release();
    journal.close();
    await logger.close();
  };
  const urls = await listenOnBoth(config, httpServer, metricsServer).catch(async (error) => {
    await release();
    throw error;
  });

  for (const part of [trust, odoo, passport, watching]) part.load();
  await people.load();
  metrics.collectProcess();
  lane.onChange((snapshot) => {
    if (snapshot.info !== null) passport.learn(snapshot.info);
    live.statusChanged();
    watching.watch.soon();
  });
  lane.onReceipt((row) => {
    metrics.receiptChanged(row);
    spans.receiptChanged(row);
    live.receiptChanged(() => receiptBody(row, passport.current));
    live.statusChanged();
    watching.watch.soon();
    odoo.receiptChanged(row);
  });
  const url = config.tracing.otlp_url;
  const tracing = await startTracing({ url, till, version: VERSION, logger });
  live.start(httpServer);
  await lane.start();
  for (const part of [relay, odoo, purge, snapshots, watching.watch, links]) part.start();
  logger.info("bridge_started", { version: VERSION, ...urls });

  return {
    ...urls,
    async stop() {
      logger.info("bridge_stopping");
      shuttingDown = true;
      links.stop();
      watching.watch.stop();
      const closed = close(httpServer, STOP_WITHIN);
      // a receipt in flight ends and its answer goes out before anything else is taken away
      await Promise.all([lane, relay, odoo, purge, snapshots, forced].map((part) => part.stop()));
      await live.stop();
      await tracing.stop().catch(() => undefined);
      httpServer.closeIdleConnections();
      await Promise.all([closed, close(metricsServer, 0)]);
      logger.info("bridge_stopped");
      await release();
    },
  };
}
