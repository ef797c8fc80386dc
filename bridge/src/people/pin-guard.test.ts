import { scryptSync } from "node:crypto";
import { beforeEach, describe, expect, it } from "vitest";
import { FIRST_LOCK, PinGuard, type PinResult } from "./pin-guard.ts";
import { pinHash } from "./testing/roster.ts";

const PIN = pinHash("2222");
const WHO = "employee:8";

let settings: Map<string, string>;
let now: number;

const journal = {
  getSetting: (name: string) => settings.get(name) ?? null,
  setSetting: (name: string, value: string) => void settings.set(name, value),
};
const open = (): PinGuard => new PinGuard({ journal, time: { now: () => now } });

beforeEach(() => {
  settings = new Map();
  now = Date.UTC(2026, 10, 22, 12);
});

async function wrong(guard: PinGuard, times: number): Promise<PinResult[]> {
  const results: PinResult[] = [];
  for (let n = 0; n < times; n += 1) results.push(await guard.check(WHO, "0000", PIN));
  return results;
}

describe("PINs", () => {
  it("are checked as Odoo hashes them: scrypt over the UTF-8 of the PIN", async () => {
    const salt = Buffer.from("соль");
    const hash = scryptSync("12я4", salt, 64, { N: 16_384, r: 8, p: 1, maxmem: 64 * 2 ** 20 });
    const stored = {
      kdf: "scrypt" as const,
      ...{ n: 16_384, r: 8, p: 1 },
      salt: salt.toString("base64url"),
      hash: hash.toString("base64url"),
    };
    expect(await open().check(WHO, "12я4", stored)).toEqual({ kind: "right" });
    expect(await open().check(WHO, "12я5", stored)).toEqual({ kind: "wrong", attemptsLeft: 4 });
  });

  it("are locked for five minutes by five wrong ones, the right one included", async () => {
    const guard = open();
    expect(await wrong(guard, 5)).toEqual([
      { kind: "wrong", attemptsLeft: 4 },
      { kind: "wrong", attemptsLeft: 3 },
      { kind: "wrong", attemptsLeft: 2 },
      { kind: "wrong", attemptsLeft: 1 },
      { kind: "locked", seconds: 300, fresh: true },
    ]);
    now += FIRST_LOCK - 1_000;
    expect(await guard.check(WHO, "2222", PIN)).toEqual({
      kind: "locked",
      seconds: 1,
      fresh: false,
    });
    now += 1_000;
    expect(await guard.check(WHO, "2222", PIN)).toEqual({ kind: "right" });
  });

  it("are locked twice as long each time, an hour at most", async () => {
    const guard = open();
    const locks: number[] = [];
    for (let n = 0; n < 6; n += 1) {
      const last = (await wrong(guard, 5)).at(-1);
      const seconds = last?.kind === "locked" ? last.seconds : 0;
      locks.push(seconds / 60);
      now += seconds * 1000;
    }
    expect(locks).toEqual([5, 10, 20, 40, 60, 60]);
  });

  it("are counted anew after the right one, and for each person alone", async () => {
    const guard = open();
    await wrong(guard, 4);
    expect(await guard.check("employee:9", "0000", PIN)).toMatchObject({ attemptsLeft: 4 });
    expect(await guard.check(WHO, "2222", PIN)).toEqual({ kind: "right" });
    expect(await wrong(guard, 1)).toEqual([{ kind: "wrong", attemptsLeft: 4 }]);
  });

  it("gain no tries by a restart, nor by many calls at once", async () => {
    await wrong(open(), 3);
    const guard = open();
    const results = await Promise.all(
      Array.from({ length: 20 }, (_, n) => guard.check(WHO, String(n), PIN)),
    );
    expect(results.filter(({ kind }) => kind === "wrong")).toHaveLength(1);
    expect(await open().check(WHO, "2222", PIN)).toMatchObject({ kind: "locked", seconds: 300 });
  });

  it("are counted before they are checked: pulling the plug meanwhile gains nothing", async () => {
    const checking = open().check(WHO, "0000", PIN);
    await Promise.resolve();
    const cut = new Map(settings);
    await checking;
    settings = cut;
    expect(await wrong(open(), 1)).toEqual([{ kind: "wrong", attemptsLeft: 3 }]);
  });

  it("are locked no longer by a clock that was set back", async () => {
    const guard = open();
    await wrong(guard, 5);
    now -= 365 * 86_400_000;
    expect(await guard.check(WHO, "2222", PIN)).toMatchObject({ kind: "locked", seconds: 300 });
    now += FIRST_LOCK;
    expect(await guard.check(WHO, "2222", PIN)).toEqual({ kind: "right" });
  });
});
