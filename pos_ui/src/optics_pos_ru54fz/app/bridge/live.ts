/**
 * The bridge's push channel. A socket that stands but says nothing is as good as none: the bridge
 * ticks every second, and two missing ticks count as its absence (told within 3 s).
 */
import type { BridgeReceipt } from "../receipt/receipt_types.ts";
import { isReceipt } from "./receipt_answer.ts";
import { isStatus, type BridgeStatus } from "./status.ts";

export interface LiveEvents {
  onStatus(status: BridgeStatus): void;
  onReceipt(receipt: BridgeReceipt): void;
  /** The bridge answers this page, or no longer does. */
  onConnected(connected: boolean): void;
  /** Why no token could be had, at every try; null once one was. */
  onTokenFailed(error: unknown): void;
}

export interface LiveDeps {
  /** `http://…` base of the bridge. */
  readonly base: string;
  token(): Promise<string>;
  forget(token: string): void;
  open(url: string): WebSocket;
  setTimeout(callback: () => void, ms: number): unknown;
  clearTimeout(timer: unknown): void;
  /** 0 ≤ x < 1. */
  random(): number;
}

/** Two missed ticks of a second, and a little for the way. */
export const SILENCE_MS = 2_200;
/**
 * A page that was itself too busy to read finds its timer due and the messages waiting: they are
 * read first.
 */
export const SECOND_LOOK_MS = 300;
const FIRST_RETRY_MS = 500;
const LAST_RETRY_MS = 5_000;
/** The bridge's close code for a token that it does not take. */
const UNAUTHORIZED = 4401;

export const liveUrl = (base: string): string => `${base.replace(/^http/, "ws")}/v1/kkt/live`;

export class Live {
  private readonly deps: LiveDeps;
  private readonly events: LiveEvents;
  private socket: WebSocket | null = null;
  private watchdog: unknown = null;
  private retry: unknown = null;
  private failures = 0;
  private connected = false;
  private tokenFailed = false;
  /** The bridge took this socket's token. */
  private welcome = false;
  private stopped = true;

  constructor(deps: LiveDeps, events: LiveEvents) {
    this.deps = deps;
    this.events = events;
  }

  start(): void {
    if (!this.stopped) return;
    this.stopped = false;
    void this.connect();
  }

  stop(): void {
    this.stopped = true;
    this.deps.clearTimeout(this.retry);
    this.drop();
  }

  /** Tries at once instead of waiting for the next turn (a sale has just met the bridge). */
  nudge(): void {
    if (this.stopped || this.retry === null) return;
    this.deps.clearTimeout(this.retry);
    this.retry = null;
    void this.connect();
  }

  private async connect(): Promise<void> {
    let token: string;
    try {
      token = await this.deps.token();
    } catch (error) {
      if (this.stopped) return;
      this.tokenFailed = true;
      this.events.onTokenFailed(error);
      this.later();
      return;
    }
    if (this.stopped) return;
    if (this.tokenFailed) {
      this.tokenFailed = false;
      this.events.onTokenFailed(null);
    }
    // it took so long that another try was planned: this one comes first
    this.deps.clearTimeout(this.retry);
    this.retry = null;
    let socket: WebSocket;
    try {
      socket = this.deps.open(liveUrl(this.deps.base));
    } catch {
      this.later();
      return;
    }
    this.socket = socket;
    this.welcome = false;
    this.watch();
    socket.onopen = () => socket.send(JSON.stringify({ type: "auth", token }));
    socket.onmessage = (event: MessageEvent) => {
      if (this.socket === socket) this.receive(event.data);
    };
    socket.onclose = (event: CloseEvent) => {
      if (event.code === UNAUTHORIZED) this.deps.forget(token);
      if (this.socket !== socket) return;
      if (event.code === UNAUTHORIZED && this.welcome) this.renew();
      else this.lost();
    };
  }

  private receive(data: unknown): void {
    this.watch();
    let message: { type?: unknown; status?: unknown; receipt?: unknown };
    try {
      message = JSON.parse(String(data)) as typeof message;
    } catch {
      return;
    }
    this.failures = 0;
    this.tell(true);
    if (message.type === "status") {
      this.welcome = true;
      if (isStatus(message.status)) this.events.onStatus(message.status);
    } else if (message.type === "receipt" && isReceipt(message.receipt)) {
      this.events.onReceipt(message.receipt);
    }
  }

  private watch(): void {
    this.deps.clearTimeout(this.watchdog);
    this.watchdog = this.deps.setTimeout(() => {
      this.watchdog = this.deps.setTimeout(() => this.lost(), SECOND_LOOK_MS);
    }, SILENCE_MS);
  }

  /** Only the token has ended, as every quarter of an hour: the bridge is there all the while. */
  private renew(): void {
    this.socket = null;
    this.watch();
    void this.connect();
  }

  private lost(): void {
    this.drop();
    this.later();
  }

  private drop(): void {
    this.deps.clearTimeout(this.watchdog);
    const socket = this.socket;
    this.socket = null;
    socket?.close();
    this.tell(false);
  }

  private later(): void {
    if (this.stopped || this.retry !== null) return;
    this.tell(false);
    const backoff = Math.min(LAST_RETRY_MS, FIRST_RETRY_MS * 2 ** this.failures);
    this.failures += 1;
    this.retry = this.deps.setTimeout(
      () => {
        this.retry = null;
        void this.connect();
      },
      backoff * (0.75 + this.deps.random() / 4),
    );
  }

  private tell(connected: boolean): void {
    if (this.connected === connected) return;
    this.connected = connected;
    this.events.onConnected(connected);
  }
}
