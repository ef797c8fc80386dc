import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import { KeptConnection, readAnswer } from "./kept-connection.ts";

const bytes = (text: string) => Buffer.from(text);

describe("an answer", () => {
  const head = "HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\n";

  it("is whole when all of its bytes are there, counted as bytes", () => {
    expect(readAnswer(bytes("HTTP/1.1 200 OK\r\nContent-"))).toBeNull();
    expect(readAnswer(bytes(`${head}чек`).subarray(0, -1))).toBeNull();
    expect(readAnswer(bytes(`${head}чек`))).toEqual({ status: 200, text: "чек" });
  });

  it("must say its length", () => {
    expect(() => readAnswer(bytes("HTTP/1.1 200 OK\r\n\r\n"))).toThrow("not understood");
  });
});

describe("a kept connection", () => {
  let server: Server;
  afterEach(() => server.closeAllConnections());

  it("posts one after the other on the same socket, and times each", async () => {
    const ports = new Set<number | undefined>();
    server = createServer((request, response) => {
      ports.add(request.socket.remotePort);
      let text = "";
      request.on("data", (chunk: Buffer) => (text += chunk.toString()));
      request.on("end", () => {
        response.statusCode = 202;
        const answer = Buffer.from(`${request.headers["x-name"] as string} ${text}`);
        response.setHeader("Content-Length", answer.length);
        // the answer comes in two pieces
        response.write(answer.subarray(0, 3));
        setImmediate(() => response.end(answer.subarray(3)));
      });
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const connection = await KeptConnection.open(url, 5_000);
    for (const body of ["один", "два"]) {
      const answer = await connection.post("/x", { "X-Name": "n" }, body);
      expect(answer).toMatchObject({ status: 202, text: `n ${body}` });
      expect(answer.endedAt).toBeGreaterThan(answer.startedAt);
    }
    expect(ports.size).toBe(1);
    const cut = connection.post("/x", { "X-Name": "n" }, "три");
    server.closeAllConnections();
    await expect(cut).rejects.toThrow();
    connection.close();
  });
});
