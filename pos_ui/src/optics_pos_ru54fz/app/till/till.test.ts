import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { begin, newRecord, type OrderRecord } from "../attempt/attempt.ts";
import type { Outcome, Progress } from "../attempt/settlement.ts";
import type { BridgeReceipt } from "../receipt/receipt_types.ts";
import type { KktDatabase } from "../storage/kkt_database.ts";
import { FakeTimers, settle } from "../testing/fake_timers.ts";
import { bridgeReceipt, UUID } from "../testing/receipts.ts";
import { DENIAL_STANDS_MS, Till } from "./till.ts";

const DAY = 24 * 3_600_000;

/** Stands for IndexedDB. */
class MemoryDatabase {
  readonly orders = new Map<string, OrderRecord>();
  private readonly values = new Map<string, unknown>();

  get<T>(_store: string, key: string): Promise<T | undefined> {
    return Promise.resolve(this.values.get(key) as T | undefined);
  }

  getAll<T>(): Promise<T[]> {
    return Promise.resolve([...this.orders.values()] as T[]);
  }

  async put(_store: string, value: unknown, key?: string): Promise<void> {
    await settle();
    if (key === undefined) this.orders.set((value as OrderRecord).uuid, value as OrderRecord);
    else this.values.set(key, value);
  }

  delete(_store: string, uuid: string): Promise<void> {
    this.orders.delete(uuid);
    return Promise.resolve();
  }
}

class FakeSocket {
  onopen: (() => void) | null = null;
  onmessage: ((event: { data: string }) => void) | null = null;
  onclose: ((event: { code: number }) => void) | null = null;

  send(): void {
    return;
  }

  close(): void {
    return;
  }
}

/** A request for a receipt that the bridge has and has not answered. */
interface Held {
  readonly key: string;
  answer(response: Response): void;
  aborted: boolean;
}

const json = (status: number, body: unknown): Response =>
  new Response(JSON.stringify(body), { status });

/** The real till over a bridge that answers when the test says so. */
class Scene {
  readonly timers = new FakeTimers();
  readonly database: MemoryDatabase;
  readonly told: string[] = [];
  readonly shown: Progress[] = [];
  /** What the bridge has in its journal. */
  rows: BridgeReceipt[] = [];
  /** The bridge does not answer at all. */
  away = false;
  /** Odoo's word to a browser that was revoked; the bridge knows of it too. */
  revoked: Error | null = null;
  /** Requests for a receipt, oldest first. */
  readonly held: Held[] = [];
  asked = 0;
  socket: FakeSocket | null = null;
  readonly till: Till;

  constructor(database = new MemoryDatabase()) {
    this.database = database;
    this.timers.now = Date.parse("2026-11-22T18:00:00Z");
    vi.stubGlobal("navigator", {});
    vi.stubGlobal("fetch", (url: string, init: RequestInit) => this.fetch(url, init));
    const certify = () =>
      this.revoked === null
        ? Promise.resolve({
            certificate: "certificate",
            expires: new Date(this.timers.now + 30 * DAY).toISOString(),
            till: "T1",
            bridge_url: "http://till:8000",
          })
        : Promise.reject(this.revoked);
    this.till = new Till(
      { code: "T1", bridgeUrl: "http://till:8000", database: "kkt", certify, user: 2 },
      {
        onView: () => undefined,
        onOdoo: () => undefined,
        onSettled: ({ state }) => this.told.push(`settled ${state}`),
        onTaken: ({ state }) => this.told.push(`taken ${state}`),
        onTime: () => undefined,
        onConnected: () => undefined,
      },
      {
        open: () => this.database as unknown as KktDatabase,
        socket: () => {
          this.socket = new FakeSocket();
          return this.socket as unknown as WebSocket;
        },
        now: () => this.timers.now,
        monotonic: () => this.timers.now,
        setTimeout: this.timers.setTimeout,
        clearTimeout: this.timers.clearTimeout,
      },
    );
  }

  private async fetch(url: string, init: RequestInit): Promise<Response> {
    const { pathname } = new URL(url);
    if (this.away) throw new TypeError("refused");
    switch (pathname) {
      case "/v1/auth/challenge":
        return json(200, { nonce: "n" });
      case "/v1/auth/token":
        return this.revoked === null
          ? json(200, { token: "t", expires_in: 100_000 })
          : json(401, { code: "certificate_revoked", detail: "Отозван." });
      case "/v1/kkt/orders/state": {
        this.asked += 1;
        const { uuids } = JSON.parse(init.body as string) as { uuids: string[] };
        return json(200, { receipts: this.rows.filter(({ uuid }) => uuids.includes(uuid)) });
      }
      case "/v1/kkt/receipt":
        return await new Promise((resolve, reject) => {
          const key = (init.headers as Record<string, string>)["Idempotency-Key"] ?? "";
          const held: Held = { key, answer: resolve, aborted: false };
          this.held.push(held);
          init.signal?.addEventListener("abort", () => {
            held.aborted = true;
            reject(init.signal?.reason as Error);
          });
        });
      default:
        throw new Error(`not expected: ${pathname}`);
    }
  }

  async start(): Promise<void> {
    await this.till.load();
    this.till.start();
    await this.until("the live channel", () => this.socket?.onmessage != null);
    this.socket?.onopen?.();
    this.socket?.onmessage?.({ data: JSON.stringify({ type: "hello" }) });
    await this.flush();
  }

  /** News on the live channel. */
  async live(receipt: BridgeReceipt): Promise<void> {
    this.socket?.onmessage?.({ data: JSON.stringify({ type: "receipt", receipt }) });
    await this.flush();
  }

  /** A tick keeps the live channel from being taken for silent. */
  async pass(ms: number): Promise<void> {
    for (let left = ms; left > 0; left -= 1_000) {
      this.socket?.onmessage?.({ data: "{}" });
      await this.timers.advance(Math.min(left, 1_000));
    }
    await this.flush();
  }

  /** Signing a proof takes more than one turn. */
  async until(what: string, holds: () => boolean): Promise<void> {
    const until = performance.now() + 10_000;
    while (!holds()) {
      if (performance.now() > until) throw new Error(`did not come: ${what}`);
      await settle();
    }
  }

  async flush(): Promise<void> {
    for (let turns = 0; turns < 10; turns += 1) await settle();
  }

  begun(): OrderRecord {
    return begin(
      newRecord(UUID, "nonce", this.timers.now),
      {
        body: '{"type":"refund"}',
        orderName: "Заказ 1",
        items: [{} as OrderRecord["items"][number]],
      },
      this.timers.now,
    );
  }

  /** A refund was sent, the bridge restarts, and the page has sent the same again. */
  async sentAgain(): Promise<{ readonly ended: Promise<Outcome> }> {
    const record = this.begun();
    await this.till.store.put(record);
    const ended = this.till.settle(record, true, (progress) => this.shown.push(progress));
    await this.until("the first request", () => this.held.length === 1);
    this.held[0]?.answer(json(502, {}));
    await this.until("no connection", () => this.shown.at(-1)?.phase === "unreachable");
    await this.pass(2_000);
    await this.until("the second request", () => this.held.length === 2);
    return { ended };
  }

  get state(): string | undefined {
    return this.till.store.get(UUID)?.state;
  }

  get isLocked(): boolean {
    return this.till.isLocked(UUID);
  }
}

let scene: Scene;

beforeEach(async () => {
  scene = new Scene();
  await scene.start();
});

afterEach(() => {
  scene.till.stop();
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
});

const leave = (): void => scene.till.current?.choose("leave");

describe("left while a request is under way", () => {
  test("the request has ended before the bridge is asked", async () => {
    const { ended } = await scene.sentAgain();
    leave();
    await scene.flush();
    expect(scene.held[1]).toMatchObject({ aborted: true });
    expect(await ended).toMatchObject({ kind: "left", record: { state: "sent" } });
  });

  test("one word that there is nothing does not free the order: the bridge may still be taking it", async () => {
    const { ended } = await scene.sentAgain();
    leave();
    await ended;
    await scene.until("asked", () => scene.asked === 1);
    await scene.pass(2_000);
    expect(scene.state).toBe("sent");
    expect(scene.isLocked).toBe(true);
    // it was past its look at who is there
    scene.rows = [bridgeReceipt("fiscalized")];
    await scene.pass(DENIAL_STANDS_MS);
    expect(scene.state).toBe("fiscalized");
    expect(scene.told).toEqual(["settled fiscalized"]);
  });

  test("the same word after what the bridge needs at most does", async () => {
    const { ended } = await scene.sentAgain();
    leave();
    await ended;
    await scene.until("asked", () => scene.asked === 1);
    await scene.pass(DENIAL_STANDS_MS - 1_000);
    expect(scene.isLocked).toBe(true);
    await scene.pass(1_000);
    expect(scene.state).toBe("unsent");
    expect(scene.told).toEqual(["settled unsent"]);
    expect(scene.asked).toBe(2);
    await scene.pass(10 * DENIAL_STANDS_MS);
    expect(scene.asked).toBe(2);
  });

  test("a bridge that is away in between has not said it twice", async () => {
    const { ended } = await scene.sentAgain();
    leave();
    await ended;
    await scene.until("asked", () => scene.asked === 1);
    scene.away = true;
    vi.spyOn(console, "warn").mockReturnValue();
    await scene.pass(3 * DENIAL_STANDS_MS);
    expect(scene.isLocked).toBe(true);
    scene.away = false;
    await scene.pass(DENIAL_STANDS_MS);
    expect(scene.state).toBe("unsent");
  });

  test("taken up again before that: what was said before does not count", async () => {
    const { ended } = await scene.sentAgain();
    leave();
    await ended;
    await scene.until("asked", () => scene.asked === 1);
    await scene.pass(DENIAL_STANDS_MS - 1_000);
    const record = scene.till.store.get(UUID);
    if (record === undefined) throw new Error("no record");
    const again = scene.till.settle(record, false, (progress) => scene.shown.push(progress));
    await scene.until("the third request", () => scene.held.length === 3);
    leave();
    await again;
    await scene.until("asked again", () => scene.asked === 2);
    await scene.pass(2_000);
    expect(scene.isLocked).toBe(true);
  });
});

test("after a reload, too, the bridge says twice that it has nothing", async () => {
  const { database } = scene;
  scene.till.stop();
  await scene.till.store.put(scene.begun());
  scene = new Scene(database);
  await scene.till.load();
  await scene.till.reconcile();
  expect(scene.isLocked).toBe(true);
  await scene.timers.advance(DENIAL_STANDS_MS);
  await scene.flush();
  expect(scene.state).toBe("unsent");
});

describe("an order that the bridge had denied", () => {
  beforeEach(async () => {
    const { ended } = await scene.sentAgain();
    leave();
    await ended;
    await scene.pass(2 * DENIAL_STANDS_MS);
    expect(scene.state).toBe("unsent");
    scene.told.length = 0;
  });

  test("is locked again when it was taken after all, and marked when it is signed", async () => {
    await scene.live(bridgeReceipt("accepted"));
    expect(scene.isLocked).toBe(true);
    await scene.live(bridgeReceipt("fiscalized"));
    expect(scene.till.isFiscalized(UUID)).toBe(true);
    expect(scene.till.store.get(UUID)?.fiscal).toMatchObject({ fd: 7 });
    expect(scene.told).toEqual(["taken accepted", "settled fiscalized"]);
  });

  test("is asked after when the live channel is back: the news may have been missed", async () => {
    scene.rows = [bridgeReceipt("fiscalized")];
    scene.socket?.onclose?.({ code: 1006 });
    const lost = scene.socket;
    await scene.timers.advance(5_000);
    await scene.until("a new channel", () => scene.socket !== lost);
    scene.socket?.onmessage?.({ data: "{}" });
    await scene.until("marked", () => scene.state === "fiscalized");
    expect(scene.told).toEqual(["settled fiscalized"]);
  });

  test("is not touched by news of another attempt or of another order", async () => {
    await scene.live(bridgeReceipt("fiscalized", { attempt: 2 }));
    await scene.live(bridgeReceipt("fiscalized", { uuid: "another" }));
    expect(scene.state).toBe("unsent");
    expect(scene.told).toEqual([]);
  });

  test("is shown with its wait again, and asked after without its content", async () => {
    scene.rows = [bridgeReceipt("accepted")];
    await scene.live(bridgeReceipt("accepted"));
    const record = scene.till.store.get(UUID);
    if (record === undefined) throw new Error("no record");
    const posts = scene.held.length;
    const ended = scene.till.settle(record, false, (progress) => scene.shown.push(progress));
    await scene.until("accepted", () => scene.shown.at(-1)?.phase === "accepted");
    scene.rows = [bridgeReceipt("fiscalized")];
    await scene.pass(1_000);
    expect(await ended).toMatchObject({ kind: "fiscalized", record: { fiscal: { fd: 7 } } });
    expect(scene.held.length).toBe(posts);
  });
});

test("a browser that was revoked is told so while the till keeps it out, and no longer", async () => {
  const data = { name: "odoo.exceptions.UserError", message: "This browser was revoked." };
  scene.revoked = Object.assign(new Error("Odoo Server Error"), { data });
  scene.socket?.onclose?.({ code: 4401 });
  await scene.timers.advance(1_000);
  await scene.until("refused", () => scene.till.view.refused !== null);
  expect(scene.till.view).toMatchObject({ mode: "absent", refused: data.message });

  scene.away = true;
  await scene.timers.advance(5_000);
  await scene.until("not reached", () => scene.till.view.refused === null);

  scene.away = false;
  await scene.timers.advance(5_000);
  await scene.until("refused again", () => scene.till.view.refused !== null);
  scene.revoked = null;
  await scene.timers.advance(5_000);
  await scene.until("let in", () => scene.till.view.refused === null);
});
