/**
 * The composition root: the only place that knows which part is made of what. Everything below is
 * given what it needs.
 */
import { readFileSync } from "node:fs";
import { checkLogFile, openJournal } from "./cli/files.ts";
import { listenOnBoth } from "./cli/listen.ts";
import { createProgram } from "./cli/program.ts";
import { fail, serve, type RunningBridge } from "./cli/serve.ts";
import type { Config } from "./config/schema.ts";
import { AtolDevice } from "./device/atol/index.ts";
import type { FiscalDevice } from "./device/fiscal-device.ts";
import { SerialTransport, ShtrihDevice, TcpTransport } from "./device/shtrih/index.ts";
import { isoUtc, systemTime } from "./domain/clock.ts";
import type { CrashHook } from "./fiscalization/crash-points.ts";
import { FiscalLane } from "./fiscalization/lane.ts";
import { TokenService } from "./http/auth/tokens.ts";
import { TrustedTime } from "./http/auth/trusted-time.ts";
import { createApp } from "./http/app.ts";
import { receiptBody } from "./http/receipt-body.ts";
import { close, createHttpServer } from "./http/server.ts";
import { BodyPurge } from "./journal/body-purge.ts";
import { FirstContact } from "./live/first-contact.ts";
import { PassportMemory } from "./live/passport-memory.ts";
import { missingForSale } from "./live/readiness.ts";
import { LivePush } from "./live/push.ts";
import { createStatusSource } from "./live/status-source.ts";
import { createLogger, type Logger } from "./observability/logger.ts";
import { Metrics } from "./observability/metrics.ts";
import { createMetricsServer } from "./observability/metrics-server.ts";
import { ReceiptSpans } from "./observability/receipt-spans.ts";
import { startTracing } from "./observability/tracing.ts";
import { OdooClient } from "./odoo/client.ts";
import { CatalogueSync } from "./catalogue/catalogue-sync.ts";
import { createRefundDoor } from "./http/refund-door.ts";
import { createOdooLink } from "./odoo/link.ts";
import { Reservations } from "./refunds/reservations.ts";
import { RefundSaga } from "./refunds/saga.ts";
import { FollowUps } from "./odoo/follow-ups.ts";
import { Heartbeat } from "./odoo/heartbeat.ts";
import { OdooSync } from "./odoo/sync.ts";
import { TrustStore } from "./odoo/trust-store.ts";
import { OfdBreaker } from "./ofd/breaker.ts";
import { exchange, probe } from "./ofd/exchange.ts";
import { OfdRelay } from "./ofd/relay.ts";
import { routesOf } from "./ofd/routes.ts";
import { Backoff } from "./resilience/backoff.ts";
import { ForcedSync } from "./resilience/forced-sync.ts";
import { LinkMonitor, type Link } from "./resilience/link-monitor.ts";
import { WorkClasses } from "./resilience/work-classes.ts";
import { Mismatches } from "./watch/mismatches.ts";
import { FnPace } from "./watch/pace.ts";
import { forecastOf, takeReading } from "./watch/reading.ts";
import { Watch } from "./watch/watch.ts";

const BREAKER_SETTING = "ofd.breaker";
/** ms that the till's clock may be off Odoo's for the register's to be judged by it. */
const TRUSTED_DRIFT = 60_000;
/** ms of `stop` after which the process ends whatever is still open. */
const STOP_WITHIN = 20_000;
/** The monitor is asked this often whether a mode has lasted long enough, ms. */
const MODE_TICK = 5_000;

/** @throws StartError, JournalError: nothing is left open then */
export async function startBridge(config: Config, crash: CrashHook): Promise<RunningBridge> {
  checkLogFile(config);
  const logger = createLogger({ ...config.log, till: config.till.code });
  const metrics = new Metrics(config.till.code);
  const spans = new ReceiptSpans();
  const journal = openJournal(
    config,
    (error) => logger.error("listener_failed", { error }),
    (ms) => metrics.committed(ms),
  );
  const clock = systemTime;
  const { timers } = config;
  const monitor = new LinkMonitor(clock.monotonic(), {
    results: 3,
    minimumMs: timers.mode_min_ms,
  });
  const work = new WorkClasses();
  const lane = new FiscalLane({
    device: createDevice(config, logger),
    journal,
    time: systemTime,
    crash,
    settings: {
      stopTimeoutMs: STOP_WITHIN - 2_000,
      screenDeadlineMs: timers.screen_deadline_ms,
      statusIntervalMs: timers.device_status_ms,
      alarmRetryMs: timers.alarm_retry_ms,
    },
    log: (level, message, data) => logger[level](message, data),
    till: config.till.code,
    timezone: config.till.timezone,
    clockTrusted: () => Math.abs(time.driftMs() ?? Infinity) < TRUSTED_DRIFT,
  });
  const passport = new PassportMemory(journal);
  const firstContact = new FirstContact(clock);
  const trust = new TrustStore(journal, config.auth.odoo_public_keys);
  const time = new TrustedTime(clock);
  const tokens = new TokenService({ till: config.till.code, trust, clock, time });
  const client = new OdooClient(config.odoo);
  const backoff = (jitter: number): Backoff =>
    new Backoff({
      firstMs: timers.backoff_first_ms,
      ceilingMs: timers.backoff_ceiling_ms,
      jitter,
      random: Math.random,
    });
  /** An event that no row depends on: a disk that takes none now must not end what goes on. */
  const record = (kind: string, data: Readonly<Record<string, unknown>>): void => {
    try {
      journal.appendEvent(kind, null, data, isoUtc(clock));
    } catch (error) {
      logger.error("event_not_written", { kind, error });
    }
  };

  const reportLink = (link: Link, ok: boolean, rttMs?: number): void => {
    modeChanged(monitor.report(link, ok, clock.monotonic(), rttMs));
    live.statusChanged();
  };
  const modeChanged = (change: ReturnType<LinkMonitor["tick"]>): void => {
    if (change === null) return;
    logger.info("mode_changed", { ...change });
    record("mode.changed", { ...change });
    live.statusChanged();
  };

  const relay = new OfdRelay({
    lane,
    journal,
    clock,
    logger,
    backoff: backoff(0),
    breaker: new OfdBreaker({
      saved: journal.getSetting(BREAKER_SETTING),
      save: (json) => journal.setSetting(BREAKER_SETTING, json),
      onChange: (state) => {
        logger.warn("ofd_breaker", { state });
        record(`breaker.${state}`, { target: "ofd" });
        live.statusChanged();
      },
      probeMs: timers.breaker_probe_ms,
    }),
    routes: () => routesOf(config.ofd, lane.snapshot().info?.ofd ?? null),
    byDevice: () => lane.snapshot().info?.ofdBy === "device",
    exchange: (...call) => work.run("critical", () => exchange(...call)),
    probe,
    pollMs: config.ofd.poll_ms,
    probeMs: timers.link_probe_ms,
    onResult: (ok, rttMs) => reportLink("ofd", ok, rttMs),
    onChange: () => live.statusChanged(),
    wantsProbe: () => !monitor.isSettled("ofd"),
    onDelivered: (rows) => sync.ticketsCame(rows),
    onExchange: (result) => metrics.ofdResult(result),
  });

  const followUps = new FollowUps(journal);
  const sync = new OdooSync({
    client,
    journal,
    followUps,
    clock,
    logger,
    backoff: backoff(0.2),
    timezone: config.till.timezone,
    timeoutMs: config.odoo.sync_timeout_ms,
    orderMissingMs: config.timers.order_missing_ms,
    onLinkFailure: () => heartbeat.wake(),
    onRows: (result, count) => metrics.odooResult(result, count),
  });

  const forced = new ForcedSync({
    legs: [
      { name: "ofd", deliver: (signal) => relay.deliverNow(signal) },
      { name: "odoo", deliver: () => Promise.resolve(sync.syncNow()) },
    ],
    logger,
    record,
  });

  const pace = new FnPace(journal);
  const mismatches = new Mismatches(journal);
  const watch = new Watch({
    journal,
    clock,
    logger,
    limits: {
      shiftDueMs: timers.shift_due_ms,
      bufferOldestP2Ms: timers.buffer_oldest_p2_ms,
      bufferOldestP1Ms: timers.buffer_oldest_p1_ms,
    },
    everyMs: timers.watch_ms,
    read: () =>
      takeReading({
        lane,
        journal,
        clock,
        mismatches,
        pace,
        relay: () => relay.state,
        odooDriftMs: () => time.driftMs(),
        lease: () => odoo.lease.alert,
      }),
    onChange: () => live.statusChanged(),
  });

  const status = createStatusSource({
    till: config.till.code,
    version: VERSION,
    clock,
    lane,
    journal,
    monitor,
    ofd: () => relay.state,
    odoo: () => heartbeat.state,
    watch: () => ({
      alerts: watch.alerts,
      forecastEnd: forecastOf({ lane, pace, clock }),
    }),
    odooDriftMs: () => time.driftMs(),
  });

  const zoneCheck = warnOnce((zone: string | undefined) => {
    if (zone === undefined || zone === config.till.timezone) return false;
    logger.warn("timezone_differs", { here: config.till.timezone, odoo: zone });
    return true;
  });

  const odoo = createOdooLink({
    client,
    journal,
    clock,
    logger,
    backoff: backoff(0.2),
    timeoutMs: config.odoo.timeout_ms,
    eventsTimeoutMs: config.odoo.sync_timeout_ms,
    currentFn: () => lane.snapshot().info?.fn ?? null,
    isReachable: () => heartbeat.state.reachable && heartbeat.state.reason === null,
    syncNow: () => void forced.start("odoo"),
    maintenance: (on, reason) => lane.maintenance(on, reason, "odoo"),
    wakeHeartbeat: () => heartbeat.wake(),
    onAgain: () => {
      sync.nudge();
      catalogue.pullAll();
    },
  });

  const isOdooReady = (): boolean =>
    heartbeat.state.reachable &&
    heartbeat.state.reason === null &&
    odoo.dialogue.version === "current";

  const reservations = new Reservations({
    client,
    journal,
    clock,
    logger,
    backoff: backoff(0.2),
    timeoutMs: config.odoo.timeout_ms,
  });
  const saga = new RefundSaga({
    client,
    journal,
    reservations,
    clock,
    logger,
    odooVersion: () => odoo.dialogue.version,
    retryMs: timers.refund_retry_ms,
    deliverNow: () => sync.nudge(),
  });
  const catalogue = new CatalogueSync({
    client,
    journal,
    clock,
    logger,
    backoff: backoff(0.2),
    timeoutMs: config.odoo.sync_timeout_ms,
    everyMs: timers.catalogue_ms,
    isOdooReady,
  });

  const heartbeat = new Heartbeat({
    client,
    till: config.till.code,
    clock,
    logger,
    status,
    visit: () => odoo.dialogue.visit(),
    everyMs: config.odoo.heartbeat_ms,
    timeoutMs: config.odoo.timeout_ms,
    hasPending: () => journal.buffer().odooPending > 0,
    onAnswer: (answer, { serverMs, monotonicMs }) => {
      trust.learn(answer);
      time.learn(serverMs, monotonicMs);
      lane.expectInn(answer.till.inn || null);
      zoneCheck(answer.till.timezone);
    },
    onBack: () => {
      sync.linkIsBack();
      odoo.events.linkIsBack();
      reservations.linkIsBack();
    },
    onResult: (ok, rttMs) => reportLink("odoo", ok, rttMs),
  });

  const live = new LivePush({
    origins: config.http.origins,
    tokens,
    status,
    clock,
    logger,
  });

  const purge = new BodyPurge({
    journal,
    clock,
    timezone: config.till.timezone,
    onError: (error) => logger.error("purge_failed", { error }),
  });

  let shuttingDown = false;
  const app = createApp({
    till: config.till.code,
    timezone: config.till.timezone,
    version: VERSION,
    origins: config.http.origins,
    rateLimitPerSecond: config.http.rate_limit_rps,
    waitMs: timers.answer_wait_ms,
    lane,
    journal,
    refunds: createRefundDoor({ saga, reservations, journal, clock }),
    tokens,
    work,
    status,
    syncNow: (by) => forced.start(by),
    odooPending: () => sync.nudge(),
    statusChanged: () => live.statusChanged(),
    odooLastOkAt: () => sync.lastOkAt,
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
    client.close();
    journal.close();
    await logger.close();
  };
  const urls = await listenOnBoth(config, httpServer, metricsServer).catch(async (error) => {
    await release();
    throw error;
  });

  trust.load();
  followUps.load();
  odoo.load();
  reservations.load();
  passport.load();
  pace.load();
  watch.load();
  metrics.collectProcess();
  lane.onChange((snapshot) => {
    if (snapshot.info !== null) passport.learn(snapshot.info);
    live.statusChanged();
    watch.soon();
  });
  lane.onReceipt((row) => {
    metrics.receiptChanged(row);
    spans.receiptChanged(row);
    live.receiptChanged(() => receiptBody(row, passport.current));
    live.statusChanged();
    watch.soon();
    if (row.state === "fiscalized" && row.legs.odoo === "pending") sync.nudge();
    if (row.receipt.type === "refund") reservations.nudge();
  });
  const tracing = await startTracing({
    url: config.tracing.otlp_url,
    till: config.till.code,
    version: VERSION,
    logger,
  });
  live.start(httpServer);
  await lane.start();
  relay.start();
  heartbeat.start();
  sync.start();
  odoo.start();
  reservations.start();
  catalogue.start();
  purge.start();
  watch.start();
  const modeTick = Math.min(MODE_TICK, timers.mode_min_ms);
  const modeTimer = setInterval(() => modeChanged(monitor.tick(clock.monotonic())), modeTick);
  logger.info("bridge_started", { version: VERSION, ...urls });

  return {
    ...urls,
    async stop() {
      logger.info("bridge_stopping");
      shuttingDown = true;
      clearInterval(modeTimer);
      watch.stop();
      const closed = close(httpServer, STOP_WITHIN);
      // a receipt in flight ends and its answer goes out before anything else is taken away
      await Promise.all([
        ...[lane.stop(), relay.stop(), heartbeat.stop()],
        ...[sync.stop(), odoo.stop(), purge.stop(), forced.stop()],
        ...[reservations.stop(), catalogue.stop()],
      ]);
      await live.stop();
      await tracing.stop().catch(() => undefined);
      httpServer.closeIdleConnections();
      await Promise.all([closed, close(metricsServer, 0)]);
      logger.info("bridge_stopped");
      await release();
    },
  };
}

/** @returns `check`, silent from the time on that it complained */
function warnOnce<T>(check: (value: T) => boolean): (value: T) => void {
  let warned = false;
  return (value) => {
    if (!warned) warned = check(value);
  };
}

function createDevice({ device }: Config, logger: Logger): FiscalDevice {
  if (device.driver === "atol") {
    return new AtolDevice({
      url: device.url!,
      login: device.web_login,
      password: device.web_password,
      deviceId: device.device_id,
    });
  }
  const transport =
    device.transport === "serial"
      ? new SerialTransport({ path: device.path!, baudRate: device.baud_rate })
      : new TcpTransport({ host: device.host!, port: device.port! });
  return new ShtrihDevice({
    transport,
    protocol: device.protocol,
    password: device.password,
    onEvent: (event) => logger.debug("device_link", { event }),
  });
}

const VERSION = (
  JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8")) as {
    version: string;
  }
).version;

process.on("uncaughtException", fail);
process.on("unhandledRejection", fail);
// a parent that stopped reading must not take the till down
process.stdout.on("error", () => undefined);
process.stderr.on("error", () => undefined);
await createProgram({
  version: VERSION,
  env: process.env,
  serve: (config) => serve(config, { start: startBridge, stopWithinMs: STOP_WITHIN + 2_000 }),
  print: (line) => process.stdout.write(`${line}\n`),
})
  .parseAsync()
  .catch(fail);
