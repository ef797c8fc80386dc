/** A manager's way out of an alarm, and maintenance. */
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { settle } from "../domain/testing/manual-time.ts";
import { keyOf, sale } from "../domain/testing/receipts.ts";
import { LaneBench } from "./testing/lane-bench.ts";
import type { Resolution } from "./types.ts";

const OTHER_FN = "9999078900000962";
const WHO = { reason: "нашли чек у покупателя", by: "profile-9" };

let bench: LaneBench;
beforeEach(async () => {
  bench = new LaneBench();
  await bench.start();
});
afterEach(() => bench.dispose());

function events(kind: string) {
  return bench.journal.events({ limit: 100 }).filter((event) => event.kind === kind);
}

async function resolve(resolution: Resolution) {
  const resolved = bench.lane.resolve(keyOf(), resolution);
  resolved.catch(() => undefined);
  await settle();
  return resolved;
}

describe("another ФН while a receipt is in doubt", () => {
  beforeEach(async () => {
    bench.device.fault("closeReceipt", "lost-after", () => bench.device.insertFn(OTHER_FN));
    await bench.sell();
    await bench.time.advance(1000);
  });

  it("stops the lane with an alarm that is on record once, also over a restart", async () => {
    expect(bench.row()).toMatchObject({ state: "unknown", reason: { code: "fn_differs" } });
    await bench.time.advance(120_000);
    await bench.restart();
    await bench.time.advance(120_000);
    expect(bench.lane.snapshot().lane).toMatchObject({ state: "stopped" });
    expect(events("incident.lane_stopped")).toMatchObject([{ data: { code: "fn_differs" } }]);
    expect(bench.submit(sale(2), keyOf(2))).toMatchObject({ reason: { code: "lane_stopped" } });
  });

  it("ends by itself when the former ФН is back", async () => {
    bench.device.insertFn("9999078900000961");
    await bench.time.advance(60_000);
    expect(bench.row()).toMatchObject({ state: "fiscalized", fiscal: { fd: 101 } });
  });

  it("is attested by a manager with what the paper says", async () => {
    const asked = { outcome: "fiscalized", fd: 101, ...WHO } as const;
    await expect(resolve(asked)).rejects.toMatchObject({ reason: { code: "request_invalid" } });
    expect(bench.row().state).toBe("unknown");
    const attested = { fp: 123_456, dateTime: "2026-11-22T21:03" };
    const row = await resolve({ ...asked, attested });
    expect(row).toMatchObject({
      state: "fiscalized",
      fiscal: { fn: "9999078900000961", fd: 101, fp: 123_456, dateTime: "2026-11-22T21:03" },
    });
    expect(events("receipt.resolved")).toMatchObject([
      { data: { outcome: "fiscalized", fd: 101, attested: true, ...WHO } },
    ]);
    expect(bench.lane.snapshot().lane.state).toBe("idle");
    expect((await bench.sell(sale(2), keyOf(2))).fiscal?.fn).toBe(OTHER_FN);
  });

  it("is cancelled by a manager who knows that there is none; the order may be tried again", async () => {
    const row = await resolve({ outcome: "cancelled", ...WHO });
    expect(row).toMatchObject({ state: "cancelled", reason: { code: "resolved" } });
    expect(events("receipt.resolved")).toMatchObject([{ data: { outcome: "cancelled", ...WHO } }]);
    expect((await bench.sell(sale(), keyOf(1, 2))).state).toBe("fiscalized");
  });

  it("takes no second decision and none for another receipt", async () => {
    await resolve({ outcome: "cancelled", ...WHO });
    await expect(resolve({ outcome: "cancelled", ...WHO })).rejects.toMatchObject({
      reason: { code: "not_stopped" },
    });
    await expect(
      bench.lane.resolve(keyOf(7), { outcome: "cancelled", ...WHO }),
    ).rejects.toMatchObject({ reason: { code: "receipt_unknown" } });
  });
});

describe("documents that contradict each other, on the ФН of the receipt", () => {
  beforeEach(async () => {
    bench.device.tlvReadable = false;
    bench.device.fault("closeReceipt", "lost-after", () => bench.device.foreignReceipt(700_050));
    await bench.sell();
    expect(bench.row()).toMatchObject({ state: "unknown", reason: { code: "ambiguous" } });
  });

  it("the named document's data come from the ФН, not from the manager", async () => {
    const attested = { fp: 1, dateTime: "2020-01-01T00:00" };
    const row = await resolve({ outcome: "fiscalized", fd: 101, attested, ...WHO });
    expect(row.fiscal).toMatchObject({ fd: 101, fp: bench.device.documents[0]?.fp });
    expect(events("receipt.resolved")).toMatchObject([{ data: { attested: false } }]);
  });

  it.each([
    [500, "document_unknown"],
    [7, "document_unknown"],
  ])("FD %i is refused: %s", async (fd, code) => {
    await expect(resolve({ outcome: "fiscalized", fd, ...WHO })).rejects.toMatchObject({
      reason: { code },
    });
    expect(bench.row().state).toBe("unknown");
  });

  it("a document of another sum is refused", async () => {
    bench.device.foreignReceipt(1);
    await expect(resolve({ outcome: "fiscalized", fd: 103, ...WHO })).rejects.toMatchObject({
      reason: { code: "document_unknown" },
    });
  });
});

it("a lane that works is for nobody to decide", async () => {
  await bench.sell();
  await expect(bench.lane.resolve(keyOf(), { outcome: "cancelled", ...WHO })).rejects.toMatchObject(
    { reason: { code: "not_stopped" } },
  );
});

describe("maintenance", () => {
  it("refuses new receipts, lets the technician work, and survives a restart", async () => {
    const hold = bench.device.hold("closeReceipt");
    bench.submit();
    await hold.reached;
    bench.lane.maintenance(true, "замена принтера", "profile-9");
    hold.release();
    await settle();
    expect(bench.row().state).toBe("fiscalized");
    await bench.restart();
    expect(bench.lane.snapshot().maintenance).toMatchObject({ reason: "замена принтера" });
    expect(bench.submit(sale(2), keyOf(2))).toMatchObject({
      kind: "not-taken",
      reason: { code: "maintenance" },
    });
    expect(bench.submit().kind).toBe("known");
    await expect(bench.printX()).resolves.toMatchObject({ state: "done" });
    bench.lane.maintenance(false, "", "profile-9");
    expect((await bench.sell(sale(2), keyOf(2))).state).toBe("fiscalized");
    expect(bench.kinds().filter((kind) => kind.startsWith("maintenance"))).toEqual([
      "maintenance.on",
      "maintenance.off",
    ]);
  });
});
