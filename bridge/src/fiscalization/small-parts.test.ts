import { describe, expect, it } from "vitest";
import { CRASH_POINTS, crashHookFromEnv, noCrash } from "./crash-points.ts";
import { DeviceLock } from "./device-lock.ts";
import { DEVICE_REASONS, refusalKind, refusalReason } from "./reasons.ts";

describe("crash points", () => {
  it("do nothing unless named", () => {
    expect(crashHookFromEnv({})).toBe(noCrash);
    expect(crashHookFromEnv({ BRIDGE_CRASH_AT: "" })).toBe(noCrash);
  });

  it.each(CRASH_POINTS)("kill at %s and nowhere else", (point) => {
    const killed: string[] = [];
    const hook = crashHookFromEnv({ BRIDGE_CRASH_AT: point }, () => killed.push(point));
    for (const reached of CRASH_POINTS) hook(reached);
    expect(killed).toEqual([point]);
  });

  it("refuse a name that does not exist", () => {
    expect(() => crashHookFromEnv({ BRIDGE_CRASH_AT: "after-lunch" })).toThrow(
      /after-lunch.*allowed/,
    );
  });
});

describe("the device lock", () => {
  it("lets receipts go first, then operations, then the relay, each in order of coming", async () => {
    const lock = new DeviceLock();
    const order: string[] = [];
    const release = await lock.acquire("relay");
    const users = (["relay", "operation", "receipt", "relay", "receipt"] as const).map(
      async (priority, index) => {
        const done = await lock.acquire(priority);
        order.push(`${priority} ${index}`);
        done();
        done();
      },
    );
    release();
    await Promise.all(users);
    expect(order).toEqual(["receipt 2", "receipt 4", "operation 1", "relay 0", "relay 3"]);
  });

  it("sends away all but receipts", async () => {
    const lock = new DeviceLock();
    const release = await lock.acquire("receipt");
    const relay = lock.acquire("relay");
    const receipt = lock.acquire("receipt");
    lock.failOthers(new Error("doubt"));
    await expect(relay).rejects.toThrow("doubt");
    release();
    (await receipt)();
  });
});

const refusal = (deviceCode: number) => refusalReason({ deviceCode, message: "text" });

describe("reasons", () => {
  it("are Russian sentences for every code", () => {
    for (const { text } of Object.values(DEVICE_REASONS)) {
      expect(text).toMatch(/^[А-ЯZX].*\.$/);
    }
  });

  it("tell what the receipt is to blame for from what the device is", () => {
    expect(refusalKind(refusal(0x45))).toBe("content");
    expect(refusalKind(refusal(0x6b))).toBe("state");
    expect(refusalKind(refusal(0xee))).toBe("state");
    expect(refusalKind({ code: "tax_system_not_allowed", text: "" })).toBe("content");
    expect(refusalKind({ code: "device_unstable", text: "" })).toBe("state");
  });
});
