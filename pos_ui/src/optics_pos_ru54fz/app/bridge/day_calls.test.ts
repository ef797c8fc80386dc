import { expect, it } from "vitest";
import {
  attestCash,
  closeShift,
  moveCash,
  operate,
  OutcomeOpen,
  shiftTotals,
} from "./day_calls.ts";

interface Call {
  readonly path: string;
  readonly body: object;
  readonly key: string | undefined;
}

function bridge(...answers: { status: number; body: unknown }[]) {
  const calls: Call[] = [];
  const post = <T>(path: string, body: object, options: { key?: string } = {}) => {
    calls.push({ path, body, key: options.key });
    const answer = answers.shift() ?? { status: 202, body: { state: "unknown" } };
    return Promise.resolve(answer as { status: number; body: T });
  };
  return { client: { post }, calls };
}

const cashier = { name: "Кассирова А. А.", inn: null };

it("asks again under the same key while the outcome is read back", async () => {
  const unknown = { status: 202, body: { state: "unknown" } };
  const done = { status: 200, body: { shift: 3, fd: 9, fp: 77 } };
  const { client, calls } = bridge(unknown, unknown, done);
  const waited: number[] = [];
  const answer = await operate(client, "/v1/kkt/shift/close", { cashier }, "key-12345", (ms) => {
    waited.push(ms);
    return Promise.resolve();
  });
  expect(answer).toEqual({ shift: 3, fd: 9, fp: 77 });
  expect(calls.map(({ key }) => key)).toEqual(["key-12345", "key-12345", "key-12345"]);
  expect(waited).toEqual([1_000, 1_000]);
});

it("gives up in the end without taking silence for success", async () => {
  const { client, calls } = bridge();
  const asked = operate(client, "/v1/kkt/report/x", {}, "key-12345", () => Promise.resolve());
  await expect(asked).rejects.toBeInstanceOf(OutcomeOpen);
  expect(calls.length).toBe(60);
});

it("speaks the contract", async () => {
  const { client, calls } = bridge(
    { status: 200, body: { shift: 1, fd: 2, fp: 3 } },
    { status: 200, body: { status: "done" } },
    { status: 200, body: { status: "done" } },
    { status: 200, body: { shifts: [] } },
  );
  await closeShift(client, cashier, "z:1");
  await moveCash(client, "out", 150_050, cashier, "cash:1");
  await attestCash(client, "cash:1");
  expect(await shiftTotals(client, "2026-11-22T06:00:00Z")).toEqual([]);
  expect(calls).toEqual([
    { path: "/v1/kkt/shift/close", body: { cashier }, key: "z:1" },
    { path: "/v1/kkt/cash/out", body: { amount: 1500.5, cashier }, key: "cash:1" },
    { path: "/v1/kkt/cash/attest", body: {}, key: "cash:1" },
    { path: "/v1/kkt/shift/totals", body: { since: "2026-11-22T06:00:00Z" }, key: undefined },
  ]);
});
