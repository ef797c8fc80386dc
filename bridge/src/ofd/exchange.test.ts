import { createServer, type Server, type Socket } from "node:net";
import type { AddressInfo } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import { exchange, OfdError, probe, type OfdAddress } from "./exchange.ts";

describe("exchange with the ОФД", () => {
  let server: Server | null = null;
  const sockets: Socket[] = [];
  afterEach(() => {
    for (const socket of sockets.splice(0)) socket.destroy();
    server?.close();
    server = null;
  });

  const serve = async (
    onMessage: (socket: Socket, message: Buffer) => void,
    timeoutMs = 2_000,
  ): Promise<OfdAddress> => {
    server = createServer((socket) => {
      sockets.push(socket);
      socket.on("error", () => undefined);
      socket.on("data", (data) => onMessage(socket, data));
    });
    await new Promise<void>((resolve) => server!.listen(0, "127.0.0.1", resolve));
    return { host: "127.0.0.1", port: (server.address() as AddressInfo).port, timeoutMs };
  };
  const answerOf = (length: number): Buffer => {
    const answer = Buffer.alloc(30 + length, 0xab);
    Buffer.from([0x2a, 0x08, 0x41, 0x0a]).copy(answer);
    answer.writeUInt16LE(length, 24);
    return answer;
  };
  const send = (address: OfdAddress, signal = new AbortController().signal): Promise<Uint8Array> =>
    exchange(address, Uint8Array.from([1, 2, 3]), signal);

  it("puts the answer together from its pieces, and takes no byte more", async () => {
    const answer = answerOf(40_000);
    const address = await serve((socket, message) => {
      expect([...message]).toEqual([1, 2, 3]);
      socket.write(answer.subarray(0, 3));
      setTimeout(() => socket.write(answer.subarray(3, 26)), 10);
      setTimeout(() => socket.write(Buffer.concat([answer.subarray(26), Buffer.alloc(9)])), 20);
    });
    expect(Buffer.from(await send(address)).equals(answer)).toBe(true);
  });

  it.each<[string, (socket: Socket) => void, RegExp]>([
    ["no answer", (socket) => socket.end(), /без ответа/],
    ["half an answer", (socket) => socket.end(answerOf(10).subarray(0, 33)), /на середине/],
    [
      "something else",
      (socket) => socket.write("HTTP/1.1 400 Bad Request\r\nServer: x\r\n\r\n"),
      /не по протоколу/,
    ],
    ["silence", () => undefined, /не ответил за 200 мс/],
  ])("%s is an error", async (_name, behave, message) => {
    const address = await serve((socket) => behave(socket), 200);
    await expect(send(address)).rejects.toThrow(message);
    await expect(send(address)).rejects.toBeInstanceOf(OfdError);
  });

  it("writes the A-protocol version out that some registers leave short", async () => {
    const message = answerOf(4);
    message.set([0x81, 0xa2, 0x01, 0x02], 4);
    message.set([0, 0], 28);
    let seen: Buffer | null = null;
    const address = await serve((socket, got) => {
      seen = got;
      socket.write(answerOf(0));
    });
    await exchange(address, message, new AbortController().signal);
    expect(seen!.subarray(6, 8)).toEqual(Buffer.from([0x01, 0x20]));
  });

  it("tells that nobody listens", async () => {
    const address = await serve(() => undefined);
    server!.close();
    await expect(send(address)).rejects.toThrow(/ECONNREFUSED/);
    await expect(probe(address, new AbortController().signal)).rejects.toThrow(/ECONNREFUSED/);
  });

  it("ends at once when told to stop", async () => {
    const stop = new AbortController();
    const address = await serve(() => stop.abort(), 60_000);
    await expect(send(address, stop.signal)).rejects.toThrow(/прерван/);
    await expect(send(address, stop.signal)).rejects.toThrow(/прерван/);
  });

  it("probes without a message", async () => {
    const address = await serve(() => {
      throw new Error("nothing was to be sent");
    });
    await probe(address, new AbortController().signal);
  });
});
