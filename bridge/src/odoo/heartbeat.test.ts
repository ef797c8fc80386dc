import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { z } from "zod";
import type { StatusBody } from "../http/schemas/status.ts";
import { silentLogger } from "../observability/logger.ts";
import { OdooRefusal, OdooUnreachable } from "./client.ts";
import { Heartbeat, type HeardAt } from "./heartbeat.ts";
import { heartbeatAnswerSchema, type HeartbeatAnswer } from "./schemas.ts";

const answer = {
  server_time: "2026-11-22T18:00:10Z",
  till: { code: "T1", inn: "7701234567" },
  database_uuid: "u",
  keys: [],
  revoked_profiles: [],
  last: null,
  commands: [],
};

const NOW = "2026-11-22T18:00:00.000Z";
const status: StatusBody = {
  till: "T1",
  version: "1",
  time: NOW,
  mode: "online",
  mode_since: NOW,
  device: { state: "ready", reason: null, paper: "ok", model: "ШТРИХ", serial: "0001" },
  fn: {
    serial: "9999078900012345",
    rnm: "0001234567012345",
    inn: "7701234567",
    expires: "2028-01-01",
    unsent: 0,
    oldest_unsent_at: null,
    documents_left: 99_000,
    forecast_end: null,
  },
  shift: { state: "open", number: 3, receipt: 4, opened_at: null, closes_by: null },
  links: {
    ofd: { state: "up", slow: false, rtt_ms: 40, route: "primary" },
    odoo: { state: "up", slow: false, rtt_ms: 12 },
  },
  ofd: { breaker: "closed", last_ok_at: null },
  odoo: { reachable: true, reason: null, last_heartbeat_at: null },
  buffer: { level: 0, capacity: 200, oldest_at: null, alert: null, odoo_pending: 0 },
  lane: { state: "idle", key: null, reason: null },
  maintenance: null,
  dlq: 2,
  clock: { odoo_drift_ms: 12, device_drift_ms: null },
  alerts: [{ code: "dlq", level: "p2", since: NOW, text: "Есть неотправленные чеки." }],
};

describe("heartbeat", () => {
  let up: boolean;
  let refusal: OdooRefusal | null;
  let code: string;
  let pending: boolean;
  let sent: unknown[];
  let results: boolean[];
  let heard: { answer: HeartbeatAnswer; at: HeardAt }[];
  let backs: number;
  let visits: HeartbeatAnswer[];
  let takesMs: number;
  let heartbeat: Heartbeat;

  beforeEach(() => {
    vi.useFakeTimers({ now: Date.parse("2026-11-22T18:00:00Z") });
    up = true;
    refusal = null;
    code = "T1";
    pending = false;
    takesMs = 0;
    sent = [];
    results = [];
    heard = [];
    backs = 0;
    visits = [];
    const clock = { now: () => Date.now(), monotonic: () => performance.now() };
    heartbeat = new Heartbeat({
      client: {
        call: async <T extends z.ZodType>(
          _method: string,
          params: unknown,
          schema: T,
        ): Promise<z.output<T>> => {
          sent.push(params);
          await new Promise((resolve) => setTimeout(resolve, takesMs));
          if (!up) throw new OdooUnreachable("down");
          if (refusal !== null) throw refusal;
          return schema.parse({ ...answer, till: { ...answer.till, code } });
        },
      },
      till: "T1",
      clock,
      logger: silentLogger,
      status: () => status,
      visit: () => ({ params: { instance: "j.p" }, heard: (got) => visits.push(got) }),
      everyMs: 30_000,
      timeoutMs: 2_000,
      hasPending: () => pending,
      onAnswer: (got, at) => heard.push({ answer: got, at }),
      onBack: () => (backs += 1),
      onResult: (ok) => results.push(ok),
    });
    heartbeat.start();
  });
  afterEach(async () => {
    const stopped = heartbeat.stop();
    await vi.advanceTimersByTimeAsync(5_000);
    await stopped;
    vi.useRealTimers();
  });

  const run = (ms: number): Promise<unknown> => vi.advanceTimersByTimeAsync(ms);

  it("beats every 30 s with what the contract names", async () => {
    await run(60_100);
    expect(sent).toHaveLength(3);
    expect(sent[0]).toMatchObject({
      version: "1",
      mode: "online",
      device: { state: "ready", model: "ШТРИХ" },
      fn: { serial: "9999078900012345", unsent: 0 },
      shift: { state: "open", number: 3 },
      buffer: { level: 0, capacity: 200, oldest_at: null, odoo_pending: 0 },
      instance: "j.p",
      dlq: 2,
      documents_left: 99_000,
      breaker: "closed",
      maintenance: null,
      links: { ofd: { state: "up", slow: false } },
      alerts: [{ code: "dlq", level: "p2" }],
    });
    expect(visits).toHaveLength(3);
    expect(results).toEqual([true, true, true]);
    expect(backs).toBe(1);
  });

  it("learns Odoo's time, half the way back taken off", async () => {
    takesMs = 1_000;
    await run(30_000 + 1_100);
    const { serverMs } = heard[0]!.at;
    expect(serverMs - Date.parse(answer.server_time)).toBeCloseTo(0, -3);
    expect(heard[0]!.answer.till.inn).toBe("7701234567");
  });

  it("asks every 10 s while Odoo is away and receipts wait, and tells its return once", async () => {
    await run(100);
    up = false;
    pending = true;
    await run(30_000);
    expect(heartbeat.state.reachable).toBe(false);
    await run(20_000);
    expect(sent).toHaveLength(4);
    up = true;
    await run(10_000);
    expect(heartbeat.state.reachable).toBe(true);
    expect(backs).toBe(2);
    await run(10_000);
    expect(sent).toHaveLength(5);
    expect(results).toEqual([true, false, false, false, true]);
  });

  it("keeps its pace while Odoo is away and nothing waits", async () => {
    up = false;
    await run(60_100);
    expect(sent).toHaveLength(3);
  });

  it("learns nothing of an Odoo that knows it by another name, and says so", async () => {
    code = "T2";
    await run(30_100);
    expect(heard).toEqual([]);
    expect(heartbeat.state).toMatchObject({
      reachable: true,
      reason: "Odoo считает эту кассу кассой T2, а это T1.",
      lastHeartbeatAt: null,
    });
  });

  it("shows a refused credential, which is no lost link, and its end", async () => {
    await run(100);
    const { lastHeartbeatAt } = heartbeat.state;
    refusal = new OdooRefusal("odoo.exceptions.AccessDenied", "Access Denied");
    pending = true;
    await run(60_000);
    expect(heartbeat.state).toMatchObject({
      reachable: true,
      reason: expect.stringMatching(/ключ этой кассы/) as string,
      lastHeartbeatAt,
    });
    expect(results).toEqual([true, true, true]);
    expect(backs).toBe(1);
    refusal = null;
    await run(30_000);
    expect(heartbeat.state).toMatchObject({ reachable: true, reason: null });
    // what could not be delivered meanwhile goes out at once
    expect(backs).toBe(2);
  });

  it("takes an Odoo that answers errors for lost, and says which", async () => {
    refusal = new OdooRefusal("psycopg2.OperationalError", "no database");
    await run(100);
    expect(results).toEqual([false]);
    expect(heartbeat.state).toMatchObject({
      reachable: false,
      reason: "Odoo ответил ошибкой: psycopg2.OperationalError.",
    });
  });
});

describe("answer of a heartbeat", () => {
  it("may carry more than the bridge knows, and Odoo's false for nothing", () => {
    const parsed = heartbeatAnswerSchema.parse({
      ...answer,
      till: { code: "T1", inn: false, name: "x" },
      keys: [{ kty: "EC", crv: "P-256", x: "a", y: "b", kid: "k", key_ops: ["verify"] }],
      new_thing: 1,
    });
    expect(parsed.till.inn).toBe(false);
  });
});
