import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { DeviceSetupError } from "../device/fiscal-device.ts";
import { keyOf, orderUuid, sale } from "../domain/testing/receipts.ts";
import { settle } from "../domain/testing/manual-time.ts";
import { LaneBench } from "./testing/lane-bench.ts";

let bench: LaneBench;
beforeEach(() => {
  bench = new LaneBench();
});
afterEach(() => bench.dispose());

describe("a sale", () => {
  it("goes accepted, closing, fiscalized and tells what the ФН signed", async () => {
    await bench.start();
    const row = await bench.sell();
    expect(row.state).toBe("fiscalized");
    expect(row.fiscal).toEqual({
      fn: "9999078900000961",
      fd: 101,
      fp: expect.any(Number) as number,
      shift: 12,
      receipt: 5,
      dateTime: "2026-11-22T21:03",
      operation: 1,
      sumKopecks: 700_050,
      changeKopecks: 49_950,
      rnm: "0000000001002292",
      inn: "7707083893",
    });
    expect(row.legs).toEqual({ ofd: "pending", odoo: "pending" });
    expect(bench.kinds()).toEqual(["receipt.accepted", "receipt.closing", "receipt.fiscalized"]);
  });
});
