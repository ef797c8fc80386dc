/** The register and the lane in front of it. */
import type { Config } from "../config/schema.ts";
import { AtolDevice } from "../device/atol/index.ts";
import type { FiscalDevice } from "../device/fiscal-device.ts";
import { SerialTransport, ShtrihDevice, TcpTransport } from "../device/shtrih/index.ts";
import { FiscalLane } from "../fiscalization/lane.ts";
import type { Logger } from "../observability/logger.ts";
import type { Core } from "./core.ts";

/** ms that the till's clock may be off Odoo's for the register's to be judged by it. */
const TRUSTED_DRIFT = 60_000;

/**
 * @param stopTimeoutMs how long the lane's stop waits for a receipt in flight
 * @param driftMs till's clock minus Odoo's; null until Odoo was heard
 */
export function createLane(
  { config, timers, journal, clock, crash, logger, till }: Core,
  stopTimeoutMs: number,
  driftMs: () => number | null,
): FiscalLane {
  return new FiscalLane({
    device: createDevice(config, logger),
    journal,
    time: clock,
    crash,
    settings: {
      stopTimeoutMs,
      screenDeadlineMs: timers.screen_deadline_ms,
      statusIntervalMs: timers.device_status_ms,
      alarmRetryMs: timers.alarm_retry_ms,
    },
    log: (level, message, data) => logger[level](message, data),
    till,
    timezone: config.till.timezone,
    clockTrusted: () => Math.abs(driftMs() ?? Infinity) < TRUSTED_DRIFT,
  });
}

/** The driver that the configuration names; nothing is opened yet. */
export function createDevice({ device }: Config, logger: Logger): FiscalDevice {
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
