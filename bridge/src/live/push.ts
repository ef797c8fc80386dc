/**
 * `WS /v1/kkt/live`: status and receipts pushed to the page (docs/contracts.md). The first message
 * must bring a token, and the socket lives no longer than that: with each tick it is looked at
 * again, so that a page comes back with a new one and a revoked browser does not. A client that does not read is dropped: its page reconnects and starts with a
 * fresh status, while a growing buffer would take the till down.
 */
import type { IncomingMessage, Server } from "node:http";
import type { Duplex } from "node:stream";
import { WebSocketServer, type RawData, type WebSocket } from "ws";
import { z } from "zod";
import { isoUtc, type Clock } from "../domain/clock.ts";
import type { TokenService } from "../http/auth/tokens.ts";
import { Problem } from "../http/problems.ts";
import type { ReceiptBody } from "../http/schemas/receipt.ts";
import type { StatusBody } from "../http/schemas/status.ts";
import type { Logger } from "../observability/logger.ts";

export const LIVE_PATH = "/v1/kkt/live";

/** Close codes of ours. */
export const CLOSE_UNAUTHORIZED = 4401;
export const CLOSE_TOO_SLOW = 4408;
const CLOSE_GOING_AWAY = 1001;
const CLOSE_TRY_LATER = 1013;

export interface LivePushOptions {
  readonly origins: readonly string[];
  readonly tokens: Pick<TokenService, "verify">;
  readonly status: () => StatusBody;
  readonly clock: Clock;
  readonly logger: Logger;
  /** ms */
  readonly authWithinMs?: number;
  readonly tickMs?: number;
  readonly pulseMs?: number;
}

const AUTH_WITHIN = 5_000;
/** Who is still there, whose token still counts. */
const TICK = 10_000;
/** So often a page hears that this machine lives: a frozen one is noticed within 3 s. */
const PULSE = 1_000;
/** The wall clock was set, or the machine slept: what the page counts durations from is old. ms */
const CLOCK_JUMP = 5_000;
/** Changes that come together go out together, ms. */
const COALESCE = 20;
/** Bytes a client may owe. */
const MOST_BUFFERED = 1024 * 1024;
const MOST_MESSAGE = 8 * 1024;
const MOST_CLIENTS = 32;

const authMessage = z.strictObject({ type: z.literal("auth"), token: z.string().max(4096) });

interface Client {
  readonly socket: WebSocket;
  /** null until it was checked. */
  token: string | null;
  alive: boolean;
  readonly authTimer: NodeJS.Timeout;
}

export class LivePush {
  readonly #options: LivePushOptions;
  readonly #server = new WebSocketServer({ noServer: true, maxPayload: MOST_MESSAGE });
  readonly #clients = new Set<Client>();
  readonly #onUpgrade = (request: IncomingMessage, socket: Duplex, head: Buffer): void =>
    this.#upgrade(request, socket, head);
  #http: Server | null = null;
  #tick: NodeJS.Timeout | null = null;
  #pulse: NodeJS.Timeout | null = null;
  #pending: NodeJS.Timeout | null = null;
  #lastStatus = "";
  #wallAtPulse: number | null = null;

  constructor(options: LivePushOptions) {
    this.#options = options;
  }

  get clients(): number {
    return this.#clients.size;
  }

  start(server: Server): void {
    this.#http = server;
    server.on("upgrade", this.#onUpgrade);
    this.#tick = setInterval(() => this.#beat(), this.#options.tickMs ?? TICK);
    this.#pulse = setInterval(() => this.#sayTick(), this.#options.pulseMs ?? PULSE);
  }

  /** Says goodbye (1001); who does not answer within `graceMs` is cut. */
  async stop(graceMs = 1_000): Promise<void> {
    this.#http?.off("upgrade", this.#onUpgrade);
    if (this.#tick !== null) clearInterval(this.#tick);
    if (this.#pulse !== null) clearInterval(this.#pulse);
    if (this.#pending !== null) clearTimeout(this.#pending);
    const gone = [...this.#clients].map(
      ({ socket }) => new Promise<void>((resolve) => socket.once("close", () => resolve())),
    );
    for (const { socket } of this.#clients) socket.close(CLOSE_GOING_AWAY, "bridge is stopping");
    const cut = setTimeout(() => {
      for (const { socket } of this.#clients) socket.terminate();
    }, graceMs);
    await Promise.all(gone);
    clearTimeout(cut);
    this.#server.close();
  }

  /** Something of the status may have changed; it is sent only if it did. */
  statusChanged(): void {
    this.#pending ??= setTimeout(() => {
      this.#pending = null;
      if (this.#clients.size > 0) this.#pushStatus();
    }, COALESCE);
  }

  /**
   * Sent once whoever changed the receipt has gone on: the register and the answer to the sale do
   * not wait for it.
   *
   * @param show makes the body, only when somebody listens
   */
  receiptChanged(show: () => ReceiptBody): void {
    if (this.#clients.size === 0) return;
    const receipt = show();
    setImmediate(() => this.#broadcast(JSON.stringify({ type: "receipt", receipt })));
  }

  #upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    const path = request.url?.split("?", 1)[0];
    const origin = request.headers.origin;
    if (path !== LIVE_PATH) {
      refuseUpgrade(socket, new Problem("not_found"));
    } else if (origin === undefined || !this.#options.origins.includes(origin)) {
      refuseUpgrade(socket, new Problem("origin_forbidden"));
    } else {
      this.#server.handleUpgrade(request, socket, head, (accepted) => this.#accept(accepted));
    }
  }

  #accept(socket: WebSocket): void {
    socket.on("error", (error) => this.#options.logger.debug("live_error", { error }));
    if (this.#clients.size >= MOST_CLIENTS) {
      socket.close(CLOSE_TRY_LATER, "too many clients");
      return;
    }
    const client: Client = {
      socket,
      token: null,
      alive: true,
      authTimer: setTimeout(() => unauthorized(socket), this.#options.authWithinMs ?? AUTH_WITHIN),
    };
    this.#clients.add(client);
    socket.on("message", (data) => void this.#receive(client, data));
    socket.on("pong", () => (client.alive = true));
    socket.on("close", () => {
      clearTimeout(client.authTimer);
      this.#clients.delete(client);
    });
  }

  async #receive(client: Client, data: RawData): Promise<void> {
    // after the token there is nothing that a client has to say
    if (client.token !== null) return;
    let token: string;
    try {
      ({ token } = authMessage.parse(JSON.parse(textOf(data))));
      await this.#options.tokens.verify(token);
    } catch {
      unauthorized(client.socket);
      return;
    }
    clearTimeout(client.authTimer);
    if (client.token !== null || client.socket.readyState !== client.socket.OPEN) return;
    client.token = token;
    // what this client is told may be newer than the last push, so the next one goes to all
    this.#lastStatus = "";
    this.#send(client, JSON.stringify({ type: "status", status: this.#options.status() }));
  }

  #pushStatus(): void {
    const status = this.#options.status();
    const essence = JSON.stringify({ ...status, time: null, mode_since: null });
    if (essence === this.#lastStatus) return;
    this.#lastStatus = essence;
    this.#broadcast(JSON.stringify({ type: "status", status }));
  }

  #sayTick(): void {
    const { clock, pulseMs = PULSE } = this.#options;
    const wall = clock.now();
    const jump = this.#wallAtPulse === null ? 0 : wall - this.#wallAtPulse - pulseMs;
    this.#wallAtPulse = wall;
    if (this.#clients.size === 0) return;
    if (Math.abs(jump) >= CLOCK_JUMP) {
      this.#lastStatus = "";
      this.#pushStatus();
    }
    this.#broadcast(JSON.stringify({ type: "tick", time: isoUtc(this.#options.clock) }));
  }

  #beat(): void {
    for (const client of this.#clients) {
      if (!client.alive) {
        client.socket.terminate();
        continue;
      }
      client.alive = false;
      client.socket.ping();
      if (client.token === null) continue;
      void this.#recheck(client.socket, client.token);
    }
    this.#sayTick();
    // ages and the like change by themselves
    this.statusChanged();
  }

  /** The token's signature is known by now; this costs no more than a look at the clock. */
  async #recheck(socket: WebSocket, token: string): Promise<void> {
    try {
      await this.#options.tokens.verify(token);
    } catch {
      unauthorized(socket);
    }
  }

  #broadcast(message: string): void {
    for (const client of this.#clients) {
      if (client.token !== null) this.#send(client, message);
    }
  }

  #send({ socket }: Client, message: string): void {
    if (socket.readyState !== socket.OPEN) return;
    if (socket.bufferedAmount > MOST_BUFFERED) {
      this.#options.logger.warn("live_client_too_slow", { buffered: socket.bufferedAmount });
      socket.close(CLOSE_TOO_SLOW, "too slow");
      socket.terminate();
      return;
    }
    socket.send(message);
  }
}

function unauthorized(socket: WebSocket): void {
  socket.close(CLOSE_UNAUTHORIZED, "token expected");
}

function textOf(data: RawData): string {
  if (Array.isArray(data)) return Buffer.concat(data).toString("utf8");
  return (data instanceof ArrayBuffer ? Buffer.from(data) : data).toString("utf8");
}

function refuseUpgrade(socket: Duplex, problem: Problem): void {
  const body = JSON.stringify(problem.toBody());
  socket.on("error", () => undefined);
  socket.end(
    [
      `HTTP/1.1 ${problem.status} ${problem.status === 404 ? "Not Found" : "Forbidden"}`,
      "Vary: *",
      "Cache-Control: no-store",
      "Connection: close",
      "Content-Type: application/problem+json; charset=utf-8",
      `Content-Length: ${Buffer.byteLength(body)}`,
      "",
      body,
    ].join("\r\n"),
  );
}
