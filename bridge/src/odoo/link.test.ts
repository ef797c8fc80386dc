/** Lease, commands, events and redelivery, on a real journal, against an Odoo in memory. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { z } from "zod";
import { ManualTime, settle } from "../domain/testing/manual-time.ts";
import { keyOf, sale } from "../domain/testing/receipts.ts";
import { SqliteJournal } from "../journal/sqlite-journal.ts";
import { silentLogger } from "../observability/logger.ts";
import { Backoff } from "../resilience/backoff.ts";
import { OdooMethodMissing, OdooUnreachable } from "./client.ts";
import { createOdooLink, type OdooLink } from "./link.ts";
import { heartbeatAnswerSchema } from "./schemas.ts";

const FN = "9999078900000961";
const AT = "2026-11-22T18:03:00.000Z";

interface Params {
  readonly instance: string;
  readonly fence: number | null;
  readonly journal: { readonly id: string; readonly last_event: number };
  readonly results: readonly {
    readonly id: string;
    readonly state: string;
    readonly text: string;
  }[];
}

describe("what Odoo and the till say to each other", () => {
  let folder: string;
  let journal: SqliteJournal;
  let time: ManualTime;
  let link: OdooLink;
  let up: boolean;
  /** The lease in Odoo. */
  let holder: string | null;
  let token: number;
  /** Odoo hands the lease to a new process of the holder's journal. */
  let takesOver: boolean;
  let commands: unknown[];
  let odooEvents: { seq: number; kind: string; data: Record<string, unknown> }[];
  let pages: number[];
  let last: { fn: string; fd: number; count?: number } | null;
  let again: number;
  let syncs: number;
  let wakes: number;
  let maintenance: unknown[];

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "odoo-link-"));
    journal = SqliteJournal.open({ path: join(folder, "journal.sqlite") });
    time = new ManualTime(AT);
    up = true;
    holder = null;
    token = 6;
    takesOver = false;
    commands = [];
    odooEvents = [];
    pages = [];
    last = null;
    again = syncs = wakes = 0;
    maintenance = [];
    build();
  });
  afterEach(async () => {
    await link.stop();
    journal.close();
    rmSync(folder, { recursive: true, force: true });
  });

  function build(): void {
    link = createOdooLink({
      client: {
        call: <T extends z.ZodType>(method: string, params: unknown, schema: T) =>
          answer(method, params, schema),
      },
      journal,
      clock: time,
      logger: silentLogger,
      backoff: new Backoff({ firstMs: 5_000, ceilingMs: 60_000, jitter: 0, random: () => 0 }),
      timeoutMs: 2_000,
      eventsTimeoutMs: 2_000,
      currentFn: () => FN,
      isReachable: () => up,
      syncNow: () => (syncs += 1),
      maintenance: (on, reason) => void maintenance.push([on, reason]),
      wakeHeartbeat: () => (wakes += 1),
      onAgain: () => (again += 1),
    });
    link.load();
  }

  async function restart(): Promise<void> {
    await link.stop();
    build();
  }

  function answer<T extends z.ZodType>(method: string, params: unknown, schema: T) {
    if (!up) return Promise.reject(new OdooUnreachable("down"));
    if (method === "lease") {
      const { instance } = params as { instance: string };
      const same = holder?.split(".")[0] === instance.split(".")[0] && holder !== instance;
      if (holder === null || (same && takesOver)) [holder, token] = [instance, token + 1];
      return Promise.resolve(schema.parse(leaseOf(instance)));
    }
    if (method === "events") {
      const { events } = params as { events: typeof odooEvents };
      pages.push(events.length);
      const known = new Set(odooEvents.map(({ seq }) => seq));
      odooEvents.push(...events.filter(({ seq }) => !known.has(seq)));
      return Promise.resolve(schema.parse({ last_event: lastEvent() }));
    }
    return Promise.reject(new OdooMethodMissing(method));
  }

  const lastEvent = (): number => odooEvents.at(-1)?.seq ?? 0;
  const leaseOf = (instance: string) => ({
    token: holder === instance ? token : null,
    expires_in: 90,
    held_by_other: holder !== null && holder !== instance,
  });

  /** One heartbeat. `old`: an Odoo of before. @returns what it carried */
  async function beat({ old = false } = {}): Promise<Params> {
    const visit = link.dialogue.visit();
    const params = visit.params as unknown as Params;
    const more = { lease: leaseOf(params.instance), last_event: lastEvent(), commands };
    visit.heard(
      heartbeatAnswerSchema.parse({
        server_time: AT,
        till: { code: "T1" },
        database_uuid: "u",
        last,
        ...(old ? {} : more),
      }),
    );
    await settle();
    return params;
  }

  const kinds = (): string[] =>
    journal
      .eventsAfter(0, 1_000)
      .map(({ kind }) => kind)
      .filter((kind) => !kind.startsWith("receipt."));

  /** Sold, and confirmed by Odoo. */
  function delivered(...fds: number[]): void {
    for (const fd of fds) {
      const key = keyOf(fd);
      const hlc = { localTime: fd, logicalCounter: 0 };
      journal.accept({ key, receipt: sale(fd), contentHash: "h", blob: null, hlc, at: AT });
      journal.markClosing(key, {
        fn: FN,
        shift: 1,
        expectedFd: fd,
        expectedReceipt: 1,
        deviceTime: "2026-11-22T21:03:00",
        contentHash: "h",
        at: AT,
      });
      journal.markFiscalized(
        key,
        {
          fn: FN,
          fd,
          fp: 1,
          shift: 1,
          receipt: 1,
          dateTime: "2026-11-22T21:03",
          operation: 1,
          sumKopecks: 1,
          changeKopecks: 0,
          rnm: "1",
          inn: "1",
        },
        AT,
      );
      journal.markOdooDelivered([key], AT);
      last = { fn: FN, fd };
    }
  }

  describe("lease", () => {
    it("is taken when it is free, renewed by the heartbeat, and told as fence", async () => {
      expect(await beat()).toMatchObject({ fence: null });
      expect(holder).toMatch(/^[0-9a-f-]{36}\.[0-9a-f-]{36}$/);
      expect(wakes).toBe(1);
      expect(await beat()).toMatchObject({ fence: 7, instance: holder });
      await time.advance(60_000);
      await beat();
      await time.advance(60_000);
      expect(link.lease.fence).toBe(7);
      expect(link.lease.alert).toBeNull();
      expect(kinds()).toEqual(["lease.acquired"]);
    });

    it("ends by the monotonic clock, and is taken again", async () => {
      await beat();
      await time.advance(89_999);
      expect(link.lease.fence).toBe(7);
      time.shiftWallClock(-3_600_000);
      await time.advance(1);
      expect(link.lease.fence).toBeNull();
      expect(link.lease.alert).toMatchObject({ code: "lease_lost", level: "p3" });
      holder = null;
      await beat();
      expect(link.lease.fence).toBe(8);
      expect(link.lease.alert).toBeNull();
      expect(kinds()).toEqual(["lease.acquired", "lease.lost", "lease.acquired"]);
    });

    it("is lost to another bridge: said, no commands, nothing of its receipts taken for ours", async () => {
      delivered(1, 2);
      await beat();
      holder = "other.bridge";
      token = 9;
      commands = [{ id: "a", fence: 9, kind: "sync_now", args: {} }];
      last = { fn: "9999078900000000", fd: 1 };
      odooEvents = [{ seq: 4_000, kind: "x", data: {} }];
      await beat();
      expect(link.lease.alert).toMatchObject({ level: "p2" });
      expect(syncs).toBe(0);
      expect(again).toBe(0);
      expect(link.events.acked).toBe(0);
      expect(await beat()).toMatchObject({ fence: null });
    });

    it("is taken over at once after a restart, and not fought over with who started later", async () => {
      takesOver = true;
      await beat();
      await restart();
      await beat();
      expect(link.lease.fence).toBe(8);
      expect(link.lease.alert).toBeNull();
      // a copy of this journal was started elsewhere: one of the two has to be the holder
      holder = `${holder!.split(".")[0]!}.later`;
      token = 9;
      await beat();
      await beat();
      expect(holder).toMatch(/\.later$/);
      expect(link.lease.fence).toBeNull();
      expect(link.lease.alert).toMatchObject({ level: "p2" });
    });

    it("of the process before a restart is no loss until it should be over", async () => {
      await beat();
      await restart();
      await beat();
      expect(link.lease.alert).toBeNull();
      await time.advance(90_000);
      await beat();
      expect(link.lease.alert).toBeNull();
      await time.advance(1_000);
      await beat();
      expect(link.lease.alert).toMatchObject({ level: "p2" });
    });
  });

  describe("commands", () => {
    beforeEach(() => beat());

    it("are applied once, over a restart too, and told until Odoo has taken the result", async () => {
      commands = [
        { id: "a", fence: 7, kind: "sync_now", args: {} },
        { id: "b", fence: 7, kind: "capacity", args: { capacity: 300 } },
        { id: "c", fence: 7, kind: "maintenance", args: { on: true, reason: "ФН" } },
      ];
      await beat();
      await beat();
      expect(syncs).toBe(1);
      expect(journal.buffer().capacity).toBe(300);
      expect(maintenance).toEqual([[true, "ФН"]]);
      await restart();
      holder = null;
      commands = commands.map((command) => ({ ...(command as object), fence: 8 }));
      await beat();
      await beat();
      expect(syncs).toBe(1);
      const { results } = await beat();
      expect(results.map(({ id, state }) => [id, state])).toEqual([
        ["a", "done"],
        ["b", "done"],
        ["c", "done"],
      ]);
      commands = [];
      await beat();
      expect((await beat()).results).toEqual([]);
      expect(kinds().filter((kind) => kind.startsWith("command."))).toEqual([
        "command.done",
        "command.done",
        "command.done",
      ]);
    });

    it("bring dead receipts back, one or all", async () => {
      delivered(1, 2, 3);
      journal.deliverAgain(FN, 0, AT);
      for (const fd of [1, 2, 3]) {
        for (let tries = 0; tries < 20; tries += 1) journal.countOdooRefusal(keyOf(fd), "x", AT);
      }
      expect(journal.deadCount()).toBe(3);
      const key = `${keyOf(2).uuid}:1`;
      commands = [{ id: "a", fence: 7, kind: "dlq_retry", args: { key } }];
      await beat();
      expect(journal.deadCount()).toBe(2);
      commands = [{ id: "b", fence: 7, kind: "dlq_retry", args: { key } }];
      await beat();
      commands = [{ id: "c", fence: 7, kind: "dlq_retry", args: { key: null } }];
      await beat();
      expect(journal.deadCount()).toBe(0);
      const { results } = await beat();
      expect(results).toEqual([{ id: "c", state: "done", text: "Снова отправляется чеков: 2." }]);
      expect(syncs).toBe(2);
    });

    it("take a dead receipt off the list for a reason, for good", async () => {
      delivered(1, 2);
      journal.deliverAgain(FN, 0, AT);
      for (const fd of [1, 2]) {
        for (let tries = 0; tries < 20; tries += 1) journal.countOdooRefusal(keyOf(fd), "x", AT);
      }
      const key = `${keyOf(2).uuid}:1`;
      const args = { key, reason: " внесён вручную " };
      commands = [
        { id: "a", fence: 7, kind: "dlq_resolve", args },
        { id: "b", fence: 7, kind: "dlq_resolve", args },
        { id: "c", fence: 7, kind: "dlq_resolve", args: { key, reason: " " } },
        { id: "d", fence: 7, kind: "dlq_resolve", args: { key: "x", reason: "так" } },
      ];
      await beat();
      expect(journal.deadCount()).toBe(1);
      const { results } = await beat();
      expect(results.map(({ id, state }) => `${id} ${state}`)).toEqual([
        ...["a done", "b failed", "c failed", "d failed"],
      ]);
      expect(journal.odooPending(10)).toEqual([]);
      expect(journal.eventsAfter(0, 200)).toContainEqual(
        expect.objectContaining({
          kind: "dlq.settled",
          key,
          data: expect.objectContaining({ reason: "внесён вручную", by: "odoo" }) as unknown,
        }),
      );
    });

    it("are refused with a text: unknown, unreadable, with bad parameters, of an older fence", async () => {
      commands = [
        { id: "a", fence: 7, kind: "dance", args: {} },
        { id: "b", fence: 7, kind: "capacity", args: { capacity: 100_000 } },
        { id: "c", fence: 6, kind: "sync_now", args: {} },
        { id: "d", fence: "7", kind: "sync_now" },
        { id: "e", fence: 7, kind: "dlq_retry", args: { key: "x" } },
        "rubbish",
      ];
      await beat();
      const { results } = await beat();
      expect(results.map(({ id, state }) => `${id} ${state}`)).toEqual([
        ...["a failed", "b failed", "c failed", "d failed", "e failed"],
      ]);
      for (const { text } of results) expect(text).toMatch(/[а-я]/);
      expect(syncs).toBe(0);
      expect(journal.buffer().capacity).toBe(200);
      expect(journal.eventsAfter(0, 100).at(-1)).toMatchObject({
        kind: "command.failed",
        data: { id: "e", kind: "dlq_retry" },
      });
    });

    it("do not fill the journal", async () => {
      for (let n = 0; n < 250; n += 1) {
        commands = [{ id: `c${n}`, fence: 7, kind: "sync_now", args: {} }];
        await beat();
      }
      const known = JSON.parse(journal.getSetting("odoo.commands") ?? "[]") as unknown[];
      expect(known).toHaveLength(200);
    });
  });

  describe("events", () => {
    const note = (kind: string, data: Record<string, unknown> = {}): void =>
      journal.appendEvent(kind, null, data, AT);

    it("reach Odoo oldest first, in pages, only what concerns it, without contacts", async () => {
      for (let n = 0; n < 450; n += 1)
        note(n % 2 === 0 ? "mode.changed" : "receipt.accepted", { n });
      note("incident.x", { phone: "+79990000000", text: "звонил 8(999)123-45-67" });
      link.start();
      await beat();
      await settle();
      await settle();
      expect(pages).toEqual([200, 27]);
      expect(odooEvents.slice(0, 225).map(({ data }) => data["n"])).toEqual(
        Array.from({ length: 225 }, (_, i) => i * 2),
      );
      expect(odooEvents.at(-2)?.data).toEqual({ phone: "***", text: "звонил +7***" });
      expect(odooEvents.at(-1)?.kind).toBe("lease.acquired");
      expect((await beat()).journal.last_event).toBe(lastEvent());
    });

    it("go on after a restart where Odoo has them", async () => {
      note("mode.changed");
      link.start();
      await beat();
      await restart();
      link.start();
      note("breaker.open");
      await beat();
      await settle();
      expect(odooEvents.map(({ kind }) => kind)).toEqual([
        "mode.changed",
        "lease.acquired",
        "breaker.open",
      ]);
      expect(pages.reduce((sum, page) => sum + page, 0)).toBe(3);
    });

    it("are delivered again from where a restored Odoo has them", async () => {
      for (let n = 0; n < 10; n += 1) note("mode.changed", { n });
      link.start();
      await beat();
      await settle();
      expect(odooEvents).toHaveLength(11);
      odooEvents.length = 4;
      await beat();
      await settle();
      expect(odooEvents.map(({ seq }) => seq)).toEqual(Array.from({ length: 11 }, (_, i) => i + 1));
    });

    it("are kept from an Odoo that does not know them", async () => {
      note("mode.changed");
      link.start();
      await beat({ old: true });
      await settle();
      expect(link.dialogue.version).toBe("old");
      expect(holder).toBeNull();
      expect(pages).toEqual([]);
    });
  });

  describe("a restored Odoo", () => {
    it("gets again what it lost, once, an old one too", async () => {
      delivered(5, 6, 7, 8);
      last = { fn: FN, fd: 6 };
      await beat({ old: true });
      expect(again).toBe(1);
      expect(journal.odooPending(10).map(({ fiscal }) => fiscal?.fd)).toEqual([7, 8]);
      await beat();
      expect(again).toBe(1);
      for (const { key } of journal.odooPending(10)) journal.markOdooDelivered([key], AT);
      last = null;
      await beat();
      expect(journal.odooPending(10)).toHaveLength(4);
      expect(again).toBe(2);
      expect(kinds().filter((kind) => kind.startsWith("incident"))).toEqual([
        "incident.odoo_lost_receipts",
        "incident.odoo_lost_receipts",
      ]);
    });

    it("gets again what it lost below what was delivered since", async () => {
      delivered(5, 6, 7, 8);
      // restored to FD 6, and FD 9 came before the next heartbeat
      delivered(9);
      last = { fn: FN, fd: 9, count: 3 };
      await beat();
      expect(journal.odooPending(10).map(({ fiscal }) => fiscal?.fd)).toEqual([5, 6, 7, 8, 9]);
      expect(again).toBe(1);
      for (const { key } of journal.odooPending(10)) journal.markOdooDelivered([key], AT);
      last = { fn: FN, fd: 9, count: 5 };
      await time.advance(600_000);
      await beat();
      expect(again).toBe(1);
    });

    it("that is restored from the same copy once more gets it once more", async () => {
      delivered(5, 6, 7, 8);
      for (const round of [1, 2]) {
        last = { fn: FN, fd: 6 };
        await beat();
        expect(again).toBe(round);
        for (const { key } of journal.odooPending(10)) journal.markOdooDelivered([key], AT);
        last = { fn: FN, fd: 8 };
        await beat();
      }
    });

    it("that names another drive has nothing of this one", async () => {
      delivered(5);
      last = { fn: "9999078900000000", fd: 900 };
      await beat();
      expect(journal.odooPending(10)).toHaveLength(1);
    });

    it("is not suspected for what it was told while it answered", () => {
      delivered(5);
      const visit = link.dialogue.visit();
      delivered(6);
      const answered = { server_time: AT, till: { code: "T1" }, database_uuid: "u" };
      visit.heard(heartbeatAnswerSchema.parse({ ...answered, last: { fn: FN, fd: 5 } }));
      expect(again).toBe(0);
    });
  });
});
