import { describe, expect, test } from "vitest";
import { BridgeProblem, BridgeUnreachable, NotPaired, NotSent } from "../bridge/problem.ts";
import type { BridgeReceipt } from "../receipt/receipt_types.ts";
import { FakeTimers, settle } from "../testing/fake_timers.ts";
import { bridgeReceipt, UUID } from "../testing/receipts.ts";
import { begin, newRecord, nextAttempt, type OrderRecord } from "./attempt.ts";
import { Settlement, type Outcome, type Progress } from "./settlement.ts";

type Answer = BridgeReceipt | Error;

/** The bridge's answers, given one by one; the calls and what was stored are kept. */
class Scene {
  readonly timers = new FakeTimers();
  readonly calls: string[] = [];
  readonly stored: OrderRecord[] = [];
  readonly shown: Progress[] = [];
  states: BridgeReceipt[] | Error = [];
  withdrawal: Error | null = null;
  /** The answer that the request's end crosses. */
  atHangUp: Error | null = null;
  readonly settlement: Settlement;
  readonly ended: Promise<Outcome>;
  outcome: Outcome | null = null;
  private open: { resolve: (r: BridgeReceipt) => void; reject: (e: Error) => void } | null = null;

  constructor(fresh = true, attempt = 1) {
    const record = begin(
      { ...newRecord(UUID, "nonce", 0), attempt },
      { body: '{"type":"sale"}', orderName: "Заказ 1", items: [] },
      0,
    );
    this.settlement = new Settlement(record, fresh, {
      client: {
        sendReceipt: (key, body, signal) => {
          this.calls.push(`POST ${key.slice(-2)} ${body}`);
          return new Promise((resolve, reject) => {
            this.open = { resolve, reject };
            signal?.addEventListener("abort", () => {
              this.calls.push("hung up");
              reject(this.atHangUp ?? new BridgeUnreachable("aborted"));
            });
          });
        },
        withdraw: async (key) => {
          this.calls.push(`DELETE ${key.slice(-2)}`);
          await settle();
          if (this.withdrawal !== null) throw this.withdrawal;
        },
        orderStates: async () => {
          this.calls.push("state");
          await settle();
          if (this.states instanceof Error) throw this.states;
          return this.states;
        },
      },
      store: {
        put: async (next) => {
          await settle();
          this.stored.push(next);
        },
      },
      show: (progress) => this.shown.push(progress),
      now: () => this.timers.now,
      setTimeout: this.timers.setTimeout,
      clearTimeout: this.timers.clearTimeout,
    });
    this.ended = this.settlement.run().then((outcome) => (this.outcome = outcome));
  }

  async answer(answer: Answer): Promise<void> {
    const { open } = this;
    if (open === null) throw new Error("nobody has asked");
    this.open = null;
    if (answer instanceof Error) open.reject(answer);
    else {
      // the bridge knows what it has told of
      this.states = [answer];
      open.resolve(answer);
    }
    await this.flush();
  }

  async hear(receipt: BridgeReceipt): Promise<void> {
    this.states = [receipt];
    this.settlement.hear(receipt);
    await this.flush();
  }

  /** Storing takes a turn of its own. */
  private async flush(): Promise<void> {
    await this.timers.advance(0);
    await settle();
  }

  get phase(): string {
    return this.shown.at(-1)?.phase ?? "";
  }

  get posts(): number {
    return this.calls.filter((call) => call.startsWith("POST")).length;
  }
}

const POST = 'POST :1 {"type":"sale"}';
const lost = () => new BridgeUnreachable("reset");
const problem = (status: number, code: string, more: object = {}) =>
  new BridgeProblem({ status, code, detail: "Причина", ...more });

describe("a bridge that forgot a receipt it had", () => {
  test("is noticed after its absence; nothing is sent to it again", async () => {
    const scene = new Scene();
    await scene.answer(bridgeReceipt("closing"));
    await scene.timers.advance(1_000);
    await scene.answer(lost());
    expect(scene.phase).toBe("unreachable");
    const before = scene.posts;
    scene.states = [];
    await scene.timers.advance(2_000);
    expect(await scene.ended).toMatchObject({ kind: "forgotten", record: { state: "closing" } });
    expect(scene.posts).toBe(before);
  });

  test("is noticed also when it was back before any call failed", async () => {
    const scene = new Scene();
    await scene.answer(bridgeReceipt("closing"));
    const before = scene.posts;
    scene.states = [];
    await scene.timers.advance(1_000);
    expect(await scene.ended).toMatchObject({ kind: "forgotten", record: { state: "closing" } });
    expect(scene.posts).toBe(before);
  });

  test("is believed when it knows it after all", async () => {
    const scene = new Scene();
    await scene.answer(bridgeReceipt("accepted"));
    await scene.timers.advance(1_000);
    await scene.answer(lost());
    const before = scene.posts;
    scene.states = [bridgeReceipt("accepted")];
    await scene.timers.advance(2_000);
    expect(scene.posts).toBe(before + 1);
    await scene.answer(bridgeReceipt("fiscalized"));
    expect(await scene.ended).toMatchObject({ kind: "fiscalized" });
  });

  test("what it never answered to is asked by sending the same again", async () => {
    const scene = new Scene();
    await scene.answer(lost());
    await scene.timers.advance(2_000);
    expect(scene.posts).toBe(2);
    expect(scene.calls).not.toContain("state");
  });
});

describe("what is no receipt of this order", () => {
  test.each([[{ hello: 1 }], [null], [bridgeReceipt("fiscalized", { uuid: "another" })]])(
    "proves nothing: %j",
    async (answer) => {
      const scene = new Scene();
      await scene.answer(answer as unknown as BridgeReceipt);
      expect(scene.phase).toBe("unreachable");
      expect(scene.outcome).toBeNull();
    },
  );
});

describe("an order at the till", () => {
  test("the ordinary way: one request, fiscalized, stored before the screen goes on", async () => {
    const scene = new Scene();
    await scene.answer(bridgeReceipt("fiscalized"));
    expect(await scene.ended).toMatchObject({ kind: "fiscalized", record: { fiscal: { fd: 7 } } });
    expect(scene.calls).toEqual([POST]);
    expect(scene.stored.at(-1)?.state).toBe("fiscalized");
    expect(scene.timers.pending).toBe(0);
  });

  test("not ready yet: the same key with the same content, until it is", async () => {
    const scene = new Scene();
    await scene.answer(bridgeReceipt("closing"));
    expect(scene.phase).toBe("closing");
    await scene.timers.advance(1_000);
    await scene.answer(bridgeReceipt("unknown", { reason: { code: "x", text: "Читаем ФН" } }));
    expect(scene.shown.at(-1)).toMatchObject({ phase: "unknown", text: "Читаем ФН" });
    await scene.timers.advance(1_000);
    await scene.answer(bridgeReceipt("fiscalized"));
    expect((await scene.ended).kind).toBe("fiscalized");
    expect(scene.calls).toEqual([POST, "state", POST, "state", POST]);
  });

  test("the live channel is quicker than the answer", async () => {
    const scene = new Scene();
    await scene.hear(bridgeReceipt("accepted"));
    expect(scene.shown.at(-1)).toMatchObject({ phase: "accepted", canWithdraw: true });
    await scene.hear(bridgeReceipt("fiscalized"));
    expect((await scene.ended).kind).toBe("fiscalized");
    expect(scene.posts).toBe(1);
  });

  test("news of another order is none of ours", async () => {
    const scene = new Scene();
    await scene.hear(bridgeReceipt("fiscalized", { uuid: "other" }));
    expect(scene.outcome).toBeNull();
  });

  test("Odoo does not know the refund's original yet: told, kept, the same key next time", async () => {
    const scene = new Scene();
    const detail = "Odoo ещё не знает исходного чека. Возврат можно повторить через 5 мин.";
    const more = { detail, retry_after_seconds: 300, released_by_manager_possible: true };
    await scene.answer(problem(409, "refund_original_not_synced", more));
    const outcome = await scene.ended;
    expect(outcome).toMatchObject({
      kind: "refused",
      reason: { text: detail },
      record: { state: "unsent", attempt: 1 },
    });
    expect(nextAttempt(outcome.record)).toBe(1);
    expect(scene.posts).toBe(1);
    expect(scene.timers.pending).toBe(0);
  });

  test("the register refuses: the reason is told and the attempt is over", async () => {
    const scene = new Scene();
    const receipt = bridgeReceipt("rejected");
    await scene.answer(problem(503, "device_refused", { receipt }));
    expect(await scene.ended).toMatchObject({
      kind: "refused",
      reason: { text: "Нет бумаги" },
      record: { state: "rejected", attempt: 1 },
    });
  });

  test("the buffer is full: nothing recorded, the number stays free", async () => {
    const scene = new Scene();
    await scene.answer(problem(503, "buffer_full"));
    expect(await scene.ended).toMatchObject({ kind: "refused", record: { state: "unsent" } });
  });

  test("no answer: it goes on asking with the same key, and says so", async () => {
    const scene = new Scene();
    await scene.answer(lost());
    expect(scene.shown.at(-1)).toMatchObject({ phase: "unreachable", canLeave: true });
    await scene.timers.advance(2_000);
    await scene.answer(lost());
    await scene.timers.advance(2_000);
    await scene.answer(bridgeReceipt("fiscalized"));
    expect((await scene.ended).kind).toBe("fiscalized");
    expect(new Set(scene.calls)).toEqual(new Set([POST]));
  });

  test("left while the bridge is away: the order stays open", async () => {
    const scene = new Scene();
    await scene.answer(lost());
    scene.settlement.choose("leave");
    expect(await scene.ended).toMatchObject({ kind: "left", record: { state: "sent" } });
    expect(scene.timers.pending).toBe(0);
  });

  describe("left while a request is under way", () => {
    async function again(): Promise<Scene> {
      const scene = new Scene();
      await scene.answer(lost());
      await scene.timers.advance(2_000);
      expect(scene.posts).toBe(2);
      return scene;
    }

    test("it is ended first, and the order stays open", async () => {
      const scene = await again();
      scene.settlement.choose("leave");
      expect(await scene.ended).toMatchObject({ kind: "left", record: { state: "sent" } });
      expect(scene.calls).toEqual([POST, POST, "hung up"]);
      expect(scene.timers.pending).toBe(0);
    });

    test("an answer that was on its way counts", async () => {
      const scene = await again();
      const receipt = bridgeReceipt("fiscalized");
      scene.atHangUp = problem(409, "device_refused", { receipt });
      scene.settlement.choose("leave");
      expect(await scene.ended).toMatchObject({
        kind: "fiscalized",
        record: { fiscal: { fd: 7 } },
      });
    });

    test("so does what the live channel told behind the cashier's choice", async () => {
      const scene = await again();
      scene.settlement.choose("leave");
      scene.settlement.hear(bridgeReceipt("accepted"));
      expect(await scene.ended).toMatchObject({ kind: "left", record: { state: "accepted" } });
      expect(scene.stored.at(-1)?.state).toBe("accepted");
    });

    test("a register that was busy before proves nothing about it", async () => {
      const scene = new Scene();
      await scene.answer(problem(409, "lane_busy"));
      await scene.timers.advance(1_000);
      expect(scene.posts).toBe(2);
      scene.settlement.choose("leave");
      expect(await scene.ended).toMatchObject({ kind: "left", record: { state: "sent" } });
    });
  });

  test("asked again at the cashier's wish, never twice at once", async () => {
    const scene = new Scene();
    await scene.answer(lost());
    scene.settlement.choose("retry");
    scene.settlement.choose("retry");
    await scene.timers.advance(0);
    expect(scene.posts).toBe(2);
    await scene.answer(bridgeReceipt("fiscalized"));
    await scene.ended;
  });

  test("no token for the first request: nothing left the page", async () => {
    const scene = new Scene();
    await scene.answer(new NotSent(new NotPaired("no certificate")));
    expect(await scene.ended).toMatchObject({ kind: "refused", reason: { code: "not_paired" } });
  });

  test("no token for a later request proves nothing", async () => {
    const scene = new Scene();
    await scene.answer(lost());
    await scene.timers.advance(2_000);
    await scene.answer(new NotSent(lost()));
    expect(scene.outcome).toBeNull();
    expect(scene.phase).toBe("unreachable");
  });

  test("an order found open is resumed without a claim about its first request", async () => {
    const scene = new Scene(false);
    await scene.answer(problem(422, "receipt_invalid"));
    expect(scene.outcome).toBeNull();
  });
});

describe("withdrawing", () => {
  test("in time: cancelled, and the next attempt has the next number", async () => {
    const scene = new Scene();
    await scene.answer(bridgeReceipt("accepted"));
    scene.settlement.choose("withdraw");
    expect(await scene.ended).toMatchObject({
      kind: "refused",
      reason: { code: "withdrawn" },
      record: { state: "cancelled" },
    });
  });

  test("too late: the receipt's own end counts", async () => {
    const scene = new Scene();
    await scene.answer(bridgeReceipt("accepted"));
    scene.withdrawal = problem(409, "not_withdrawable");
    scene.settlement.choose("withdraw");
    await scene.timers.advance(1_000);
    expect(scene.outcome).toBeNull();
    await scene.answer(bridgeReceipt("fiscalized"));
    expect((await scene.ended).kind).toBe("fiscalized");
  });
});

describe("a busy register", () => {
  const busy = () => problem(409, "lane_busy", { retry_after_seconds: 2 });

  test("is waited for", async () => {
    const scene = new Scene();
    await scene.answer(busy());
    expect(scene.shown.at(-1)).toMatchObject({ phase: "busy", canLeave: true });
    await scene.timers.advance(1_000);
    await scene.answer(bridgeReceipt("fiscalized"));
    expect((await scene.ended).kind).toBe("fiscalized");
  });

  test("a flooded bridge is given the time it asks for", async () => {
    const scene = new Scene();
    await scene.answer(problem(429, "rate_limited", { retry_after_seconds: 3 }));
    await scene.timers.advance(2_999);
    expect(scene.posts).toBe(1);
    await scene.timers.advance(1);
    expect(scene.posts).toBe(2);
    await scene.answer(bridgeReceipt("fiscalized"));
    expect((await scene.ended).kind).toBe("fiscalized");
  });

  test("may be left: nothing was recorded", async () => {
    const scene = new Scene();
    await scene.answer(busy());
    scene.settlement.choose("leave");
    expect(await scene.ended).toMatchObject({ kind: "refused", record: { state: "unsent" } });
  });
});

describe("when the bridge knows another story", () => {
  test("its last attempt counts", async () => {
    const scene = new Scene();
    scene.states = [bridgeReceipt("fiscalized", { attempt: 2 })];
    await scene.answer(problem(409, "attempt_out_of_order"));
    await scene.timers.advance(0);
    expect(await scene.ended).toMatchObject({ kind: "fiscalized", record: { attempt: 2 } });
  });

  test("an order it doesn't know was never recorded; the reason is told", async () => {
    const scene = new Scene();
    await scene.answer(problem(409, "attempt_out_of_order"));
    await scene.timers.advance(0);
    expect(await scene.ended).toMatchObject({
      kind: "refused",
      reason: { text: "Причина" },
      record: { state: "unsent" },
    });
  });

  test("a journal that lost the earlier attempts counts anew: the order goes on under its number", async () => {
    const scene = new Scene(true, 3);
    scene.states = [];
    await scene.answer(problem(409, "attempt_out_of_order", { expected_attempt: 1 }));
    expect(scene.outcome).toBeNull();
    await scene.timers.advance(1_000);
    expect(scene.calls.at(-1)).toBe('POST :1 {"type":"sale"}');
    await scene.answer(bridgeReceipt("fiscalized"));
    expect(await scene.ended).toMatchObject({ kind: "fiscalized", record: { attempt: 1 } });
  });

  test("while it can't be asked the order stays open", async () => {
    const scene = new Scene();
    scene.states = lost();
    await scene.answer(problem(409, "order_owned_by_another"));
    await scene.timers.advance(0);
    expect(scene.phase).toBe("unreachable");
    expect(scene.outcome).toBeNull();
  });
});
