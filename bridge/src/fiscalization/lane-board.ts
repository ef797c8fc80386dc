/** What the lane shows of itself, and who is told when that changes. */
import { Listeners } from "../domain/listeners.ts";
import { formatKey } from "../domain/receipt-key.ts";
import type { ReceiptKey } from "../domain/receipt.ts";
import type { Reason } from "../journal/types.ts";
import type { DeviceLink } from "./device-link.ts";
import { REASONS } from "./reasons.ts";
import type { RecoveryView } from "./recovery.ts";
import type { Decision } from "./resolution.ts";
import type { DeviceState, LaneSnapshot, LaneState } from "./types.ts";

/** What other parts of the lane tell of themselves. */
export type LaneExtra = Pick<
  LaneSnapshot,
  "shift" | "deviceDriftMs" | "maintenance" | "catchingUp"
>;

export class LaneBoard implements RecoveryView {
  readonly #link: DeviceLink;
  readonly #listeners: Listeners<LaneSnapshot>;
  #state: LaneState = "idle";
  #key: string | null = null;
  #reason: Reason | null = null;
  #operations = 0;
  #halted = false;
  #shown = "";
  #decision: Decision | null = null;
  #decided = new AbortController();
  readonly #extra: () => LaneExtra;
  /** The company's ИНН; null until Odoo told it. */
  expectedInn: string | null = null;

  constructor(link: DeviceLink, extra: () => LaneExtra, onListenerError: (error: unknown) => void) {
    this.#link = link;
    this.#extra = extra;
    this.#listeners = new Listeners(onListenerError);
  }

  get state(): LaneState {
    return this.#state;
  }

  get key(): string | null {
    return this.#key;
  }

  get reasonText(): string {
    return this.#reason?.text ?? "";
  }

  enter(key: ReceiptKey): void {
    this.#show("busy", formatKey(key), null);
  }

  asking(hint: Reason | null): void {
    const { code, text } = REASONS.inDoubt;
    this.#show("doubt", this.#key, { code, text: hint ? `${text} ${hint.text}` : text });
  }

  alarm(reason: Reason): void {
    this.#show("stopped", this.#key, reason);
  }

  get decided(): AbortSignal {
    return this.#decided.signal;
  }

  takeDecision(): Decision | null {
    const decision = this.#decision;
    this.#decision = null;
    if (decision) this.#decided = new AbortController();
    return decision;
  }

  /** A person ends the alarm; the recovery carries it out. */
  decide(decision: Decision): void {
    this.#decision = decision;
    this.#decided.abort();
  }

  leave(): void {
    this.#show("idle", null, null);
  }

  /** The process goes: shown until the end. */
  halt(reason: Reason): void {
    this.#halted = true;
    this.takeDecision()?.abandon();
    this.#show("stopped", this.#key, reason);
  }

  /** The device is shown as busy while `run` lasts. */
  async during<T>(run: () => Promise<T>): Promise<T> {
    this.#operations += 1;
    this.changed();
    try {
      return await run();
    } finally {
      this.#operations -= 1;
      this.changed();
    }
  }

  /** What forbids selling on this device whatever the receipt is; null if nothing. */
  salesObstacle(): Reason | null {
    const { fault } = this.#link;
    if (fault?.state === "setup_error") return { code: "device_unavailable", text: fault.text };
    return this.#otherInn() ? REASONS.otherInn : null;
  }

  snapshot(): LaneSnapshot {
    const { info, status, statusAt } = this.#link;
    return {
      lane: { state: this.#state, key: this.#key, reason: this.#reason },
      device: { ...this.#device(), paper: status?.paper ?? null },
      info,
      status,
      statusAt,
      ...this.#extra(),
    };
  }

  onChange(listener: (snapshot: LaneSnapshot) => void): () => void {
    return this.#listeners.add(listener);
  }

  /** Tells the listeners if anything but the clocks changed. */
  changed(): void {
    const snapshot = this.snapshot();
    const status = snapshot.status && { ...snapshot.status, dateTime: null };
    const shown = JSON.stringify({ ...snapshot, status, statusAt: null, deviceDriftMs: null });
    if (shown === this.#shown) return;
    this.#shown = shown;
    this.#listeners.tell(snapshot);
  }

  #show(state: LaneState, key: string | null, reason: Reason | null): void {
    this.#state = this.#halted ? "stopped" : state;
    this.#key = key;
    this.#reason = reason;
    this.changed();
  }

  #device(): { readonly state: DeviceState; readonly reason: string | null } {
    const { fault, connected } = this.#link;
    if (this.#halted) return { state: "stopped", reason: this.reasonText };
    if (fault) return { state: fault.state, reason: fault.text };
    if (this.#otherInn()) return { state: "setup_error", reason: REASONS.otherInn.text };
    if (!connected) return { state: "unavailable", reason: REASONS.notYet.text };
    const busy = this.#state === "busy" || this.#operations > 0;
    return { state: busy ? "busy" : "ready", reason: null };
  }

  #otherInn(): boolean {
    const { info } = this.#link;
    return this.expectedInn !== null && info !== null && info.inn !== this.expectedInn;
  }
}
