import type { Socket } from "node:net";
import { WebSocket } from "ws";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { systemTime } from "../domain/clock.ts";
import { receiptBody } from "../http/receipt-body.ts";
import { readySnapshot, storedReceipt } from "../http/testing/fakes.ts";
import { ORIGIN, startHarness, type Harness } from "../http/testing/harness.ts";
import { silentLogger } from "../observability/logger.ts";
import { LIVE_PATH, LivePush, type LivePushOptions } from "./push.ts";

/** Longer than a busy machine keeps an answer to a ping back. */
const TICK_MS = 400;

interface Message {
  readonly type: string;
  readonly [name: string]: unknown;
}

describe("live push", () => {
  let harness: Harness;
  let push: LivePush;
  const sockets: WebSocket[] = [];
  /** ms by which the till's clock has gone on. */
  let ahead: number;

  beforeEach(async () => {
    ahead = 0;
    const clock = { now: () => Date.now(), monotonic: () => performance.now() + ahead };
    harness = await startHarness({ clock });
    push = start({});
    harness.lane.onChange(() => push.statusChanged());
    harness.lane.onReceipt((row) =>
      push.receiptChanged(() => receiptBody(row, harness.deps.passport())),
    );
  });

  /** The product's own waits where a test names none: a busy machine is slow to answer a ping. */
  function start(
    waits: Partial<Pick<LivePushOptions, "authWithinMs" | "tickMs" | "pulseMs" | "clock">>,
  ): LivePush {
    const made = new LivePush({
      origins: [ORIGIN],
      tokens: harness.tokens,
      status: harness.deps.status,
      clock: systemTime,
      logger: silentLogger,
      ...waits,
    });
    made.start(harness.server);
    return made;
  }

  async function restart(waits: Parameters<typeof start>[0]): Promise<void> {
    await push.stop();
    push = start(waits);
  }
  afterEach(async () => {
    for (const socket of sockets.splice(0)) socket.terminate();
    await push.stop();
    await harness.close();
  });

  const connect = (origin: string | undefined = ORIGIN, path = LIVE_PATH): WebSocket => {
    const socket = new WebSocket(harness.url.replace("http", "ws") + path, { origin });
    sockets.push(socket);
    return socket;
  };
  const closed = (socket: WebSocket): Promise<number> =>
    new Promise((resolve) => socket.once("close", (code) => resolve(code)));
  const collect = (socket: WebSocket): Message[] => {
    const messages: Message[] = [];
    socket.on("message", (data: Buffer) => messages.push(JSON.parse(data.toString()) as Message));
    return messages;
  };
  const open = async (): Promise<{ socket: WebSocket; messages: Message[] }> => {
    const socket = connect();
    const messages = collect(socket);
    await new Promise((resolve) => socket.once("open", resolve));
    socket.send(JSON.stringify({ type: "auth", token: harness.token }));
    await until(() => messages.length > 0);
    return { socket, messages };
  };

  it("sends the status at once, then each change of it and each change of a receipt", async () => {
    const { messages } = await open();
    expect(messages[0]).toMatchObject({ type: "status", status: { device: { state: "ready" } } });
    harness.lane.show({
      ...readySnapshot,
      device: { state: "unavailable", reason: "Нет порта", paper: null },
    });
    harness.rows.put(storedReceipt());
    await until(() => messages.some(({ type }) => type === "receipt"));
    await until(() => JSON.stringify(messages).includes("Нет порта"));
    expect(messages.find(({ type }) => type === "receipt")).toMatchObject({
      receipt: { state: "accepted", order_name: "Заказ 00012" },
    });
  });

  it("sends no status that says nothing new, but a tick", async () => {
    await restart({ tickMs: TICK_MS });
    const { messages } = await open();
    push.statusChanged();
    await until(() => messages.filter(({ type }) => type === "status").length === 2);
    await until(() => {
      push.statusChanged();
      return messages.filter(({ type }) => type === "tick").length > 1;
    });
    expect(messages.filter(({ type }) => type === "status")).toHaveLength(2);
  });

  it.each([
    ["forward", 480_000],
    ["back", -3_600_000],
  ])("sends the status again when the wall clock jumps %s", async (_name, jump) => {
    let wall = Date.now();
    const from = performance.now();
    const now = () => wall + (performance.now() - from);
    await restart({ pulseMs: 100, clock: { now, monotonic: () => performance.now() } });
    const { messages } = await open();
    const statuses = () => messages.filter(({ type }) => type === "status").length;
    const ticks = () => messages.filter(({ type }) => type === "tick").length;
    await until(() => ticks() > 1);
    const before = statuses();
    wall += jump;
    await until(() => statuses() > before);
  });

  it("tells a client that came in between of a change back to what was pushed last", async () => {
    const first = await open();
    push.statusChanged();
    await until(() => first.messages.filter(({ type }) => type === "status").length === 2);
    first.socket.terminate();
    await until(() => push.clients === 0);
    harness.lane.show({ ...readySnapshot, device: { ...readySnapshot.device, state: "busy" } });
    await new Promise((resolve) => setTimeout(resolve, 50));
    const second = await open();
    harness.lane.show(readySnapshot);
    await until(() => second.messages.filter(({ type }) => type === "status").length === 2);
    const seen = second.messages.flatMap(({ status }) =>
      status === undefined ? [] : [(status as { device: { state: string } }).device.state],
    );
    expect(seen).toEqual(["busy", "ready"]);
  });

  it.each([
    ["silence", null],
    ["a bad token", JSON.stringify({ type: "auth", token: "x.y.z" })],
    ["rubbish", "{"],
  ])("closes with 4401 on %s", async (_name, message) => {
    if (message === null) await restart({ authWithinMs: 150 });
    const socket = connect();
    const messages = collect(socket);
    const code = closed(socket);
    if (message !== null) socket.once("open", () => socket.send(message));
    expect(await code).toBe(4401);
    expect(messages).toEqual([]);
  });

  it.each<[string, () => unknown]>([
    ["its token expires", () => (ahead = 15 * 60_000)],
    ["its browser is revoked", () => harness.revoked.add("profile-1")],
  ])(
    "closes with 4401 when %s, so that the page comes back with a new token",
    async (_name, end) => {
      await restart({ tickMs: TICK_MS });
      const { socket, messages } = await open();
      const code = closed(socket);
      ahead = 14 * 60_000;
      const ticks = () => messages.filter(({ type }) => type === "tick").length;
      const before = ticks();
      await until(() => ticks() > before);
      expect(socket.readyState).toBe(socket.OPEN);
      end();
      expect(await code).toBe(4401);
    },
  );

  it.each([
    ["a foreign origin", "https://evil.example", LIVE_PATH, 403],
    ["no origin", undefined, LIVE_PATH, 403],
    ["another path", ORIGIN, "/v1/other", 404],
  ])("refuses %s", async (_name, origin, path, status) => {
    const socket = new WebSocket(harness.url.replace("http", "ws") + path, {
      ...(origin === undefined ? {} : { origin }),
    });
    sockets.push(socket);
    socket.on("error", () => undefined);
    const answer = await new Promise<number | undefined>((resolve) =>
      socket.once("unexpected-response", (_request, response) => resolve(response.statusCode)),
    );
    expect(answer).toBe(status);
  });

  it("drops a client that does not read, and one that does not answer pings", async () => {
    await restart({ tickMs: TICK_MS });
    const { socket, messages } = await open();
    const code = closed(socket);
    socket.pause();
    const row = storedReceipt();
    const body = receiptBody(row, { userName: "x".repeat(200_000), address: "" });
    const big = { ...body, order_name: "x".repeat(1_000_000) };
    for (let i = 0; i < 20; i += 1) {
      push.receiptChanged(() => big);
      await new Promise((resolve) => setImmediate(resolve));
    }
    await until(() => push.clients === 0);
    socket.resume();
    await code;
    expect(messages.length).toBeLessThan(20);
  });

  it("takes 32 clients, sends the next away, and survives what it says", async () => {
    for (let n = 0; n < 32; n += 1) await open();
    const socket = connect();
    const code = closed(socket);
    await new Promise((resolve) => socket.once("open", resolve));
    // no WebSocket frame: the server's end meets an error with it
    (socket as unknown as { _socket: Socket })._socket.write(Buffer.from([0xff, 0xff, 0xff]));
    expect(await code).toBe(1013);
    expect(push.clients).toBe(32);
  });

  it("says goodbye with 1001", async () => {
    const { socket } = await open();
    const code = closed(socket);
    await push.stop();
    expect(await code).toBe(1001);
  });
});

async function until(condition: () => boolean): Promise<void> {
  const deadline = Date.now() + 20_000;
  while (!condition()) {
    if (Date.now() > deadline) throw new Error("waited 20 s for nothing");
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
