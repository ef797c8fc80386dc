/** A mail server that keeps what it is given: as much of SMTP as Odoo speaks. */
import { createServer, type Server, type Socket } from "node:net";

export interface Mail {
  readonly to: readonly string[];
  /** The message as it came, headers first. */
  readonly text: string;
}

export class SmtpSink {
  readonly mails: Mail[] = [];
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();

  private constructor() {
    this.#server = createServer((socket) => {
      this.#sockets.add(socket);
      socket.on("error", () => socket.destroy());
      socket.on("close", () => this.#sockets.delete(socket));
      this.#serve(socket);
    });
  }

  static async open(): Promise<SmtpSink> {
    const sink = new SmtpSink();
    await new Promise<void>((resolve) => sink.#server.listen(0, "127.0.0.1", resolve));
    return sink;
  }

  get port(): number {
    return (this.#server.address() as { port: number }).port;
  }

  #serve(socket: Socket): void {
    let buffered = "";
    let to: string[] = [];
    let data = false;
    const say = (line: string) => socket.write(`${line}\r\n`);
    say("220 sink");
    socket.on("data", (chunk) => {
      buffered += chunk.toString("latin1");
      for (;;) {
        const end = buffered.indexOf(data ? "\r\n.\r\n" : "\r\n");
        if (end < 0) return;
        const text = buffered.slice(0, end);
        buffered = buffered.slice(end + (data ? 5 : 2));
        if (data) {
          this.mails.push({ to, text });
          to = [];
          data = false;
          say("250 kept");
        } else if (/^RCPT TO:/i.test(text)) {
          to.push(/<([^>]*)>/.exec(text)?.[1] ?? "");
          say("250 ok");
        } else if (/^DATA/i.test(text)) {
          data = true;
          say("354 go on");
        } else if (/^QUIT/i.test(text)) {
          say("221 bye");
          socket.end();
        } else say("250 ok");
      }
    });
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
  }
}
