/**
 * What stands between a page and its bridge when the bridge answers rubbish: a proxy in this
 * process that passes everything on, spoils the answers it is told to, and cuts the live channel.
 */
import { createServer, request, type IncomingMessage, type ServerResponse } from "node:http";
import { connect, type AddressInfo, type Socket } from "node:net";

/**
 * What the page gets instead of the bridge's answer; the bridge itself has done what it was asked.
 * `silence`: nothing until `release`, then the true answer.
 */
export type Spoil = "garbage" | "half" | "error" | "html" | "other" | "silence";

export interface Asked {
  readonly path: string;
  readonly key: string | null;
  readonly body: string;
}

interface Order {
  readonly path: string;
  readonly spoil: Spoil;
}

const HTML = "<html><body><h1>502 Bad Gateway</h1><hr>nginx</body></html>";

export class FaultyBridge {
  readonly #server = createServer((incoming, outgoing) => void this.#pass(incoming, outgoing));
  readonly #target: number;
  readonly #origin: string;
  readonly #live = new Set<Socket>();
  readonly #sockets = new Set<Socket>();
  #orders: Order[] = [];
  #waiting: (() => void)[] = [];
  #refused = false;
  #cutsLeft = 0;
  /** Calls that went through, oldest first. */
  readonly asked: Asked[] = [];
  /** `performance.now()` of each try for a live channel. */
  readonly tries: number[] = [];
  /** Most live channels that stood at one time. */
  mostLive = 0;

  private constructor(target: number, origin: string) {
    this.#target = target;
    this.#origin = origin;
  }

  /**
   * @param target port of the bridge on this machine
   * @param origin of the page, for the answers that are made here
   */
  static async start(target: number, origin: string): Promise<FaultyBridge> {
    const proxy = new FaultyBridge(target, origin);
    proxy.#server.on("upgrade", (incoming: IncomingMessage, socket: Socket, head: Buffer) =>
      proxy.#upgrade(incoming, socket, head),
    );
    proxy.#server.on("connection", (socket: Socket) => {
      proxy.#sockets.add(socket);
      socket.on("error", () => socket.destroy());
      socket.on("close", () => proxy.#sockets.delete(socket));
    });
    await new Promise<void>((resolve) => proxy.#server.listen(0, "127.0.0.1", resolve));
    return proxy;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** Live channels that stand now. */
  get live(): number {
    return this.#live.size;
  }

  /** The next `times` answers to calls of this path. */
  spoil(path: string, spoil: Spoil, times = 1): void {
    for (let n = 0; n < times; n += 1) this.#orders.push({ path, spoil });
  }

  /** What is still to be spoilt is not; what was held back goes out. */
  heal(): void {
    this.#orders = [];
    this.#refused = false;
    this.#cutsLeft = 0;
    this.release();
  }

  /** Lets go what `silence` held back. */
  release(): void {
    for (const go of this.#waiting.splice(0)) go();
  }

  /** Answers that are being held back. */
  get held(): number {
    return this.#waiting.length;
  }

  /** No live channel from now on, and the one that stands is cut. */
  refuseLive(): void {
    this.#refused = true;
    for (const socket of this.#live) socket.destroy();
  }

  /** Cuts the channel, and then each new one as soon as the bridge has said something on it. */
  cutLive(times: number): void {
    this.#cutsLeft = times;
    for (const socket of this.#live) {
      this.#cutsLeft -= 1;
      socket.destroy();
    }
  }

  get cutsLeft(): number {
    return this.#cutsLeft;
  }

  /** Idempotency-Keys and bodies of the receipts that were asked for. */
  receipts(uuid: string): readonly Asked[] {
    return this.asked.filter(
      ({ path, key }) => path === "/v1/kkt/receipt" && key?.startsWith(`${uuid}:`) === true,
    );
  }

  async close(): Promise<void> {
    this.heal();
    for (const socket of this.#sockets) socket.destroy();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  async #pass(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of incoming) chunks.push(chunk as Buffer);
    const body = Buffer.concat(chunks);
    const path = new URL(incoming.url ?? "/", "http://bridge").pathname;
    const isCall = incoming.method !== "OPTIONS";
    if (isCall) {
      const key = incoming.headers["idempotency-key"];
      this.asked.push({ path, key: typeof key === "string" ? key : null, body: body.toString() });
    }
    const index = isCall ? this.#orders.findIndex((order) => order.path === path) : -1;
    const [order] = index < 0 ? [] : this.#orders.splice(index, 1);
    const call = request(
      {
        host: "127.0.0.1",
        port: this.#target,
        method: incoming.method,
        path: incoming.url,
        headers: incoming.headers,
      },
      (answer) => {
        const parts: Buffer[] = [];
        answer.on("data", (part: Buffer) => parts.push(part));
        answer.on("error", () => outgoing.destroy());
        answer.on("end", () => {
          const text = Buffer.concat(parts);
          const send = (): void => {
            outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
            outgoing.end(text);
          };
          if (order === undefined) send();
          else if (order.spoil === "silence") this.#waiting.push(send);
          else this.#spoilt(order.spoil, text, outgoing);
        });
      },
    );
    call.on("error", () => outgoing.destroy());
    call.end(body);
  }

  #spoilt(spoil: Exclude<Spoil, "silence">, text: Buffer, outgoing: ServerResponse): void {
    const answer = (status: number, type: string, body: string | Buffer): void => {
      const length = spoil === "half" ? text.length : Buffer.byteLength(body);
      outgoing.writeHead(status, {
        "Content-Type": type,
        "Content-Length": length,
        "Access-Control-Allow-Origin": this.#origin,
        Vary: "*",
      });
      if (spoil === "half") outgoing.write(body, () => outgoing.destroy());
      else outgoing.end(body);
    };
    switch (spoil) {
      case "garbage":
        return answer(200, "application/json", "\u0000\u0001 no json");
      case "half":
        return answer(200, "application/json", text.subarray(0, text.length / 2));
      case "error":
        return answer(500, "text/plain", "Internal Server Error");
      case "html":
        return answer(502, "text/html", HTML);
      case "other":
        return answer(200, "application/json", '{"hello":1}');
    }
  }

  #upgrade(incoming: IncomingMessage, socket: Socket, head: Buffer): void {
    this.tries.push(performance.now());
    if (this.#refused) {
      socket.destroy();
      return;
    }
    const bridge = connect(this.#target, "127.0.0.1", () => {
      const lines = [`${incoming.method ?? "GET"} ${incoming.url ?? "/"} HTTP/1.1`];
      for (let n = 0; n < incoming.rawHeaders.length; n += 2) {
        lines.push(`${incoming.rawHeaders[n] ?? ""}: ${incoming.rawHeaders[n + 1] ?? ""}`);
      }
      bridge.write(`${lines.join("\r\n")}\r\n\r\n`);
      bridge.write(head);
    });
    this.#live.add(socket);
    this.mostLive = Math.max(this.mostLive, this.#live.size);
    let seen = 0;
    bridge.on("data", (chunk: Buffer) => {
      seen += 1;
      if (!socket.writableEnded) socket.write(chunk);
      // the first is the handshake's answer
      if (seen < 2 || this.#cutsLeft === 0 || socket.writableEnded) return;
      this.#cutsLeft -= 1;
      socket.end();
    });
    socket.on("data", (chunk: Buffer) => bridge.write(chunk));
    bridge.on("error", () => socket.destroy());
    bridge.on("close", () => socket.destroy());
    socket.on("close", () => {
      this.#live.delete(socket);
      bridge.destroy();
    });
  }
}
