import { beforeEach, describe, expect, it } from "vitest";
import type { People, Person } from "../bridge/people.ts";
import { BridgeProblem, BridgeUnreachable } from "../bridge/problem.ts";
import { PinEntry, type PinEntryDeps } from "./pin_entry.ts";

const person = (id: number, role: Person["role"], has_pin = true): Person => ({
  id: `employee:${id}`,
  name: `Человек ${id}`,
  role,
  has_pin,
});
const people = (...list: Person[]): People => ({
  people: list,
  limits: { discount_cashier: 10, discount_manager: 50, cashier_closes_shift: false },
  expires: "2026-12-01T00:00:00Z",
});
const problem = (code: string, more: object = {}): BridgeProblem =>
  new BridgeProblem({ status: 403, code, detail: `detail of ${code}`, ...more });

const manager = person(2, "manager");
const admin = person(3, "admin");

let now: number;
let told: People;
let checked: { person: string; pin: string }[];
let answer: () => Promise<string>;
let results: string[];
let entry: PinEntry<string>;

beforeEach(() => {
  now = 0;
  told = people(person(1, "cashier"), manager, admin);
  checked = [];
  results = [];
  answer = () => Promise.resolve("token");
  const deps: PinEntryDeps<string> = {
    people: () => Promise.resolve(told),
    check: (who, pin) => {
      checked.push({ person: who.id, pin });
      return answer();
    },
    done: (result) => results.push(result),
    observe: (state) => state,
    now: () => now,
  };
  entry = new PinEntry("manager", deps);
});

const type = (...keys: string[]): void => keys.forEach((key) => entry.press(key));

describe("who may", () => {
  it("offers those with the role or a higher one", async () => {
    await entry.load();
    expect(entry.state.people).toEqual([manager, admin]);
    expect(entry.state.chosen).toBeNull();
  });

  it("offers nobody without a PIN, and chooses the only one with one by itself", async () => {
    told = people(person(1, "cashier"), manager, person(4, "manager", false));
    await entry.load();
    expect(entry.state.people).toEqual([manager]);
    expect(entry.state.chosen).toEqual(manager);
  });

  it("tells that nobody has a PIN by an empty list", async () => {
    told = people(person(1, "cashier"), person(4, "manager", false));
    await entry.load();
    expect(entry.state).toMatchObject({ people: [], chosen: null });
  });

  it("chooses who stands at the till, where the rights are enough", async () => {
    const standing = (preferred: string) =>
      new PinEntry<string>("manager", {
        people: () => Promise.resolve(told),
        check: () => Promise.resolve(""),
        done: () => undefined,
        preferred,
        observe: (state) => state,
        now: () => now,
      });
    const own = standing(admin.id);
    await own.load();
    expect(own.state.chosen).toEqual(admin);
    const cashiers = standing("employee:1");
    await cashiers.load();
    expect(cashiers.state.chosen).toBeNull();
  });

  it("says when the bridge is away and can be asked again", async () => {
    const away = new PinEntry<string>("manager", {
      people: () => Promise.reject(new BridgeUnreachable("refused")),
      check: () => Promise.resolve(""),
      done: () => undefined,
      observe: (state) => state,
      now: () => now,
    });
    await away.load();
    expect(away.state).toMatchObject({
      trouble: { kind: "unreachable" },
      people: null,
      busy: false,
    });
  });
});

describe("typing", () => {
  beforeEach(async () => {
    await entry.load();
    entry.choose(manager);
  });

  it("takes digits, erases, and sends on Enter", async () => {
    type("9", "9", "1", "Backspace", "9", "9");
    expect(entry.state.pin).toBe("9999");
    expect(entry.press("a")).toBe(false);
    expect(entry.press("F5")).toBe(false);
    await entry.submit();
    expect(checked).toEqual([{ person: manager.id, pin: "9999" }]);
    expect(results).toEqual(["token"]);
    expect(entry.state.pin).toBe("");
  });

  it("sends nothing without a PIN or a person, and never twice at once", async () => {
    await entry.submit();
    type("1");
    let resolve: (value: string) => void = () => undefined;
    answer = () => new Promise((r) => (resolve = r));
    const first = entry.submit();
    await entry.submit();
    type("2", "Enter");
    resolve("token");
    await first;
    expect(checked).toHaveLength(1);
  });

  it("forgets the PIN of another person", () => {
    type("1", "2");
    entry.choose(admin);
    expect(entry.state.pin).toBe("");
  });

  it("holds no more digits than a PIN has", () => {
    type(..."1234567890123456".split(""));
    expect(entry.state.pin).toBe("123456789012");
  });
});

describe("refusals", () => {
  beforeEach(async () => {
    await entry.load();
    entry.choose(manager);
  });

  it("tells the tries that are left", async () => {
    answer = () => Promise.reject(problem("pin_wrong", { attempts_left: 3 }));
    type("1");
    await entry.submit();
    expect(entry.state).toMatchObject({ trouble: { kind: "wrong", attemptsLeft: 3 }, pin: "" });
    expect(results).toEqual([]);
  });

  it("counts a lock down, for this person only", async () => {
    answer = () => Promise.reject(problem("pin_locked", { retry_after_seconds: 300 }));
    type("1");
    await entry.submit();
    expect(entry.state.lockedFor).toBe(300);
    type("1");
    expect(entry.canSubmit).toBe(false);
    now = 60_000;
    entry.tick();
    expect(entry.state.lockedFor).toBe(240);
    entry.choose(admin);
    expect(entry.state.lockedFor).toBe(0);
    entry.choose(manager);
    expect(entry.state.lockedFor).toBe(240);
    now = 300_000;
    entry.tick();
    type("1");
    expect(entry.canSubmit).toBe(true);
  });

  it("passes the bridge's words on, and says when there were none", async () => {
    answer = () => Promise.reject(problem("approval_refused"));
    type("1");
    await entry.submit();
    expect(entry.state.trouble).toEqual({ kind: "told", text: "detail of approval_refused" });
    answer = () => Promise.reject(new BridgeUnreachable("cut"));
    type("1");
    await entry.submit();
    expect(entry.state.trouble).toEqual({ kind: "unreachable" });
  });
});
