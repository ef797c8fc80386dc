/**
 * One kept HTTP/1.1 connection, as thin as a client can be: a request is bytes made beforehand, so
 * that what is measured begins with the first of them and ends with the last of the answer.
 */
import { connect, type Socket } from "node:net";

export interface Exchange {
  readonly status: number;
  readonly text: string;
  /** ns of the monotonic clock: before the request was handed over, after the answer was whole. */
  readonly startedAt: bigint;
  readonly endedAt: bigint;
}

interface Waiting {
  readonly startedAt: bigint;
  readonly resolve: (exchange: Exchange) => void;
  readonly reject: (error: Error) => void;
}

const HEAD_END = "\r\n\r\n";

/** What a whole answer says; null while bytes are missing. Answers must say their length. */
export function readAnswer(bytes: Buffer): { status: number; text: string } | null {
  const headEnd = bytes.indexOf(HEAD_END);
  if (headEnd < 0) return null;
  const head = bytes.subarray(0, headEnd).toString("latin1");
  const length = /^content-length: *(\d+)/im.exec(head)?.[1];
  const status = /^HTTP\/1\.1 (\d{3})/.exec(head)?.[1];
  if (length === undefined || status === undefined) throw new Error(`not understood: ${head}`);
  const body = bytes.subarray(headEnd + HEAD_END.length);
  if (body.length < Number(length)) return null;
  return { status: Number(status), text: body.toString("utf8") };
}

export class KeptConnection {
  readonly #socket: Socket;
  readonly #host: string;
  #waiting: Waiting | null = null;
  #received: Buffer[] = [];

  private constructor(socket: Socket, host: string) {
    this.#socket = socket;
    this.#host = host;
    socket.on("data", (chunk: Buffer) => this.#take(chunk));
    socket.on("error", (error) => this.#fail(error));
    socket.on("close", () => this.#fail(new Error("the bridge closed the connection")));
    socket.on("timeout", () => socket.destroy(new Error("no answer")));
  }

  /** @param url e.g. `http://127.0.0.1:8000` */
  static open(url: string, timeoutMs: number): Promise<KeptConnection> {
    const { hostname, port, host } = new URL(url);
    return new Promise((resolve, reject) => {
      const socket = connect({ host: hostname, port: Number(port), noDelay: true });
      socket.setTimeout(timeoutMs);
      socket.once("error", reject);
      socket.once("connect", () => {
        socket.off("error", reject);
        resolve(new KeptConnection(socket, host));
      });
    });
  }

  post(path: string, headers: Readonly<Record<string, string>>, body: string): Promise<Exchange> {
    const lines = Object.entries({
      Host: this.#host,
      "Content-Type": "application/json",
      "Content-Length": String(Buffer.byteLength(body)),
      ...headers,
    }).map(([name, value]) => `${name}: ${value}`);
    const bytes = Buffer.from(`POST ${path} HTTP/1.1\r\n${lines.join("\r\n")}${HEAD_END}${body}`);
    return new Promise((resolve, reject) => {
      this.#waiting = { startedAt: process.hrtime.bigint(), resolve, reject };
      this.#socket.write(bytes);
    });
  }

  #take(chunk: Buffer): void {
    const at = process.hrtime.bigint();
    this.#received.push(chunk);
    const waiting = this.#waiting;
    if (!waiting) return;
    try {
      const answer = readAnswer(Buffer.concat(this.#received));
      if (answer === null) return;
      this.#waiting = null;
      this.#received = [];
      waiting.resolve({ ...answer, startedAt: waiting.startedAt, endedAt: at });
    } catch (error) {
      this.#fail(error as Error);
    }
  }

  #fail(error: Error): void {
    this.#waiting?.reject(error);
    this.#waiting = null;
  }

  close(): void {
    this.#socket.destroy();
  }
}
