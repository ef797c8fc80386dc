/** The till's state as the heartbeat tells it (docs/contracts.md). */
import type { StatusBody } from "../http/schemas/status.ts";

export function stateParams(status: StatusBody): Record<string, unknown> {
  const { version, time, mode, device, fn, shift, ofd, buffer, links, alerts, dlq } = status;
  const { level, capacity, oldest_at, odoo_pending } = buffer;
  return {
    version,
    time,
    mode,
    device,
    fn: fn === null ? null : fnParams(fn),
    shift: shift === null ? null : shiftParams(shift),
    buffer: { level, capacity, oldest_at, odoo_pending },
    breaker: ofd.breaker,
    documents_left: fn?.documents_left,
    links,
    alerts,
    dlq,
    maintenance: status.maintenance,
  };
}

function fnParams({
  serial,
  rnm,
  inn,
  expires,
  unsent,
  oldest_unsent_at,
}: NonNullable<StatusBody["fn"]>) {
  return { serial, rnm, inn, expires, unsent, oldest_unsent_at };
}

function shiftParams({ state, number, receipt }: NonNullable<StatusBody["shift"]>) {
  return { state, number, receipt };
}
