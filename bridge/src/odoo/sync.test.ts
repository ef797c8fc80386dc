import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { z } from "zod";
import { formatKey } from "../domain/receipt-key.ts";
import { fiscalized, storedReceipt } from "../http/testing/fakes.ts";
import type { StoredReceipt } from "../journal/types.ts";
import { silentLogger } from "../observability/logger.ts";
import { Backoff } from "../resilience/backoff.ts";
import { OdooRefusal, OdooUnreachable } from "./client.ts";
import { FollowUps } from "./follow-ups.ts";
import { OdooSync } from "./sync.ts";

interface SentRow {
  readonly uuid: string;
  readonly attempt: number;
  readonly fd: number;
  readonly ofd_delivered: boolean;
}

describe("delivery to Odoo", () => {
  let rows: Map<string, StoredReceipt>;
  let settings: Map<string, string>;
  let batches: SentRow[][];
  let orders: { uuid: string; blob: string }[];
  let up: boolean;
  let refuses: (row: SentRow) => boolean;
  /** Odoo itself fails at a batch with such a row. */
  let stumbles: (row: SentRow) => boolean;
  /** While Odoo works on a batch. */
  let meanwhile: () => void;
  let looks: number;
  let orderMissing: boolean;
  let refusesOrders: boolean | string;
  let events: string[];
  let refusals: string[];
  let linkFailures: number;
  let sync: OdooSync;
  let followUps: FollowUps;

  beforeEach(() => {
    vi.useFakeTimers({ now: Date.parse("2026-11-22T18:03:10Z") });
    rows = new Map();
    settings = new Map();
    batches = [];
    orders = [];
    up = true;
    refuses = () => false;
    stumbles = () => false;
    meanwhile = () => undefined;
    looks = 0;
    orderMissing = false;
    refusesOrders = false;
    events = [];
    refusals = [];
    linkFailures = 0;
    build();
  });
  afterEach(async () => {
    await sync.stop();
    vi.useRealTimers();
  });

  function build(): void {
    followUps = new FollowUps({
      getSetting: (name) => settings.get(name) ?? null,
      setSetting: (name, value) => void settings.set(name, value),
    });
    followUps.load();
    sync = new OdooSync({
      client: {
        call: <T extends z.ZodType>(method: string, params: unknown, schema: T) =>
          answer(method, params, schema),
      },
      journal: {
        get: (key) => rows.get(formatKey(key)) ?? null,
        odooPending: (limit) => {
          looks += 1;
          return [...rows.values()].filter((row) => row.legs.odoo === "pending").slice(0, limit);
        },
        markOdooDelivered: (keys) => {
          for (const key of keys) setLegs(formatKey(key), { odoo: "delivered" });
        },
        countOdooRefusal: (key) => void refusals.push(formatKey(key)),
        appendEvent: (kind) => void events.push(kind),
      },
      followUps,
      backoff: new Backoff({ firstMs: 5_000, ceilingMs: 300_000, jitter: 0, random: () => 0 }),
      clock: { now: () => Date.now(), monotonic: () => performance.now() },
      logger: silentLogger,
      timezone: "Europe/Moscow",
      registration: () => ({ userName: "ООО Оптика", address: "Москва", taxSystems: 1 }),
      timeoutMs: 1_000,
      orderMissingMs: 300_000,
      onLinkFailure: () => (linkFailures += 1),
      onRows: () => undefined,
    });
  }

  function answer<T extends z.ZodType>(
    method: string,
    params: unknown,
    schema: T,
  ): Promise<z.output<T>> {
    if (!up) return Promise.reject(new OdooUnreachable("down"));
    if (method === "orders") {
      const { orders: given } = params as { orders: { uuid: string; blob: string }[] };
      orders.push(...given);
      if (given.some(({ blob }) => blob.includes("bad"))) {
        return Promise.reject(new OdooRefusal("builtins.KeyError", "lines"));
      }
      const status = refusesOrders ? "refused" : "created";
      const error =
        typeof refusesOrders === "string" ? { code: refusesOrders, message: "не сейчас" } : null;
      return Promise.resolve(
        schema.parse({ results: given.map(({ uuid }) => ({ uuid, status, error })) }),
      );
    }
    const { receipts } = params as { receipts: SentRow[] };
    batches.push(receipts);
    meanwhile();
    if (receipts.some(stumbles)) {
      return Promise.reject(new OdooRefusal("builtins.KeyError", "vat"));
    }
    return Promise.resolve(
      schema.parse({
        results: receipts.map((row) => ({
          uuid: row.uuid,
          attempt: row.attempt,
          status: refuses(row) ? "refused" : "created",
          order: orderMissing ? "missing" : "linked",
          error: refuses(row) ? { code: "inn", message: "чужой ИНН" } : null,
        })),
      }),
    );
  }

  function setLegs(key: string, legs: Partial<StoredReceipt["legs"]>): void {
    const row = rows.get(key)!;
    rows.set(key, { ...row, legs: { ...row.legs, ...legs } });
  }

  function sold(fd: number, blob: string | null = null): string {
    const uuid = `5a0c7a52-9a3e-4a9e-8f6e-${String(fd).padStart(12, "0")}`;
    const row = fiscalized(storedReceipt({ key: { uuid, attempt: 1 }, seq: fd, blob }), fd);
    rows.set(formatKey(row.key), row);
    return formatKey(row.key);
  }
  const run = (ms = 10): Promise<unknown> => vi.advanceTimersByTimeAsync(ms);
  const waiting = (): number =>
    [...rows.values()].filter((row) => row.legs.odoo === "pending").length;

  it("delivers what waits in batches, oldest first, in the form of the contract", async () => {
    for (let fd = 1; fd <= 230; fd += 1) sold(fd);
    sync.start();
    await run();
    expect(batches.map((batch) => batch.length)).toEqual([100, 100, 30]);
    expect(batches.flat().map(({ fd }) => fd)).toEqual(
      Array.from({ length: 230 }, (_, i) => i + 1),
    );
    expect(waiting()).toBe(0);
    expect(batches[0]![0]).toMatchObject({
      type: "sale",
      fn: "9999078900012345",
      fp: 3_000_000_001,
      date_time: "2026-11-22T21:03",
      utc: "2026-11-22T18:03:00Z",
      timezone: "Europe/Moscow",
      total: 4500,
      change: 500,
      customer: null,
      refund_of: null,
      ofd_delivered: false,
      hlc: { logical_counter: 0 },
    });
    expect(sync.lastOkAt).not.toBeNull();
  });

  it("goes at once after a sale", async () => {
    sync.start();
    await run(1_000);
    sold(1);
    sync.nudge();
    await run();
    expect(waiting()).toBe(0);
  });

  it("takes receipts together that come faster than ten a second", async () => {
    sync.start();
    await run(1_000);
    for (let fd = 1; fd <= 5; fd += 1) {
      sold(fd);
      sync.nudge();
      await run(15);
    }
    await run(100);
    expect(batches.map((batch) => batch.length)).toEqual([1, 4]);
  });

  it("pauses after a failed link, counts nothing against the rows, and goes when it is back", async () => {
    up = false;
    sold(1);
    sync.start();
    await run(5_000 + 10_000 + 20_000 + 40_000 + 100);
    expect(linkFailures).toBe(5);
    expect(refusals).toEqual([]);
    up = true;
    sync.nudge();
    await run();
    expect(waiting()).toBe(1);
    sync.linkIsBack();
    await run();
    expect(waiting()).toBe(0);
  });

  it("does not let a refused row hold up the others, and asks again later and later", async () => {
    refuses = (row) => row.fd === 1;
    const key = sold(1);
    for (let fd = 2; fd <= 150; fd += 1) sold(fd);
    sync.start();
    await run();
    expect(waiting()).toBe(1);
    expect(refusals).toEqual([key]);
    await run(4_000);
    expect(refusals).toHaveLength(1);
    await run(2_000);
    expect(refusals).toHaveLength(2);
    await run(10_000);
    expect(refusals).toHaveLength(3);
    refuses = () => false;
    await run(25_000);
    expect(waiting()).toBe(0);
  });

  it("delivers the others where Odoo fails at one of a batch, and that one once it can", async () => {
    stumbles = (row) => row.fd === 2;
    for (let fd = 1; fd <= 20; fd += 1) sold(fd);
    sync.start();
    await run();
    expect(waiting()).toBe(1);
    expect(refusals).toEqual([]);
    await run(60_000);
    expect(refusals).toEqual([]);
    stumbles = () => false;
    await run(60_000);
    expect(waiting()).toBe(0);
  });

  it("takes an Odoo that fails at everything for one that is not there", async () => {
    stumbles = () => true;
    for (let fd = 1; fd <= 100; fd += 1) sold(fd);
    sync.start();
    await run();
    expect(batches).toHaveLength(1 + 3);
    expect(linkFailures).toBe(1);
    await run(600_000);
    stumbles = () => false;
    sync.linkIsBack();
    await run();
    expect(waiting()).toBe(0);
    expect(refusals).toEqual([]);
  });

  it("tells of a row that the till itself can't read only after the others", async () => {
    const broken = rows.get(sold(1))!;
    rows.set(formatKey(broken.key), {
      ...broken,
      fiscal: { ...broken.fiscal!, dateTime: "2026-00-00T00:00" },
    });
    for (let fd = 2; fd <= 5; fd += 1) sold(fd);
    sync.start();
    await run();
    expect(waiting()).toBe(1);
  });

  it("has nothing to look for once a refused row was given up", async () => {
    refuses = () => true;
    const key = sold(1);
    sync.start();
    await run();
    setLegs(key, { odoo: "dead" });
    await run(60_000);
    looks = 0;
    await run(600_000);
    expect(looks).toBeLessThan(15);
  });

  it("does not ask for a refused row more often because others are sold", async () => {
    refuses = (row) => row.fd === 1;
    sold(1);
    sync.start();
    await run();
    for (let fd = 2; fd <= 10; fd += 1) {
      sold(fd);
      sync.nudge();
      await run();
    }
    expect(refusals).toHaveLength(1);
  });

  it("hands the order in when it has been missing for five minutes, not before", async () => {
    orderMissing = true;
    sold(1, '{"name":"Заказ"}');
    sync.start();
    await run(60_000 * 4);
    expect(orders).toEqual([]);
    await run(60_000);
    expect(orders).toEqual([
      { uuid: "5a0c7a52-9a3e-4a9e-8f6e-000000000001", blob: '{"name":"Заказ"}' },
    ]);
    expect(events).toEqual(["odoo.order_handed_in"]);
    await run(60_000 * 20);
    expect(orders).toHaveLength(1);
  });

  it("keeps its copy to itself when the order came meanwhile, also over a restart", async () => {
    orderMissing = true;
    sold(1, "{}");
    sync.start();
    await run();
    await sync.stop();
    orderMissing = false;
    build();
    sync.start();
    await run(60_000 * 6);
    expect(orders).toEqual([]);
    expect(batches).toHaveLength(2);
    expect(followUps.nextDue()).toBeNull();
  });

  it("gives an order up after twenty refusals", async () => {
    orderMissing = true;
    refusesOrders = true;
    sold(1, "{}");
    sync.start();
    await run(60_000 * 150);
    expect(orders).toHaveLength(20);
    expect(events).toEqual(["odoo.order_given_up"]);
  });

  it.each(["session_closed", "receipt_missing"])("waits for what passes: %s", async (code) => {
    orderMissing = true;
    refusesOrders = code;
    sold(1, "{}");
    sync.start();
    await run(60_000 * 150);
    expect(orders.length).toBeGreaterThan(20);
    expect(events).toEqual([]);
    refusesOrders = false;
    await run(60_000 * 6);
    expect(events).toEqual(["odoo.order_handed_in"]);
  });

  it("is not held up by an order that Odoo fails at", async () => {
    orderMissing = true;
    sold(1, "bad");
    sold(2, "{}");
    sync.start();
    await run(60_000 * 6);
    expect(events).toEqual(["odoo.order_handed_in"]);
    await run(60_000 * 150);
    expect(events).toEqual(["odoo.order_handed_in", "odoo.order_given_up"]);
  });

  it("tells Odoo of a ticket that came while it was being told that there is none", async () => {
    const key = sold(1);
    meanwhile = () => {
      if (batches.length > 1) return;
      setLegs(key, { ofd: "delivered" });
      sync.ticketsCame([rows.get(key)!]);
    };
    sync.start();
    await run(2_000);
    expect(batches.map((batch) => batch[0]!.ofd_delivered)).toEqual([false, true]);
  });

  it("tells Odoo of a ticket that came after the delivery", async () => {
    const key = sold(1);
    sync.start();
    await run();
    setLegs(key, { ofd: "delivered" });
    sync.ticketsCame([rows.get(key)!]);
    await run(100);
    expect(batches.map((batch) => batch[0]!.ofd_delivered)).toEqual([false, true]);
    expect(followUps.nextDue()).toBeNull();
  });

  it("does not send twice what had its ticket before Odoo heard of it", async () => {
    up = false;
    const key = sold(1);
    sync.start();
    await run();
    setLegs(key, { ofd: "delivered" });
    sync.ticketsCame([rows.get(key)!]);
    up = true;
    sync.linkIsBack();
    await run();
    expect(batches).toHaveLength(1);
  });
});
