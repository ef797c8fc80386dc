/**
 * What heartbeat and Odoo say to each other beyond the till's state: lease, commands and their
 * results, how far Odoo has receipts and events. An Odoo that answers no `lease` is an older one:
 * nothing new is asked of it.
 */
import type { Clock } from "../domain/clock.ts";
import type { Logger } from "../observability/logger.ts";
import type { OdooClient } from "./client.ts";
import type { Commands } from "./commands.ts";
import type { EventDelivery } from "./event-delivery.ts";
import type { Lease } from "./lease.ts";
import type { Redelivery } from "./redelivery.ts";
import { leaseAnswerSchema, type HeartbeatAnswer } from "./schemas.ts";

/** `old`: it answers, and knows no leases, events, catalogue and reservations. */
export type OdooVersion = "unknown" | "old" | "current";

export interface DialogueOptions {
  readonly client: Pick<OdooClient, "call">;
  /** The journal's uuid, a dot, the process's. */
  readonly instance: () => string;
  readonly journalId: () => string;
  readonly lease: Lease;
  readonly commands: Commands;
  readonly events: Pick<EventDelivery, "acked" | "odooHas" | "nudge">;
  readonly redelivery: Redelivery;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly timeoutMs: number;
  /** The lease is ours now: commands may be waiting. */
  readonly onLease: () => void;
}

/** One heartbeat: what it carries, and what becomes of its answer. */
export interface Visit {
  readonly params: Readonly<Record<string, unknown>>;
  heard(answer: HeartbeatAnswer): void;
}

export class Dialogue {
  readonly #options: DialogueOptions;
  #version: OdooVersion = "unknown";
  #asking: Promise<void> | null = null;
  /** This process has asked for the lease: it is not fought over with one that started later. */
  #asked = false;

  constructor(options: DialogueOptions) {
    this.#options = options;
  }

  get version(): OdooVersion {
    return this.#version;
  }

  visit(): Visit {
    const { instance, journalId, lease, commands, events, redelivery, clock } = this.#options;
    const sentAt = clock.monotonic();
    const results = commands.results();
    const acked = events.acked;
    const confirmed = redelivery.confirmed();
    return {
      params: {
        instance: instance(),
        fence: lease.fence,
        journal: { id: journalId(), last_event: acked },
        results,
      },
      heard: (answer) => {
        this.#version = answer.lease === undefined ? "old" : "current";
        const { lease: told, last } = answer;
        // a second bridge of this till: what Odoo last has is the holder's
        const ours = told?.held_by_other !== true;
        if (last !== undefined && ours) redelivery.compare(last, confirmed);
        if (told === undefined) return;
        commands.told(results);
        if (answer.last_event != null && ours) events.odooHas(answer.last_event, acked);
        events.nudge();
        lease.heard(told, sentAt, false);
        if (lease.fence !== null) commands.take(answer.commands, lease.newestSeen);
        // the holder may be this journal's process of before: Odoo hands it over at once then
        else if (ours || !this.#asked) this.#ask();
      },
    };
  }

  /** Waits for a question that is under way. */
  async stop(): Promise<void> {
    await this.#asking;
  }

  #ask(): void {
    this.#asking ??= this.#acquire().finally(() => {
      this.#asking = null;
    });
  }

  async #acquire(): Promise<void> {
    const { client, instance, lease, clock, logger, timeoutMs, onLease } = this.#options;
    const sentAt = clock.monotonic();
    try {
      const answer = await client.call("lease", { instance: instance() }, leaseAnswerSchema, {
        timeoutMs,
      });
      this.#asked = true;
      lease.heard(answer, sentAt, true);
      if (lease.fence !== null) onLease();
    } catch (error) {
      logger.warn("odoo_lease_not_had", { error });
    }
  }
}
