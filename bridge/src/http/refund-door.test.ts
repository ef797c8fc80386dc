import { afterEach, describe, expect, it } from "vitest";
import { systemTime } from "../domain/clock.ts";
import type { Verdict } from "../refunds/saga.ts";
import { createRefundDoor } from "./refund-door.ts";
import { UUID, wireReceipt } from "./testing/fakes.ts";
import { startHarness, type Harness } from "./testing/harness.ts";

const KEY = `${UUID}:1`;
const refund = (change: Record<string, unknown> = {}) =>
  wireReceipt({
    type: "refund",
    payments: [{ method: "cash", amount: 4500 }],
    refund_of: { fn: "9999078900012345", fd: 7, fp: 11, date: "2026-11-22" },
    ...change,
  });

describe("a refund at the door", () => {
  let harness: Harness;
  let verdict: Verdict;
  let asked: boolean[];
  let events: { kind: string; data: unknown }[];
  /** Odoo's word is waited for. */
  let until: Promise<void>;
  /** The server has seen the caller go. */
  let hungUp: Promise<void>;

  async function open(): Promise<void> {
    asked = [];
    events = [];
    until = Promise.resolve();
    harness = await startHarness({
      refunds: {
        pass: (request, submit) => {
          hungUp = new Promise((resolve) => {
            request.gone.addEventListener("abort", () => resolve(), { once: true });
          });
          return createRefundDoor({
            saga: {
              decide: async (_key, _receipt, released) => {
                asked.push(released);
                await until;
                return verdict;
              },
              disproof: () => null,
            },
            reservations: { exclusive: (_uuid, use) => use() },
            journal: {
              get: (key) => harness.rows.get(key),
              appendEvent: (kind, _key, data) => void events.push({ kind, data }),
            },
            clock: systemTime,
          }).pass(request, submit);
        },
      },
    });
  }
  afterEach(() => harness.close());

  const post = (json: unknown, token?: string) =>
    harness.call("/v1/kkt/receipt", {
      json,
      headers: {
        "Idempotency-Key": KEY,
        ...(token === undefined ? {} : { Authorization: `Bearer ${token}` }),
      },
    });

  it("goes to the lane once Odoo has reserved it", async () => {
    verdict = { kind: "allowed", by: "odoo" };
    await open();
    expect(await post(refund())).toMatchObject({ status: 202, body: { state: "accepted" } });
    expect(events).toEqual([]);
    // a key that is known is answered without another question
    expect((await post(refund())).status).toBe(202);
    expect(asked).toEqual([false]);
  });

  it("is refused with a code, and nothing is journalled", async () => {
    verdict = {
      kind: "not-synced",
      text: "Odoo ещё не знает исходного чека.",
      retryAfterSeconds: 300,
      releasable: true,
    };
    await open();
    const answer = await post(refund());
    expect(answer).toMatchObject({
      status: 409,
      body: {
        code: "refund_original_not_synced",
        detail: "Odoo ещё не знает исходного чека.",
        retry_after_seconds: 300,
        released_by_manager_possible: true,
      },
    });
    expect(answer.headers.get("retry-after")).toBe("300");
    verdict = { kind: "exceeds", text: "«Оправа»: столько не продано." };
    expect(await post(refund())).toMatchObject({ status: 422, body: { code: "refund_exceeds" } });
    verdict = { kind: "invalid", field: "refund_of.fp", text: "другой признак" };
    expect(await post(refund())).toMatchObject({
      status: 422,
      body: { code: "receipt_invalid", errors: [{ field: "refund_of.fp" }] },
    });
    expect(harness.lane.submitted).toEqual([]);
  });

  it("is taken on a manager's word, which goes on record", async () => {
    verdict = { kind: "allowed", by: "manager" };
    await open();
    const release = { reason: "Odoo недоступен, покупатель ждёт" };
    const cashier = await harness.tokenFor("cashier");
    expect(await post(refund({ release }), cashier)).toMatchObject({
      status: 403,
      body: { code: "scope_insufficient" },
    });
    expect(asked).toEqual([]);
    const manager = await harness.tokenFor("manager");
    expect((await post(refund({ release }), manager)).status).toBe(202);
    expect(asked).toEqual([true]);
    expect(events).toMatchObject([
      {
        kind: "refund.released",
        data: { by: "profile-1", reason: release.reason, sum: "4500.00" },
      },
    ]);
  });

  it("knows a release with refunds only, and with a reason", async () => {
    await open();
    for (const body of [
      wireReceipt({ release: { reason: "x" } }),
      refund({ release: { reason: " " } }),
      refund({ release: {} }),
      refund({ release: { reason: "x", more: 1 } }),
      refund({ release: "x" }),
    ]) {
      const answer = await post(body);
      expect(answer).toMatchObject({ status: 422, body: { code: "receipt_invalid" } });
      const [{ field }] = answer.body["errors"] as [{ field: string }];
      expect(field).toMatch(/^release/);
    }
    expect(asked).toEqual([]);
  });

  it("does not come out of the register when nobody waits for it any more", async () => {
    verdict = { kind: "allowed", by: "odoo" };
    await open();
    let answer = (): void => undefined;
    until = new Promise((resolve) => (answer = resolve));
    const gone = new AbortController();
    const call = fetch(`${harness.url}/v1/kkt/receipt`, {
      method: "POST",
      headers: {
        Authorization: `Bearer ${harness.token}`,
        "Content-Type": "application/json",
        "Idempotency-Key": KEY,
      },
      body: JSON.stringify(refund()),
      signal: gone.signal,
    }).catch(() => null);
    while (asked.length === 0) await new Promise((resolve) => setImmediate(resolve));
    gone.abort();
    expect(await call).toBeNull();
    await hungUp;
    answer();
    await new Promise((resolve) => setImmediate(resolve));
    expect(harness.lane.submitted).toEqual([]);
  });
});
