/** The leg to the ОФД. */
import type { FiscalLane } from "../fiscalization/lane.ts";
import type { StoredReceipt } from "../journal/types.ts";
import { OfdBreaker } from "../ofd/breaker.ts";
import { exchange, probe } from "../ofd/exchange.ts";
import { OfdRelay } from "../ofd/relay.ts";
import { routesOf } from "../ofd/routes.ts";
import type { Core } from "./core.ts";
import type { Links } from "./links.ts";

const BREAKER_SETTING = "ofd.breaker";

export interface OfdNeeds {
  readonly lane: FiscalLane;
  readonly links: Links;
  /** Receipts whose tickets came. */
  readonly onDelivered: (rows: readonly StoredReceipt[]) => void;
}

export function createOfdRelay(core: Core, { lane, links, onDelivered }: OfdNeeds): OfdRelay {
  const { config, timers, journal, clock, logger, metrics, work, record, bell } = core;
  return new OfdRelay({
    lane,
    journal,
    clock,
    logger,
    backoff: core.backoff(0),
    breaker: new OfdBreaker({
      saved: journal.getSetting(BREAKER_SETTING),
      save: (json) => journal.setSetting(BREAKER_SETTING, json),
      onChange: (state) => {
        logger.warn("ofd_breaker", { state });
        record(`breaker.${state}`, { target: "ofd" });
        bell.ring();
      },
      probeMs: timers.breaker_probe_ms,
    }),
    routes: () => routesOf(config.ofd, lane.snapshot().info?.ofd ?? null),
    byDevice: () => lane.snapshot().info?.ofdBy === "device",
    exchange: (...call) => work.run("critical", () => exchange(...call)),
    probe,
    pollMs: config.ofd.poll_ms,
    probeMs: timers.link_probe_ms,
    onResult: (ok, rttMs) => links.report("ofd", ok, rttMs),
    onChange: () => bell.ring(),
    // Odoo lost: often the shop's whole line is, and nobody sells who would notice
    wantsProbe: () => !links.monitor.isSettled("ofd") || !links.monitor.isUp("odoo"),
    onDelivered,
    onExchange: (result) => metrics.ofdResult(result),
  });
}
