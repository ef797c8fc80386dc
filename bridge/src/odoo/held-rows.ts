/**
 * What of this till is not at rest (waits for a leg, is dead or in doubt), for Odoo's page of its
 * buffer: told with a heartbeat when it differs from what the last answered one told.
 */
import { createHash } from "node:crypto";
import { roublesFromKopecks } from "../domain/money.ts";
import { totalKopecks } from "../domain/parse-receipt.ts";
import { formatKey } from "../domain/receipt-key.ts";
import type { Journal, UnsettledReceipt } from "../journal/types.ts";

/** Rows of one heartbeat, oldest first (docs/contracts.md). */
export const MOST_HELD = 500;

export interface HeldTelling {
  /** Of the heartbeat; empty where Odoo knows it all. */
  readonly params: Readonly<Record<string, unknown>>;
  /** The heartbeat that carried it was answered. */
  heard(): void;
}

export class HeldRows {
  readonly #journal: Pick<Journal, "lookup">;
  #told: string | null = null;

  constructor(journal: Pick<Journal, "lookup">) {
    this.#journal = journal;
  }

  telling(): HeldTelling {
    const receipts = this.#journal.lookup.unsettled(MOST_HELD).map(heldRow);
    const text = JSON.stringify(receipts);
    const version = createHash("sha256").update(text).digest("hex").slice(0, 16);
    if (version === this.#told) return { params: {}, heard: () => undefined };
    return {
      params: { rows: { version, receipts } },
      heard: () => {
        this.#told = version;
      },
    };
  }
}

function heldRow({ row, attempts, error }: UnsettledReceipt): Readonly<Record<string, unknown>> {
  const { key, receipt, state, fiscal, legs, reason } = row;
  return {
    key: formatKey(key),
    type: receipt.type,
    order_name: receipt.order.name,
    total: roublesFromKopecks(totalKopecks(receipt)),
    state,
    at: row.fiscalizedAt ?? row.acceptedAt,
    fn: fiscal?.fn ?? null,
    fd: fiscal?.fd ?? null,
    legs: { ofd: legs.ofd, odoo: legs.odoo },
    attempts,
    error: error ?? reason?.text ?? null,
  };
}
