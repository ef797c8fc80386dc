/** Puts together what speaks with Odoo besides receipts: lease, commands, events, redelivery. */
import { randomUUID } from "node:crypto";
import type { Clock } from "../domain/clock.ts";
import type { Journal } from "../journal/types.ts";
import type { Logger } from "../observability/logger.ts";
import type { Backoff } from "../resilience/backoff.ts";
import type { OdooClient } from "./client.ts";
import { Commands } from "./commands.ts";
import { Dialogue } from "./dialogue.ts";
import { EventDelivery } from "./event-delivery.ts";
import { journalId } from "./journal-id.ts";
import { Lease } from "./lease.ts";
import { Redelivery } from "./redelivery.ts";

export interface OdooLinkOptions {
  readonly client: Pick<OdooClient, "call">;
  readonly journal: Journal;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Of the events. */
  readonly backoff: Backoff;
  /** ms */
  readonly timeoutMs: number;
  readonly eventsTimeoutMs: number;
  readonly currentFn: () => string | null;
  /** Odoo answers and takes this till. */
  readonly isReachable: () => boolean;
  /** Both legs go now, whatever their pause was. */
  readonly syncNow: () => void;
  readonly maintenance: (on: boolean, reason: string) => void;
  readonly wakeHeartbeat: () => void;
  /** Receipts are to be delivered again. */
  readonly onAgain: () => void;
}

export interface OdooLink {
  readonly dialogue: Dialogue;
  readonly lease: Lease;
  readonly events: EventDelivery;
  load(): void;
  start(): void;
  stop(): Promise<void>;
}

export function createOdooLink(options: OdooLinkOptions): OdooLink {
  const { client, journal, clock, logger, timeoutMs, wakeHeartbeat } = options;
  let known: string | null = null;
  const id = (): string => (known ??= journalId(journal));
  const lease = new Lease({ journal, clock });
  const { syncNow, maintenance } = options;
  const onResult = wakeHeartbeat;
  const commands = new Commands({ journal, clock, logger, syncNow, maintenance, onResult });
  const events: EventDelivery = new EventDelivery({
    client,
    journal,
    journalId: id,
    backoff: options.backoff,
    logger,
    timeoutMs: options.eventsTimeoutMs,
    isOdooReady: () => options.isReachable() && dialogue.version === "current",
  });
  const { currentFn, onAgain } = options;
  const redelivery = new Redelivery({ journal, clock, logger, currentFn, onAgain });
  const process = randomUUID();
  const dialogue: Dialogue = new Dialogue({
    client,
    instance: () => `${id()}.${process}`,
    journalId: id,
    lease,
    commands,
    events,
    redelivery,
    clock,
    logger,
    timeoutMs,
    onLease: wakeHeartbeat,
  });
  return {
    dialogue,
    lease,
    events,
    load() {
      lease.load();
      commands.load();
      events.load();
    },
    start: () => events.start(),
    async stop() {
      await Promise.all([events.stop(), dialogue.stop()]);
    },
  };
}
