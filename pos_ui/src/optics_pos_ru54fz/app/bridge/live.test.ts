import { beforeEach, describe, expect, test } from "vitest";
import { FakeTimers } from "../testing/fake_timers.ts";
import { bridgeReceipt } from "../testing/receipts.ts";
import { Live, liveUrl, SECOND_LOOK_MS, SILENCE_MS } from "./live.ts";

const STATUS = { mode: "online", device: {}, buffer: {}, odoo: {} };

class FakeSocket {
  readonly sent: string[] = [];
  closed = false;
  onopen: (() => void) | null = null;
  onmessage: ((event: { data: string }) => void) | null = null;
  onclose: ((event: { code: number }) => void) | null = null;

  send(text: string): void {
    this.sent.push(text);
  }

  close(): void {
    this.closed = true;
  }

  say(message: object): void {
    this.onmessage?.({ data: JSON.stringify(message) });
  }
}

let timers: FakeTimers;
let sockets: FakeSocket[];
let log: string[];
let token: () => Promise<string>;
let live: Live;

beforeEach(() => {
  timers = new FakeTimers();
  sockets = [];
  log = [];
  token = () => Promise.resolve("t1");
  live = new Live(
    {
      base: "http://127.0.0.1:8000",
      token: () => token(),
      forget: (old) => log.push(`forget ${old}`),
      open: (url) => {
        log.push(`open ${url}`);
        const socket = new FakeSocket();
        sockets.push(socket);
        return socket as unknown as WebSocket;
      },
      setTimeout: timers.setTimeout,
      clearTimeout: timers.clearTimeout,
      random: () => 0,
    },
    {
      onStatus: (status) => log.push(`status ${status.mode}`),
      onReceipt: (receipt) => log.push(`receipt ${receipt.state}`),
      onConnected: (connected) => log.push(connected ? "there" : "away"),
      onTokenFailed: (error) =>
        log.push(`no token: ${error instanceof Error ? error.message : "-"}`),
    },
  );
});

async function connected(): Promise<FakeSocket> {
  live.start();
  await timers.advance(0);
  const socket = sockets.at(-1);
  if (socket === undefined) throw new Error("no socket");
  socket.onopen?.();
  socket.say({ type: "status", status: STATUS });
  return socket;
}

describe("the live channel", () => {
  test("introduces itself and hears status and receipts", async () => {
    const socket = await connected();
    socket.say({ type: "receipt", receipt: bridgeReceipt("closing") });
    expect(socket.sent).toEqual(['{"type":"auth","token":"t1"}']);
    expect(log).toEqual([
      "open ws://127.0.0.1:8000/v1/kkt/live",
      "there",
      "status online",
      "receipt closing",
    ]);
  });

  test("an open socket alone is no connection", async () => {
    live.start();
    await timers.advance(0);
    sockets[0]?.onopen?.();
    expect(log).not.toContain("there");
  });

  test("ticks keep it alive; silence counts as absence within seconds", async () => {
    const socket = await connected();
    const silence = SILENCE_MS + SECOND_LOOK_MS;
    expect(silence).toBeLessThan(3_000);
    await timers.advance(silence - 1);
    socket.say({ type: "tick", time: "now" });
    await timers.advance(silence - 1);
    expect(log).not.toContain("away");
    await timers.advance(1);
    expect(log).toContain("away");
    expect(socket.closed).toBe(true);
  });

  test("what waited to be read while the page was busy counts before the silence does", async () => {
    const socket = await connected();
    await timers.advance(SILENCE_MS);
    socket.say({ type: "tick", time: "now" });
    await timers.advance(SECOND_LOOK_MS);
    expect(log).not.toContain("away");
  });

  test("cut and back a hundred times, it stands and has one socket open", async () => {
    await connected();
    for (let cut = 0; cut < 100; cut += 1) {
      sockets.at(-1)?.onclose?.({ code: 1006 });
      await timers.advance(375);
      sockets.at(-1)?.onopen?.();
      sockets.at(-1)?.say({ type: "status", status: STATUS });
    }
    expect(log.at(-1)).toBe("status online");
    expect(sockets).toHaveLength(101);
    expect(timers.pending).toBe(1);
  });

  test("a closed socket is told at once and tried again, ever slower up to 5 s", async () => {
    const socket = await connected();
    socket.onclose?.({ code: 1006 });
    expect(log.at(-1)).toBe("away");
    const waits: number[] = [];
    for (let turn = 0; turn < 7; turn += 1) {
      const opened = sockets.length;
      const from = timers.now;
      while (sockets.length === opened) await timers.advance(25);
      waits.push(timers.now - from);
      sockets.at(-1)?.onclose?.({ code: 1006 });
    }
    expect(waits).toEqual([375, 750, 1500, 3000, 3750, 3750, 3750]);
  });

  test("coming back starts the waits anew", async () => {
    const first = await connected();
    first.onclose?.({ code: 1006 });
    await timers.advance(375);
    sockets.at(-1)?.say({ type: "tick" });
    sockets.at(-1)?.onclose?.({ code: 1006 });
    const opened = sockets.length;
    await timers.advance(375);
    expect(sockets.length).toBe(opened + 1);
  });

  test("a refused token is forgotten", async () => {
    const socket = await connected();
    socket.onclose?.({ code: 4401 });
    expect(log).toContain("forget t1");
  });

  test("a token that has ended is renewed at once, and nobody is told of an absence", async () => {
    const socket = await connected();
    token = () => Promise.resolve("t2");
    socket.onclose?.({ code: 4401 });
    await timers.advance(0);
    const next = sockets.at(-1);
    expect(next).not.toBe(socket);
    next?.onopen?.();
    expect(next?.sent).toEqual(['{"type":"auth","token":"t2"}']);
    next?.say({ type: "status", status: STATUS });
    expect(log).not.toContain("away");
    expect(timers.pending).toBe(1);
  });

  test("a browser whose new token is refused too is away, and does not ask without end", async () => {
    const socket = await connected();
    socket.onclose?.({ code: 4401 });
    await timers.advance(0);
    sockets.at(-1)?.onclose?.({ code: 4401 });
    expect(log).toContain("away");
    expect(sockets).toHaveLength(2);
    await timers.advance(0);
    expect(sockets).toHaveLength(2);
  });

  test("a bridge that is gone while the token is renewed is told within seconds", async () => {
    const socket = await connected();
    let answer: (text: string) => void = () => undefined;
    token = () => new Promise((resolve) => (answer = resolve));
    socket.onclose?.({ code: 4401 });
    await timers.advance(SILENCE_MS + SECOND_LOOK_MS);
    expect(log).toContain("away");
    answer("t2");
    await timers.advance(0);
    expect(sockets).toHaveLength(2);
    await timers.advance(375);
    expect(sockets).toHaveLength(2);
  });

  test("no token, no socket: it waits and asks again", async () => {
    token = () => Promise.reject(new Error("not paired"));
    live.start();
    await timers.advance(100);
    expect(sockets).toHaveLength(0);
    token = () => Promise.resolve("t2");
    await timers.advance(400);
    expect(sockets).toHaveLength(1);
  });

  test("why there is no token is told, and that there is one again, once", async () => {
    token = () => Promise.reject(new Error("not paired"));
    live.start();
    await timers.advance(375);
    expect(log).toEqual(["no token: not paired", "no token: not paired"]);
    token = () => Promise.resolve("t2");
    await timers.advance(750);
    expect(log.slice(2)).toEqual(["no token: -", "open ws://127.0.0.1:8000/v1/kkt/live"]);
  });

  test("stopped while the token was asked for, it tells nothing and asks no more", async () => {
    let refuse: (error: Error) => void = () => undefined;
    token = () => new Promise((_resolve, reject) => (refuse = reject));
    live.start();
    live.stop();
    refuse(new Error("not paired"));
    await timers.advance(60_000);
    expect(log).toEqual([]);
  });

  test("what is not JSON changes nothing, and says nothing of the bridge", async () => {
    live.start();
    await timers.advance(0);
    sockets[0]?.onmessage?.({ data: "<html>" });
    expect(log).not.toContain("there");
  });

  test.each([
    { type: "status", status: null },
    { type: "status", status: { mode: "online" } },
    { type: "receipt", receipt: { uuid: 7 } },
    { type: "news" },
  ])("%j tells nothing", async (message) => {
    const socket = await connected();
    log.length = 0;
    socket.say(message);
    expect(log).toEqual([]);
  });

  test("news of an abandoned socket is ignored", async () => {
    const old = await connected();
    old.onclose?.({ code: 1006 });
    log.length = 0;
    old.say({ type: "status", status: STATUS });
    expect(log).toEqual([]);
  });

  test("a nudge tries at once", async () => {
    const socket = await connected();
    socket.onclose?.({ code: 1006 });
    live.nudge();
    await timers.advance(0);
    expect(sockets).toHaveLength(2);
  });

  test("stopped, it stays silent", async () => {
    const socket = await connected();
    live.stop();
    await timers.advance(60_000);
    expect(socket.closed).toBe(true);
    expect(sockets).toHaveLength(1);
    expect(timers.pending).toBe(0);
  });
});

test("the address follows the scheme", () => {
  expect(liveUrl("https://till.shop")).toBe("wss://till.shop/v1/kkt/live");
});
