import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { z } from "zod";
import type { CatalogueItem } from "../journal/types.ts";
import { silentLogger } from "../observability/logger.ts";
import { OdooUnreachable } from "../odoo/client.ts";
import { Backoff } from "../resilience/backoff.ts";
import { CatalogueSync } from "./catalogue-sync.ts";

const HOUR = 3_600_000;
const item = (id: number, change: Record<string, unknown> = {}) => ({
  id,
  barcode: `460000000${String(id).padStart(4, "0")}`,
  sku: `FR-${id}`,
  name: `Оправа ${id}`,
  price: 4500.5,
  vat: 6,
  subject: 1,
  payment_method: 4,
  unit: 0,
  ...change,
});

describe("the till's copy of the catalogue", () => {
  let shelf: Map<number, CatalogueItem>;
  let settings: Map<string, string>;
  let pages: {
    items: unknown[];
    removed?: number[];
    server_time: string;
    cursor?: string | null;
  }[];
  let asked: { since: string | null; cursor: string | null; limit: number }[];
  let up: boolean;
  let ready: boolean;
  let sync: CatalogueSync;

  beforeEach(() => {
    vi.useFakeTimers({ now: Date.parse("2026-11-22T18:10:00Z") });
    shelf = new Map();
    settings = new Map();
    pages = [];
    asked = [];
    up = ready = true;
    build();
  });
  afterEach(async () => {
    await sync.stop();
    vi.useRealTimers();
  });

  function build(mostItems = 1_000): void {
    sync = new CatalogueSync({
      client: {
        call: <T extends z.ZodType>(_method: string, params: unknown, schema: T) => {
          if (!up) return Promise.reject(new OdooUnreachable("down"));
          asked.push(params as (typeof asked)[number]);
          const page = pages.shift() ?? { items: [], server_time: "2026-11-22T20:00:00Z" };
          return Promise.resolve(schema.parse(page));
        },
      },
      journal: {
        getSetting: (name) => settings.get(name) ?? null,
        setSetting: (name, value) => void settings.set(name, value),
        updateCatalogue: (items, removed) => {
          for (const id of removed) shelf.delete(id);
          for (const one of items) shelf.set(one.id, one);
        },
        catalogueSize: () => shelf.size,
        catalogueIds: () => [...shelf.keys()],
        catalogueByBarcode: (barcode) =>
          [...shelf.values()].find((one) => one.barcode === barcode) ?? null,
      },
      clock: { now: () => Date.now(), monotonic: () => performance.now() },
      logger: silentLogger,
      backoff: new Backoff({ firstMs: 5_000, ceilingMs: 300_000, jitter: 0, random: () => 0 }),
      timeoutMs: 1_000,
      everyMs: HOUR,
      minute: 0,
      mostItems,
      isOdooReady: () => ready,
    });
  }
  const run = (ms = 10): Promise<unknown> => vi.advanceTimersByTimeAsync(ms);

  it("takes all at first, page by page, and each full hour what changed since", async () => {
    pages = [
      { items: [item(1), item(2)], server_time: "2026-11-22T18:10:01Z", cursor: "2" },
      { items: [item(3)], server_time: "2026-11-22T18:10:02Z", cursor: null },
    ];
    sync.start();
    await run();
    expect(asked).toEqual([
      { since: null, cursor: null, limit: 500 },
      { since: null, cursor: "2", limit: 500 },
    ]);
    expect(shelf.get(1)).toEqual({
      id: 1,
      barcode: "4600000000001",
      sku: "FR-1",
      name: "Оправа 1",
      priceKopecks: 450_050,
      vat: 6,
      subject: 1,
      paymentMethod: 4,
      unit: 0,
    });
    pages = [{ items: [item(3, { price: 1 })], removed: [1], server_time: "2026-11-22T19:00:00Z" }];
    await run(50 * 60_000);
    expect(asked.at(-1)).toEqual({ since: "2026-11-22T18:10:01Z", cursor: null, limit: 500 });
    expect([...shelf.keys()]).toEqual([2, 3]);
    expect(shelf.get(3)?.priceKopecks).toBe(100);
    await run(HOUR);
    expect(asked).toHaveLength(4);
    expect(asked.at(-1)?.since).toBe("2026-11-22T19:00:00Z");
  });

  it("goes on after a restart where it was", async () => {
    sync.start();
    await run();
    await sync.stop();
    build();
    sync.start();
    await run();
    expect(asked.map(({ since }) => since)).toEqual([null, "2026-11-22T20:00:00Z"]);
  });

  it("waits for an Odoo that is away or too old, then pulls", async () => {
    ready = false;
    sync.start();
    await run(60_000);
    expect(asked).toEqual([]);
    ready = true;
    up = false;
    await run(10_000);
    up = true;
    await run(5_000);
    expect(asked).toHaveLength(1);
  });

  it("leaves out what it can't read, and forgets what has lost its barcode", async () => {
    pages = [
      {
        items: [item(1), item(2, { vat: 99 }), item(3, { price: 0.001 }), "rubbish", item(4)],
        server_time: "2026-11-22T18:10:01Z",
      },
    ];
    sync.start();
    await run();
    expect([...shelf.keys()]).toEqual([1, 4]);
    pages = [{ items: [item(4, { barcode: false })], server_time: "2026-11-22T19:00:01Z" }];
    sync.pullNow();
    await run();
    expect([...shelf.keys()]).toEqual([1]);
  });

  it("holds no more than its limit, and goes on bringing up to date what it holds", async () => {
    await sync.stop();
    build(2);
    pages = [
      { items: [item(1), item(2), item(3)], server_time: "2026-11-22T18:10:01Z" },
      { items: [item(4), item(2, { price: 7 })], server_time: "2026-11-22T18:20:01Z" },
    ];
    sync.start();
    await run();
    sync.pullNow();
    await run();
    expect([...shelf.values()].map(({ id, priceKopecks }) => [id, priceKopecks])).toEqual([
      [1, 450_050],
      [2, 700],
    ]);
  });

  it("takes all again after Odoo's database was restored, and drops what is gone", async () => {
    pages = [
      { items: [item(1), item(2)], server_time: "2026-11-22T18:10:01Z" },
      { items: [item(1, { price: 9 })], server_time: "2026-11-22T18:20:00Z" },
    ];
    sync.start();
    await run();
    sync.pullAll();
    await run();
    expect(asked.map(({ since }) => since)).toEqual([null, null]);
    expect([...shelf.values()].map(({ id, priceKopecks }) => [id, priceKopecks])).toEqual([
      [1, 900],
    ]);
    sync.pullNow();
    await run();
    expect(asked.at(-1)?.since).toBe("2026-11-22T18:20:00Z");
  });
});
