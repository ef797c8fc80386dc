/** The device on the network, typically port 7778. */
import { Socket } from "node:net";
import { type Transport, TransportError, type TransportEvents, within } from "./transport.ts";

export interface TcpOptions {
  readonly host: string;
  readonly port: number;
  /** Longest wait for the connection, ms. */
  readonly connectMs?: number;
  /** Longest wait for a write, ms. */
  readonly writeMs?: number;
}

const CONNECT_MS = 3_000;
const WRITE_MS = 3_000;

export class TcpTransport implements Transport {
  readonly name: string;
  readonly #options: TcpOptions;
  #socket: Socket | null = null;

  constructor(options: TcpOptions) {
    this.#options = options;
    this.name = `${options.host}:${String(options.port)}`;
  }

  async open(events: TransportEvents): Promise<void> {
    await this.close();
    const socket = new Socket();
    socket.setNoDelay(true);
    socket.setKeepAlive(true, 10_000);
    try {
      await within(
        this.#options.connectMs ?? CONNECT_MS,
        `касса ${this.name} не отвечает на подключение`,
        new Promise<void>((resolve, reject) => {
          socket.once("error", (error: NodeJS.ErrnoException) => {
            reject(new TransportError(this.#describe(error)));
          });
          socket.connect(this.#options.port, this.#options.host, resolve);
        }),
      );
    } catch (error) {
      socket.on("error", () => undefined);
      socket.destroy();
      throw error;
    }
    this.#socket = socket;
    let reported = false;
    const lost = (error: Error): void => {
      if (reported || this.#socket !== socket) return;
      reported = true;
      this.#socket = null;
      socket.destroy();
      events.lost(error);
    };
    socket.removeAllListeners("error");
    socket.on("error", (error) => lost(new TransportError(this.#describe(error))));
    socket.on("end", () => lost(new TransportError(`касса ${this.name} закрыла соединение`)));
    socket.on("close", () => lost(new TransportError(`соединение с кассой ${this.name} потеряно`)));
    socket.on("data", (chunk: Buffer) => {
      if (this.#socket === socket) events.data(chunk);
    });
  }

  async write(bytes: Uint8Array): Promise<void> {
    const socket = this.#socket;
    if (!socket) throw new TransportError(`нет соединения с кассой ${this.name}`);
    await within(
      this.#options.writeMs ?? WRITE_MS,
      `касса ${this.name} не принимает данные`,
      new Promise<void>((resolve, reject) => {
        socket.write(bytes, (error) => {
          if (error) reject(new TransportError(this.#describe(error)));
          else resolve();
        });
      }),
    );
  }

  close(): Promise<void> {
    const socket = this.#socket;
    this.#socket = null;
    socket?.destroy();
    return Promise.resolve();
  }

  #describe(error: NodeJS.ErrnoException): string {
    switch (error.code) {
      case "ECONNREFUSED":
        return `касса ${this.name} отказала в подключении: проверьте адрес и порт`;
      case "ENOTFOUND":
      case "EAI_AGAIN":
        return `адрес кассы ${this.name} не найден`;
      case "EHOSTUNREACH":
      case "ENETUNREACH":
        return `касса ${this.name} недоступна в сети`;
      case "ECONNRESET":
      case "EPIPE":
        return `соединение с кассой ${this.name} оборвано`;
      default:
        return `касса ${this.name}: ${error.message}`;
    }
  }
}
