import { beforeEach, describe, expect, it } from "vitest";
import { BridgeProblem, BridgeUnreachable } from "../bridge/problem.ts";
import { CashDesk } from "./cash_desk.ts";
import type { CashMove } from "./cash_move.ts";

const move = (id: string, at = 1): CashMove => ({
  id,
  direction: "in",
  kopecks: 50_000,
  reason: "Размен",
  cashier: "Кассирова А. А.",
  partnerId: 7,
  employeeId: 3,
  sessionId: 5,
  at,
  state: "open",
});

const problem = (code: string): BridgeProblem =>
  new BridgeProblem({ status: 409, code, detail: `about ${code}` });

class Disk {
  readonly rows = new Map<string, CashMove>();
  getAll = <T>(): Promise<T[]> => Promise.resolve([...this.rows.values()] as T[]);
  put = (_store: string, value: unknown): Promise<void> => {
    this.rows.set((value as CashMove).id, value as CashMove);
    return Promise.resolve();
  };
  delete = (_store: string, key: string): Promise<void> => {
    this.rows.delete(key);
    return Promise.resolve();
  };
}

let disk: Disk;
let asked: string[];
let booked: string[];
let register: (move: CashMove) => Promise<void>;
let attest: (move: CashMove) => Promise<void>;
let book: (move: CashMove) => Promise<void>;

const open = async (): Promise<CashDesk> => {
  const desk = new CashDesk({
    database: disk,
    register: (given) => {
      asked.push(given.id);
      return register(given);
    },
    attest: (given) => attest(given),
    book: (given) => book(given),
  });
  await desk.load();
  return desk;
};

beforeEach(() => {
  disk = new Disk();
  asked = [];
  booked = [];
  register = () => Promise.resolve();
  attest = () => Promise.resolve();
  book = (given) => {
    booked.push(given.id);
    return Promise.resolve();
  };
});

describe("cash in and out", () => {
  it("is on the disk before the register is asked, and until Odoo has booked it", async () => {
    register = (given) => {
      expect(disk.rows.get(given.id)?.state).toBe("open");
      return Promise.resolve();
    };
    const desk = await open();
    expect((await desk.move(move("a"))).kind).toBe("done");
    expect(disk.rows.get("a")?.state).toBe("done");
    await desk.deliver();
    expect(booked).toEqual(["a"]);
    expect(disk.rows.size).toBe(0);
  });

  it("keeps a move without an answer, asks for it again by the same key, and lets no other begin", async () => {
    register = () => Promise.reject(new BridgeUnreachable("cut"));
    const desk = await open();
    expect((await desk.move(move("a"))).kind).toBe("unanswered");
    await expect(desk.move(move("b"))).rejects.toThrow();

    // F5
    const again = await open();
    expect(again.open?.id).toBe("a");
    register = () => Promise.resolve();
    expect((await again.move(again.open ?? move("x"))).kind).toBe("done");
    expect(asked).toEqual(["a", "a"]);
    expect(again.open).toBeUndefined();
  });

  it("forgets what the register refused", async () => {
    register = () => Promise.reject(problem("shift_expired"));
    const desk = await open();
    expect(await desk.move(move("a"))).toEqual({ kind: "refused", text: "about shift_expired" });
    expect(disk.rows.size).toBe(0);
  });

  it.each(["internal_error", "http_502", "token_invalid", "rate_limited"])(
    "takes %s for no answer",
    async (code) => {
      register = () => Promise.reject(problem(code));
      const desk = await open();
      expect((await desk.move(move("a"))).kind).toBe("unanswered");
      expect(desk.open?.id).toBe("a");
    },
  );

  it("asks a person about a move in doubt", async () => {
    register = () => Promise.reject(problem("operation_in_doubt"));
    const desk = await open();
    const result = await desk.move(move("a"));
    expect(result.kind).toBe("doubt");
    expect(desk.open?.state).toBe("doubt");
    await desk.resolve(move("a"), true);
    expect(desk.waiting.map(({ id }) => id)).toEqual(["a"]);

    await desk.move(move("b"));
    await desk.resolve(move("b"), false);
    expect(desk.waiting.map(({ id }) => id)).toEqual(["a"]);
  });

  it("is not booked by a person's word before the till has it too", async () => {
    register = () => Promise.reject(problem("operation_in_doubt"));
    attest = () => Promise.reject(new BridgeUnreachable("cut"));
    const desk = await open();
    await desk.move(move("a"));
    await expect(desk.resolve(move("a"), true)).rejects.toThrow("cut");
    expect(desk.open).toMatchObject({ id: "a", state: "doubt" });
    await desk.deliver();
    expect(booked).toEqual([]);

    const attested: string[] = [];
    attest = (given) => {
      attested.push(given.id);
      return Promise.resolve();
    };
    await desk.resolve(move("a"), true);
    await desk.deliver();
    expect([attested, booked]).toEqual([["a"], ["a"]]);

    await desk.move(move("b"));
    await desk.resolve(move("b"), false);
    expect(attested).toEqual(["a"]);
  });

  it.each(["operation_unknown", "not_found"])(
    "is booked although the till can't count it: %s",
    async (code) => {
      register = () => Promise.reject(problem("operation_in_doubt"));
      attest = () => Promise.reject(problem(code));
      const desk = await open();
      await desk.move(move("a"));
      await desk.resolve(move("a"), true);
      expect(desk.waiting.map(({ id }) => id)).toEqual(["a"]);
    },
  );

  it("is booked in order, once, as soon as Odoo answers", async () => {
    const desk = await open();
    await desk.move(move("b", 2));
    await desk.move(move("a", 1));
    book = () => Promise.reject(new Error("away"));
    await expect(desk.deliver()).rejects.toThrow("away");
    expect(desk.waiting).toHaveLength(2);
    book = (given) => {
      booked.push(given.id);
      return Promise.resolve();
    };
    await Promise.all([desk.deliver(), desk.deliver()]);
    expect(booked).toEqual(["a", "b"]);
    expect(desk.waiting).toEqual([]);
  });
});
