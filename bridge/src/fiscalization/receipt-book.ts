/** Every move of a receipt goes through the state machine, then into the journal. */
import { isoUtc, type Clock } from "../domain/clock.ts";
import { formatKey } from "../domain/receipt-key.ts";
import { transition, type Effect, type ReceiptEvent } from "../domain/receipt-machine.ts";
import type { FiscalData, ReceiptKey } from "../domain/receipt.ts";
import type { ClosingIntent, Journal, Reason, StoredReceipt } from "../journal/types.ts";

export interface Moved {
  readonly row: StoredReceipt;
  readonly effects: readonly Effect[];
}

export class ReceiptBook {
  readonly #journal: Journal;
  readonly #clock: Clock;

  constructor(journal: Journal, clock: Clock) {
    this.#journal = journal;
    this.#clock = clock;
  }

  /** @throws Error when the journal has no such key */
  row(key: ReceiptKey): StoredReceipt {
    const row = this.#journal.get(key);
    if (!row) throw new Error(`no receipt ${formatKey(key)} in the journal`);
    return row;
  }

  isAccepted(key: ReceiptKey): boolean {
    return this.row(key).state === "accepted";
  }

  /** The document belongs to another receipt of the journal already. */
  isTaken(fn: string, fd: number): boolean {
    return this.#journal.byFd(fn, fd) !== null;
  }

  beginClosing(key: ReceiptKey, intent: Omit<ClosingIntent, "at">): Moved {
    return this.#move(key, "close-begun", (at) =>
      this.#journal.markClosing(key, { ...intent, at }),
    );
  }

  fiscalize(
    key: ReceiptKey,
    event: Extract<ReceiptEvent, "close-answered" | "proved-done" | "resolved-done">,
    fiscal: FiscalData,
    evidence?: Readonly<Record<string, unknown>>,
  ): Moved {
    return this.#move(key, event, (at) => this.#journal.markFiscalized(key, fiscal, at, evidence));
  }

  /** The other events carry a reason; a restart of a receipt in doubt writes nothing. */
  end(
    key: ReceiptKey,
    event: Exclude<
      ReceiptEvent,
      "close-begun" | "close-answered" | "proved-done" | "resolved-done"
    >,
    reason: Reason,
  ): Moved {
    return this.#move(key, event, (at, state) => {
      const row = this.row(key);
      if (row.state === state && (event === "restarted" || sameReason(row.reason, reason))) {
        return row;
      }
      if (state === "unknown") return this.#journal.markUnknown(key, reason, at);
      if (state === "rejected") return this.#journal.markRejected(key, reason, at);
      return this.#journal.markCancelled(key, reason, at);
    });
  }

  note(kind: string, key: ReceiptKey | null, data: Readonly<Record<string, unknown>>): void {
    this.#journal.appendEvent(kind, key, data, isoUtc(this.#clock));
  }

  #move(
    key: ReceiptKey,
    event: ReceiptEvent,
    write: (at: string, state: StoredReceipt["state"]) => StoredReceipt,
  ): Moved {
    const { state } = this.row(key);
    const next = transition(state, event);
    if (next.kind === "refused") {
      throw new Error(`receipt ${formatKey(key)} is ${state}: ${event} does not apply`);
    }
    return { row: write(isoUtc(this.#clock), next.state), effects: next.effects };
  }
}

function sameReason(a: Reason | null, b: Reason): boolean {
  return a?.code === b.code && a.text === b.text;
}
