import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { LaneSnapshot } from "../fiscalization/types.ts";
import { readySnapshot, UUID, wireReceipt } from "./testing/fakes.ts";
import { startHarness, type Harness } from "./testing/harness.ts";

const KEY = { uuid: UUID, attempt: 1 };
const AWAY: LaneSnapshot = {
  ...readySnapshot,
  device: { state: "unavailable", reason: "Нет связи с кассой: порт закрыт", paper: "ok" },
};
/** Longer than a test may take: who waits for it fails. */
const WAIT = 60_000;

describe("a receipt while the register is away", () => {
  let harness: Harness;
  beforeEach(async () => {
    harness = await startHarness({ waitMs: WAIT });
  });
  afterEach(() => harness.close());

  const sell = () =>
    harness.call("/v1/kkt/receipt", {
      json: wireReceipt(),
      headers: { "Idempotency-Key": `${UUID}:1` },
    });
  const REASON = { code: "device_unavailable", text: "Нет связи с кассой: порт закрыт" };

  it("is accepted and answered at once, with the reason", async () => {
    harness.lane.show(AWAY);
    const reply = await sell();
    expect(reply.status).toBe(202);
    expect(reply.body).toMatchObject({ state: "accepted", reason: REASON });
    expect(harness.rows.get(KEY)).toMatchObject({ state: "accepted", reason: null });
    expect((await harness.call(`/v1/kkt/receipt/${UUID}:1`)).body).toMatchObject({
      reason: REASON,
    });
  });

  it("is answered at once when the register goes away meanwhile", async () => {
    const remove = harness.rows.changed.add(() => {
      remove();
      setTimeout(() => harness.lane.show(AWAY), 20);
    });
    expect(await sell()).toMatchObject({ status: 202, body: { reason: REASON } });
  });

  it("is waited for by the same key once the register is back", async () => {
    harness.lane.show(AWAY);
    await sell();
    harness.lane.show(readySnapshot);
    const again = sell();
    setTimeout(() => harness.rows.end(KEY, "fiscalized"), 20);
    expect(await again).toMatchObject({ status: 200, body: { reason: null } });
  });

  it("is waited for when the ФН may have it, and while the register was never there", async () => {
    for (const [state, snapshot] of [
      ["closing", AWAY],
      ["accepted", { ...AWAY, info: null }],
    ] as const) {
      harness.lane.show(readySnapshot);
      const remove = harness.rows.changed.add((row) => {
        remove();
        harness.rows.rows.set(`${UUID}:1`, { ...row, state });
        harness.lane.show(snapshot);
        setTimeout(() => harness.rows.end(KEY, "fiscalized"), 30);
      });
      expect((await sell()).status).toBe(200);
      harness.rows.rows.clear();
    }
  });
});
