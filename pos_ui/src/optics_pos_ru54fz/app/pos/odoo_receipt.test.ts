import { describe, expect, it } from "vitest";
import { FakeTimers, settle } from "../testing/fake_timers.ts";
import { FISCAL, UUID } from "../testing/receipts.ts";
import { ODOO_MS, odooReceipt } from "./odoo_receipt.ts";

const TOLD = { fiscal: FISCAL, items: [], left: [] };

const till = (call: (...args: unknown[]) => Promise<unknown>, reachable = true) => ({
  link: { reachable },
  pos: { data: { orm: { call } } },
});

describe("what Odoo has of a receipt", () => {
  it("is what it answers, and nothing goes on waiting", async () => {
    const timers = new FakeTimers();
    const asked: unknown[] = [];
    const kkt = till((...args) => {
      asked.push(args);
      return Promise.resolve({ [UUID]: TOLD });
    });
    expect(await odooReceipt(kkt, UUID, timers)).toBe(TOLD);
    expect(asked).toEqual([["pos.order", "kkt_refundable", [[UUID]]]]);
    expect(timers.pending).toBe(0);
  });

  it("is nothing where it knows none, fails, or is away", async () => {
    const timers = new FakeTimers();
    expect(
      await odooReceipt(
        till(() => Promise.resolve({})),
        UUID,
        timers,
      ),
    ).toBeNull();
    const failing = till(() => Promise.reject(new Error("500")));
    expect(await odooReceipt(failing, UUID, timers)).toBeNull();
    const never = till(() => Promise.reject(new Error("asked")), false);
    expect(await odooReceipt(never, UUID, timers)).toBeNull();
    expect(timers.pending).toBe(0);
  });

  it("is waited for two seconds, however long Odoo hangs", async () => {
    const timers = new FakeTimers();
    let ended: unknown = "waiting";
    let answer: (told: unknown) => void = () => undefined;
    const hanging = till(() => new Promise((resolve) => (answer = resolve)));
    const asked = odooReceipt(hanging, UUID, timers).then((told) => (ended = told));
    await timers.advance(ODOO_MS - 1);
    expect(ended).toBe("waiting");
    await timers.advance(1);
    expect(ended).toBeNull();
    // what comes later is nobody's any more
    answer({ [UUID]: TOLD });
    await settle();
    expect(await asked).toBeNull();
  });

  it("says nothing of a failure that comes after the time", async () => {
    const timers = new FakeTimers();
    let fail: (error: Error) => void = () => undefined;
    const asked = odooReceipt(
      till(() => new Promise((_, reject) => (fail = reject))),
      UUID,
      timers,
    );
    await timers.advance(ODOO_MS);
    fail(new Error("lost"));
    expect(await asked).toBeNull();
    await settle();
  });
});
