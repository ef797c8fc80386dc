/**
 * One order at the till, from the marked attempt to a known end. The same key is sent and asked
 * after until the bridge says how it ended; the cashier may withdraw what is still only accepted,
 * or leave an order whose bridge is away: it stays locked until the bridge has been asked.
 */
import type { BridgeClient } from "../bridge/bridge_client.ts";
import { BridgeUnreachable } from "../bridge/problem.ts";
import { isReceipt } from "../bridge/receipt_answer.ts";
import type { BridgeReceipt } from "../receipt/receipt_types.ts";
import type { OrderStore } from "../storage/order_store.ts";
import {
  isOpen,
  keyOf,
  notRecorded,
  reconcile,
  recounted,
  told,
  withdrawn,
  type OrderRecord,
  type Reason,
} from "./attempt.ts";
import { Mailbox } from "./mailbox.ts";
import { verdictOf } from "./verdict.ts";

/** What the cashier is told while it lasts. */
export interface Progress {
  readonly phase: "sending" | "accepted" | "closing" | "unknown" | "busy" | "unreachable";
  /** Russian text of the bridge, null when it said nothing of its own. */
  readonly text: string | null;
  /** Why it lasts, in the bridge's own code; null when nothing is the matter. */
  readonly code: string | null;
  readonly canWithdraw: boolean;
  /** Nothing can be said about this order before the bridge is back. */
  readonly canLeave: boolean;
}

export type Choice = "withdraw" | "leave" | "retry";

export type Outcome =
  | { readonly kind: "fiscalized"; readonly record: OrderRecord }
  /** No fiscal document exists; the order may be edited and tried again. */
  | { readonly kind: "refused"; readonly record: OrderRecord; readonly reason: Reason }
  /** Left while the outcome is open. */
  | { readonly kind: "left"; readonly record: OrderRecord }
  /** The bridge had it and knows it no more (its journal is another one): a person decides. */
  | { readonly kind: "forgotten"; readonly record: OrderRecord };

export interface SettlementDeps {
  readonly client: Pick<BridgeClient, "sendReceipt" | "withdraw" | "orderStates">;
  readonly store: Pick<OrderStore, "put">;
  show(progress: Progress): void;
  now(): number;
  setTimeout(callback: () => void, ms: number): unknown;
  clearTimeout(timer: unknown): void;
}

type Event =
  | { readonly type: "told"; readonly receipt: BridgeReceipt }
  | { readonly type: "failed"; readonly error: unknown }
  | { readonly type: "choice"; readonly choice: Choice }
  | { readonly type: "forgotten" }
  | { readonly type: "again" };

const ASK_AGAIN_MS = 1_000;
const UNREACHABLE_RETRY_MS = 2_000;

export class Settlement {
  private readonly deps: SettlementDeps;
  private readonly mailbox = new Mailbox<Event>();
  private record: OrderRecord;
  private busy: Reason | null = null;
  /** Until the bridge is asked again. */
  private pauseMs = ASK_AGAIN_MS;
  private away: Reason | null = null;
  /** The request that is under way. */
  private call: { readonly cancel: AbortController; readonly ended: Promise<void> } | null = null;
  private timer: unknown = null;
  /** No request of this attempt has left the page yet. */
  private certain: boolean;
  private forgotten = false;

  /**
   * @param record an open record (`begin` has been stored)
   * @param fresh whether the attempt was begun just now, and not found open
   */
  constructor(record: OrderRecord, fresh: boolean, deps: SettlementDeps) {
    this.record = record;
    this.certain = fresh;
    this.deps = deps;
  }

  /** Of the order that is being settled. */
  get uuid(): string {
    return this.record.uuid;
  }

  /** The cashier pressed a button. */
  choose(choice: Choice): void {
    this.mailbox.push({ type: "choice", choice });
  }

  /** The live channel told of a receipt. */
  hear(receipt: BridgeReceipt): void {
    if (receipt.uuid === this.record.uuid) this.mailbox.push({ type: "told", receipt });
  }

  async run(): Promise<Outcome> {
    this.send();
    for (;;) {
      this.deps.show(this.progress());
      const event = await this.mailbox.next();
      const left = await this.handle(event);
      const outcome = left ? await this.leave() : this.outcome();
      if (outcome !== null) {
        this.deps.clearTimeout(this.timer);
        return outcome;
      }
    }
  }

  /** @returns whether the cashier leaves */
  private async handle(event: Event): Promise<boolean> {
    switch (event.type) {
      case "told":
        this.busy = this.away = null;
        this.pauseMs = ASK_AGAIN_MS;
        await this.save(told(this.record, event.receipt, this.deps.now()));
        break;
      case "failed":
        await this.failed(event.error);
        break;
      case "forgotten":
        this.forgotten = true;
        return false;
      case "again":
        this.send();
        return false;
      case "choice":
        if (event.choice === "leave") return true;
        if (event.choice === "withdraw") await this.withdraw();
        else this.send();
        break;
    }
    if (this.call === null && isOpen(this.record)) {
      this.later(this.away === null ? this.pauseMs : UNREACHABLE_RETRY_MS);
    }
    return false;
  }

  private send(): void {
    if (this.call !== null) return;
    this.deps.clearTimeout(this.timer);
    this.timer = null;
    const cancel = new AbortController();
    const ended = this.request(cancel.signal)
      .catch((error: unknown): Event => ({ type: "failed", error }))
      .then((event) => {
        this.call = null;
        this.mailbox.push(event);
      })
      .catch(() => undefined);
    this.call = { cancel, ended };
  }

  /**
   * A receipt that the bridge had and forgot is never sent again: it may be on paper. It is asked
   * each time, for a bridge that starts with another journal may be back before a call fails. So is
   * one whose content the page has let go, which the bridge took all the same.
   */
  private async request(signal: AbortSignal): Promise<Event> {
    const { body, uuid, state } = this.record;
    const key = keyOf(this.record);
    if (state !== "sent") {
      const receipts = await this.deps.client.orderStates([uuid], signal);
      const known = receipts.find((receipt) => receipt.uuid === uuid);
      if (known === undefined) return { type: "forgotten" };
      if (body === null) return { type: "told", receipt: known };
    }
    if (body === null) throw new Error(`attempt ${key} was never begun`);
    const receipt = await this.deps.client.sendReceipt(key, body, signal);
    if (!isReceipt(receipt) || receipt.uuid !== uuid) {
      throw new BridgeUnreachable(new Error("no receipt of this order"));
    }
    return { type: "told", receipt };
  }

  private later(ms: number): void {
    this.deps.clearTimeout(this.timer);
    this.timer = this.deps.setTimeout(() => this.mailbox.push({ type: "again" }), ms);
  }

  private async failed(error: unknown): Promise<void> {
    const verdict = verdictOf(error, keyOf(this.record), this.certain);
    if (verdict.kind !== "not_recorded") this.certain = false;
    this.busy = verdict.kind === "busy" ? verdict.reason : null;
    // the cashier waits for a busy register; a flooded bridge is given its time
    const flooded = verdict.kind === "busy" && verdict.reason.code === "rate_limited";
    this.pauseMs = flooded ? verdict.retryMs : ASK_AGAIN_MS;
    this.away = verdict.kind === "open" ? verdict.reason : null;
    const at = this.deps.now();
    switch (verdict.kind) {
      case "told":
        await this.save(told(this.record, verdict.receipt, at));
        break;
      case "not_recorded":
        await this.save(notRecorded(this.record, verdict.reason, at));
        break;
      case "ask":
        await this.ask(verdict.reason, verdict.expected);
        break;
      case "busy":
      case "open":
        break;
    }
  }

  /** The bridge's own account of the order decides when numbers or contents differ. */
  private async ask(reason: Reason, expected: number | null): Promise<void> {
    try {
      const receipts = await this.deps.client.orderStates([this.record.uuid]);
      const at = this.deps.now();
      const next = reconcile(this.record, receipts, at);
      const again = expected === null ? this.record : recounted(this.record, expected, at);
      if (!isOpen(next) && next.state === "unsent" && again !== this.record) {
        await this.save(again);
        return;
      }
      await this.save(next.reason === null && !isOpen(next) ? { ...next, reason } : next);
      this.away = null;
    } catch {
      this.away = reason;
    }
  }

  private async withdraw(): Promise<void> {
    try {
      await this.deps.client.withdraw(keyOf(this.record));
    } catch {
      // too late or not reached: the answer to the receipt itself tells which
      return;
    }
    const reason = { code: "withdrawn", text: "" };
    await this.save(withdrawn(this.record, reason, this.deps.now()));
  }

  /**
   * Leaving while the bridge only said "busy" proves that nothing was recorded. The request that is
   * under way has ended first, and what it brought counts: nobody would hear its answer.
   */
  private async leave(): Promise<Outcome> {
    await this.hangUp();
    if (this.busy !== null && this.certainlyBusy()) {
      await this.save(notRecorded(this.record, this.busy, this.deps.now()));
      await this.readRest();
    }
    return this.outcome() ?? { kind: "left", record: this.record };
  }

  private async hangUp(): Promise<void> {
    this.deps.clearTimeout(this.timer);
    this.call?.cancel.abort();
    await this.call?.ended;
    await this.readRest();
  }

  /** What was told while the cashier was leaving. */
  private async readRest(): Promise<void> {
    for (let event = this.mailbox.take(); event !== undefined; event = this.mailbox.take()) {
      if (event.type !== "choice" && event.type !== "again") await this.handle(event);
    }
  }

  private certainlyBusy(): boolean {
    return this.record.state === "sent" && this.away === null;
  }

  private async save(next: OrderRecord): Promise<void> {
    if (next === this.record) return;
    this.record = next;
    await this.deps.store.put(next);
  }

  private outcome(): Outcome | null {
    const { record } = this;
    if (this.forgotten) return { kind: "forgotten", record };
    if (record.state === "fiscalized") return { kind: "fiscalized", record };
    if (isOpen(record)) return null;
    return { kind: "refused", record, reason: record.reason ?? { code: record.state, text: "" } };
  }

  private progress(): Progress {
    const { state } = this.record;
    const phase =
      this.away !== null
        ? "unreachable"
        : this.busy !== null
          ? "busy"
          : state === "accepted" || state === "closing" || state === "unknown"
            ? state
            : "sending";
    const reason = this.away ?? this.busy ?? this.record.reason;
    const text = reason?.text ?? null;
    return {
      phase,
      code: reason?.code ?? null,
      text: text === "" ? null : text,
      canWithdraw: state === "accepted" && this.away === null,
      canLeave: this.away !== null || this.busy !== null || state === "unknown",
    };
  }
}
