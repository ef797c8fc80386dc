import { beforeAll, describe, expect, test } from "vitest";
import { StartGate, withGate } from "./start_gate.ts";

class FakeRequest extends EventTarget {
  sent: unknown = null;

  send(body?: unknown): void {
    this.sent = body;
  }

  abort(): void {
    this.dispatchEvent(new Event("abort"));
  }
}

beforeAll(() => {
  // node has none
  (globalThis as { ProgressEvent?: unknown }).ProgressEvent ??= class extends Event {};
});

function request(gate: StartGate): { fake: FakeRequest; log: string[] } {
  const Gated = withGate(FakeRequest as unknown as typeof XMLHttpRequest, gate);
  const fake = new Gated() as unknown as FakeRequest;
  const log: string[] = [];
  fake.addEventListener("error", () => log.push("error"));
  return { fake, log };
}

const settled = (): Promise<void> => new Promise((resolve) => setTimeout(resolve));

describe("a call at the start", () => {
  test("waits for the answer, then goes", async () => {
    let answer: () => void = () => undefined;
    const gate = new StartGate(() => new Promise((resolve) => (answer = resolve)));
    const { fake, log } = request(gate);
    fake.send("body");
    await settled();
    expect(fake.sent).toBeNull();
    answer();
    await settled();
    expect(fake.sent).toBe("body");
    expect(log).toEqual([]);
  });

  test("ends at once as a lost connection when Odoo is away", async () => {
    const gate = new StartGate(() => Promise.reject(new Error("refused")));
    const { fake, log } = request(gate);
    fake.send("body");
    await settled();
    expect(fake.sent).toBeNull();
    expect(log).toEqual(["error"]);
    expect(await gate.reachable()).toBe(false);
  });

  test("goes its way once the start is over", async () => {
    const gate = new StartGate(() => Promise.reject(new Error("refused")));
    await gate.reachable();
    gate.done();
    const { fake, log } = request(gate);
    fake.send("body");
    await settled();
    expect(fake.sent).toBe("body");
    expect(log).toEqual([]);
  });

  test("that was given up is not sent", async () => {
    const gate = new StartGate(() => Promise.resolve());
    const { fake } = request(gate);
    fake.send("body");
    fake.abort();
    await settled();
    expect(fake.sent).toBeNull();
  });
});
