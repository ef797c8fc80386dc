/**
 * The bridge as it is shipped — its own process — with an ATOL register behind ATOL's web server
 * (the emulator, a process too). The web server is what the published one is: it repeats a task after
 * a crash and calls any new document the task's own.
 */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { until } from "../../fixtures/stand/control.ts";
import { AtolTill, type Order } from "../support/atol-till.ts";

let till: AtolTill;

beforeAll(async () => {
  till = await AtolTill.start();
});

afterAll(async () => {
  await till?.stop();
});

async function documentsOf({ uuid }: Order) {
  return (await till.register.ledger()).filter(({ marker }) => marker === uuid);
}

describe("a sale", () => {
  it("is signed once, shown with its data, and delivered to the ОФД by the register itself", async () => {
    const order = till.order(4500);
    const answer = await till.sell(order);
    expect(answer).toMatchObject({
      status: 200,
      body: { state: "fiscalized", fiscal: { fn: till.atol.ready.fn, operation: 1, sum: 4500 } },
    });
    const [document, ...more] = await documentsOf(order);
    expect(more).toEqual([]);
    expect(answer.body["fiscal"]).toMatchObject({ fd: document?.fd, fp: document?.fp });
    await until("both legs", async () => {
      const receipt = (await till.receipt(order.key)) as { legs: { ofd: string; odoo: string } };
      return receipt.legs.odoo === "delivered" && receipt.legs.ofd === "delivered";
    });
    await until("the ОФД has it", async () =>
      (await till.operator.documents()).some(({ marker }) => marker === order.uuid),
    );
    expect(await till.operator.anomalies()).toEqual({ anomalies: [] });
  });

  it("is given back by a refund and set right by a correction", async () => {
    const sold = await till.sell(till.order(1200.5));
    const fiscal = sold.body["fiscal"] as { fn: string; fd: number; fp: number; date_time: string };
    const { fn, fd, fp } = fiscal;
    const refund = till.order(1200.5);
    const refunded = await till.sell({
      key: refund.key,
      body: {
        ...refund.body,
        type: "refund",
        refund_of: { fn, fd, fp, date: fiscal.date_time.slice(0, 10) },
      },
    });
    expect(refunded).toMatchObject({ status: 200, body: { fiscal: { operation: 2 } } });
    expect(await documentsOf(refund)).toMatchObject([{ operation: 2, sum: 120_050 }]);

    const correction = till.order(700);
    const corrected = await till.sell({
      key: correction.key,
      body: {
        ...correction.body,
        type: "sale_correction",
        correction: { basis: "self", date: "2026-11-20", number: null, wrong_fp: fp },
      },
    });
    expect(corrected).toMatchObject({ status: 200, body: { fiscal: { operation: 1, sum: 700 } } });
    const [document] = await documentsOf(correction);
    expect(document).toMatchObject({ type: 31, sum: 70_000 });
    expect(document?.tlv).toContainEqual(expect.objectContaining({ tag: 1192, value: String(fp) }));
  });

  it("is refused in plain words, and the edited order is another attempt", async () => {
    await till.server.fault({ kind: "error", code: 13 });
    const order = till.order(900);
    const refused = await till.sell(order);
    expect(refused).toMatchObject({
      status: 422,
      body: {
        code: "device_refused",
        receipt: { state: "rejected", reason: { device_code: 1013 } },
      },
    });
    expect(refused.body["detail"]).toMatch(/[а-я]/);
    expect((await till.sell({ key: `${order.uuid}:2`, body: order.body })).status).toBe(200);
    expect(await documentsOf(order)).toHaveLength(1);
  });
});

describe("an answer that is lost", () => {
  it("on the way to a task that is stored: the server's 409 leads to the task", async () => {
    await till.server.fault({ kind: "lost", when: "after" });
    const order = till.order(1500);
    expect(await till.sell(order)).toMatchObject({ status: 200, body: { state: "fiscalized" } });
    expect(await documentsOf(order)).toHaveLength(1);
  });

  it("on the way to a task that never came: the same uuid is sent again", async () => {
    await till.server.fault({ kind: "lost", when: "before" });
    const order = till.order(1501);
    expect(await till.sell(order)).toMatchObject({ status: 200, body: { state: "fiscalized" } });
    expect(await documentsOf(order)).toHaveLength(1);
  });

  it("or is no answer at all: the till waits for it and knows the end", async () => {
    for (const body of ["500", "html", "garbage", "half"]) {
      await till.server.fault({ kind: "answer", body, on: "get", count: 3 });
      const order = till.order(1600);
      await till.sell(order);
      expect(await till.untilFinal(order.key)).toMatchObject({ state: "fiscalized" });
      expect(await documentsOf(order)).toHaveLength(1);
    }
  });
});

describe("a queue that is blocked", () => {
  it("after the document was signed: the receipt is fiscalized when the register is back", async () => {
    await till.server.fault({ kind: "link-lost", when: "after-execute", ms: 9_000 });
    const order = till.order(2100);
    const first = await till.sell(order);
    expect([200, 202]).toContain(first.status);
    expect(await till.untilFinal(order.key)).toMatchObject({ state: "fiscalized" });
    expect(await documentsOf(order)).toHaveLength(1);
    expect(till.events(order.uuid)).toContain("receipt.unknown");
  });

  it("before it was signed: proven not done, and the next attempt sells", async () => {
    await till.server.fault({ kind: "link-lost", when: "before-execute", ms: 1_500 });
    const order = till.order(2200);
    await till.sell(order);
    const ended = await till.untilFinal(order.key);
    expect(["rejected", "cancelled"]).toContain(ended["state"]);
    expect(await documentsOf(order)).toEqual([]);
    await till.untilReady();
    expect(await till.sell({ key: `${order.uuid}:2`, body: order.body })).toMatchObject({
      status: 200,
    });
    expect(await documentsOf(order)).toHaveLength(1);
  });
});

describe("a web server that dies between signing and writing «ready»", () => {
  it("and repeats the task: one document is acknowledged, the other is an incident", async () => {
    await till.server.fault({ kind: "kill", when: "after-execute" });
    const order = till.order(3100);
    const selling = till.sell(order);
    expect((await till.atol.exited).signal).toBe("SIGKILL");
    await till.startAtol();
    expect([200, 202]).toContain((await selling).status);
    const receipt = await till.untilFinal(order.key);
    const documents = await documentsOf(order);
    expect(documents).toHaveLength(2);
    expect(receipt).toMatchObject({
      state: "fiscalized",
      fiscal: { fd: documents[0]?.fd, fp: documents[0]?.fp },
    });
    expect(till.events(order.uuid)).toContain("incident.duplicate");
    await till.untilReady();
  });

  it("and gives it up: the document is found in the ФН, once", async () => {
    await till.atol.stop();
    await till.startAtol(false);
    await till.untilReady();
    await till.server.fault({ kind: "kill", when: "after-execute" });
    const order = till.order(3200);
    const selling = till.sell(order);
    expect((await till.atol.exited).signal).toBe("SIGKILL");
    await till.startAtol();
    expect([200, 202]).toContain((await selling).status);
    const receipt = await till.untilFinal(order.key);
    const documents = await documentsOf(order);
    expect(documents).toHaveLength(1);
    expect(receipt).toMatchObject({ state: "fiscalized", fiscal: { fd: documents[0]?.fd } });
    expect(till.events(order.uuid)).not.toContain("incident.duplicate");
    await till.untilReady();
  });

  it("with the bridge killed as well: the same key knows the end", async () => {
    await till.server.fault({ kind: "kill", when: "after-execute" });
    const order = till.order(3300);
    const selling = till.sell(order).catch((error: unknown) => error);
    await till.atol.exited;
    await till.bridge.kill();
    await selling;
    await till.startAtol();
    await till.startBridge();
    expect(await till.untilFinal(order.key)).toMatchObject({ state: "fiscalized" });
    expect(await documentsOf(order)).toHaveLength(1);
    expect(await till.sell(order)).toMatchObject({ status: 200, body: { state: "fiscalized" } });
    expect(await documentsOf(order)).toHaveLength(1);
  });
});
