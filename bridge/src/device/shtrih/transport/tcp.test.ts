import { createServer, type Server, type Socket } from "node:net";
import { once } from "node:events";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { TcpTransport } from "./tcp.ts";
import { TransportError } from "./transport.ts";

let server: Server;
let sockets: Socket[];
let port: number;
let transport: TcpTransport;

beforeEach(async () => {
  sockets = [];
  server = createServer((socket) => {
    sockets.push(socket);
    socket.on("error", () => undefined);
    socket.on("data", (chunk) => socket.write(chunk));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  port = typeof address === "object" ? (address?.port ?? 0) : 0;
  transport = new TcpTransport({ host: "127.0.0.1", port, connectMs: 300 });
});

afterEach(async () => {
  await transport.close();
  for (const socket of sockets) socket.destroy();
  if (server.listening) {
    server.close();
    await once(server, "close");
  }
});

/** Opens and collects what comes. */
async function open(): Promise<{ data: number[]; lost: string[] }> {
  const seen = { data: [] as number[], lost: [] as string[] };
  await transport.open({
    data: (bytes) => seen.data.push(...bytes),
    lost: (error) => seen.lost.push(error.message),
  });
  return seen;
}

describe("the network line", () => {
  it("carries bytes both ways", async () => {
    const seen = await open();
    await transport.write(Uint8Array.of(5, 6, 21));
    await expect.poll(() => seen.data).toEqual([5, 6, 21]);
  });

  it("tells once that the other side is gone, and can be opened again", async () => {
    const seen = await open();
    await expect.poll(() => sockets.length).toBe(1);
    sockets[0]?.destroy();
    await expect.poll(() => seen.lost.length).toBe(1);
    await expect(transport.write(Uint8Array.of(5))).rejects.toThrow(/нет соединения/);
    const again = await open();
    await transport.write(Uint8Array.of(7));
    await expect.poll(() => again.data).toEqual([7]);
    expect(seen.lost).toHaveLength(1);
  });

  it("is silent after it was closed", async () => {
    const seen = await open();
    await transport.close();
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => setImmediate(resolve));
    expect(seen.lost).toEqual([]);
  });

  it("names a port where nobody listens", async () => {
    server.close();
    await once(server, "close");
    await expect(open()).rejects.toThrow(/отказала в подключении: проверьте адрес и порт/);
    await expect(open()).rejects.toBeInstanceOf(TransportError);
  });

  it("names a host that does not exist", async () => {
    transport = new TcpTransport({ host: "kkt.invalid", port, connectMs: 5_000 });
    await expect(open()).rejects.toThrow(/kkt\.invalid:\d+ не (найден|отвечает)/);
  });
});
