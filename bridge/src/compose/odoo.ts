/** All that speaks with Odoo: pulse, receipts, events and commands, refunds, catalogue. */
import { CatalogueSync } from "../catalogue/catalogue-sync.ts";
import type { FiscalLane } from "../fiscalization/lane.ts";
import type { TrustedTime } from "../http/auth/trusted-time.ts";
import { createRefundDoor, type RefundDoor } from "../http/refund-door.ts";
import type { StatusBody } from "../http/schemas/status.ts";
import type { StoredReceipt } from "../journal/types.ts";
import { inClass } from "../odoo/classed-client.ts";
import { OdooClient } from "../odoo/client.ts";
import { FollowUps } from "../odoo/follow-ups.ts";
import { Heartbeat } from "../odoo/heartbeat.ts";
import { HeldRows } from "../odoo/held-rows.ts";
import { createOdooLink, type OdooLink } from "../odoo/link.ts";
import type { Registration } from "../odoo/receipt-row.ts";
import { OdooSync } from "../odoo/sync.ts";
import type { TrustStore } from "../odoo/trust-store.ts";
import { Reservations } from "../refunds/reservations.ts";
import { RefundSaga } from "../refunds/saga.ts";
import type { Core } from "./core.ts";
import type { Links } from "./links.ts";
import type { PeopleRoom } from "./people.ts";

export interface OdooNeeds {
  readonly lane: FiscalLane;
  readonly links: Links;
  readonly trust: TrustStore;
  readonly people: PeopleRoom;
  readonly time: TrustedTime;
  readonly status: () => StatusBody;
  readonly registration: () => Registration;
  /** Both legs go now, whatever their pause was. */
  readonly syncNow: (by: string) => void;
}

export interface OdooRoom {
  readonly sync: OdooSync;
  readonly heartbeat: Heartbeat;
  readonly link: OdooLink;
  readonly refunds: RefundDoor;
  /** A receipt changed. */
  receiptChanged(row: StoredReceipt): void;
  load(): void;
  start(): void;
  stop(): Promise<void>;
  /** Closes the connections. */
  release(): void;
}

/** Odoo's calls come from forty tills at once after an outage. */
const JITTER = 0.2;

export function createOdoo(core: Core, needs: OdooNeeds): OdooRoom {
  const { config, timers, journal, clock, logger, metrics, till, backoff } = core;
  const { lane, links, trust, people, time, status, syncNow } = needs;
  const { timeout_ms: timeoutMs, sync_timeout_ms: longMs } = config.odoo;
  const client = new OdooClient(config.odoo);
  const followUps = new FollowUps(journal);
  const held = new HeldRows(journal);
  const shared = { client, journal, clock, logger } as const;

  const sync = new OdooSync({
    ...shared,
    client: inClass(client, core.work, "high"),
    followUps,
    backoff: backoff(JITTER),
    timezone: config.till.timezone,
    registration: needs.registration,
    timeoutMs: longMs,
    orderMissingMs: timers.order_missing_ms,
    onLinkFailure: () => heartbeat.wake(),
    onRows: (result, count) => metrics.odooResult(result, count),
  });

  const taken = (): boolean => heartbeat.state.reachable && heartbeat.state.reason === null;
  const link = createOdooLink({
    ...shared,
    backoff: backoff(JITTER),
    timeoutMs,
    eventsTimeoutMs: longMs,
    currentFn: () => lane.snapshot().info?.fn ?? null,
    isReachable: taken,
    syncNow: () => syncNow("odoo"),
    maintenance: (on, reason) => lane.maintenance(on, reason, "odoo"),
    wakeHeartbeat: () => heartbeat.wake(),
    onAgain: () => {
      sync.nudge();
      catalogue.pullAll();
    },
  });

  const reservations = new Reservations({ ...shared, backoff: backoff(JITTER), timeoutMs });
  const saga = new RefundSaga({
    ...shared,
    reservations,
    odooVersion: () => link.dialogue.version,
    retryMs: timers.refund_retry_ms,
    deliverNow: () => sync.nudge(),
  });
  const catalogue = new CatalogueSync({
    ...shared,
    client: inClass(client, core.work, "default"),
    backoff: backoff(JITTER),
    timeoutMs: longMs,
    everyMs: timers.catalogue_ms,
    minute: Math.floor(Math.random() * 60),
    isOdooReady: () => taken() && link.dialogue.version === "current",
  });

  const zoneCheck = warnOnce((zone: string | undefined) => {
    if (zone === undefined || zone === config.till.timezone) return false;
    logger.warn("timezone_differs", { here: config.till.timezone, odoo: zone });
    return true;
  });
  const heartbeat: Heartbeat = new Heartbeat({
    client,
    till,
    clock,
    logger,
    status,
    visit: () => {
      const visit = link.dialogue.visit();
      const telling = held.telling();
      const own = { approval_key: people.key.publicJwk, roster: people.roster.version };
      return {
        params: { ...visit.params, ...own, ...telling.params },
        heard: (answer) => {
          telling.heard();
          visit.heard(answer);
        },
      };
    },
    everyMs: config.odoo.heartbeat_ms,
    timeoutMs,
    hasPending: () => journal.buffer().odooPending > 0,
    onAnswer: (answer, { serverMs, monotonicMs }) => {
      trust.learn(answer);
      time.learn(serverMs, monotonicMs);
      if (answer.roster != null) void people.roster.take(answer.roster);
      lane.expectInn(answer.till.inn || null);
      zoneCheck(answer.till.timezone);
    },
    onBack: () => {
      sync.linkIsBack();
      link.events.linkIsBack();
      reservations.linkIsBack();
    },
    onResult: (ok, rttMs) => links.report("odoo", ok, rttMs),
  });

  const parts = [heartbeat, sync, link, reservations, catalogue] as const;
  return {
    sync,
    heartbeat,
    link,
    refunds: createRefundDoor({ saga, reservations, journal, clock }),
    receiptChanged(row) {
      if (row.state === "fiscalized" && row.legs.odoo === "pending") sync.nudge();
      if (row.receipt.type === "refund") reservations.nudge();
    },
    load() {
      followUps.load();
      link.load();
      reservations.load();
    },
    start() {
      for (const part of parts) part.start();
    },
    async stop() {
      await Promise.all(parts.map((part) => part.stop()));
    },
    release: () => client.close(),
  };
}

/** @returns `check`, silent from the time on that it complained */
function warnOnce<T>(check: (value: T) => boolean): (value: T) => void {
  let warned = false;
  return (value) => {
    if (!warned) warned = check(value);
  };
}
