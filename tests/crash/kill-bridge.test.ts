/**
 * kill −9 of the real bridge at named points of a sale, over the serial line: at most one fiscal
 * document, nothing printed unasked after the restart, and every doubt resolved from the ФН.
 */
import { randomUUID } from "node:crypto";
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { TILLS } from "@opticserp/fixtures/data/shop.ts";
import {
  BridgeClient,
  signingKey,
  type ReceiptAnswer,
} from "@opticserp/fixtures/stand/bridge-client.ts";
import { KktControl, until } from "@opticserp/fixtures/stand/control.ts";
import { startOfd } from "@opticserp/fixtures/stand/programs.ts";
import { TillStand } from "@opticserp/fixtures/stand/till.ts";
import { freePort } from "@opticserp/native";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";

interface Point {
  readonly point: string;
  /** What the journal must say of the receipt once the restarted bridge has looked. */
  readonly after: "nothing" | "cancelled" | "fiscalized";
}

const POINTS: readonly Point[] = [
  { point: "before-accepted-commit", after: "nothing" },
  { point: "after-accepted-commit", after: "cancelled" },
  { point: "after-begin-receipt", after: "cancelled" },
  { point: "before-closing-commit", after: "cancelled" },
  { point: "after-closing-commit", after: "cancelled" },
  { point: "after-close-answer", after: "fiscalized" },
  { point: "before-fiscalized-commit", after: "fiscalized" },
  { point: "after-fiscalized-commit", after: "fiscalized" },
  { point: "after-http-answer", after: "fiscalized" },
];

describe("kill −9 of the bridge", () => {
  let till: TillStand;
  let kkt: KktControl;
  let client: BridgeClient;
  let stop: () => Promise<void>;

  beforeAll(async () => {
    const dir = mkdtempSync(join(tmpdir(), "kill-bridge-"));
    const ofd = await startOfd({ name: "kill-ofd", dir });
    const odoo = await signingKey();
    const spec = TILLS[0];
    if (!spec) throw new Error("no till");
    till = await TillStand.startRegister(
      {
        stand: "kill",
        dir,
        spec,
        printMs: 0,
        transport: "serial",
        ofd: ofd.ready.listen,
        // Nobody listens there: a till sells without Odoo.
        odoo: { url: "http://127.0.0.1:9", database: "none", credential: "T1.not-a-secret" },
        origins: [],
        config: { auth: { odoo_public_keys: [odoo.publicJwk] } },
      },
      await freePort(),
    );
    kkt = new KktControl(till.kkt.ready.control);
    client = new BridgeClient(till.url, till.code, odoo);
    stop = async () => {
      await till.stop();
      await ofd.stop();
    };
  });

  // A failed case must not hold the journal against the next one.
  afterEach(() => till.stopBridge());
  afterAll(() => stop());

  async function stateOf(uuid: string): Promise<string> {
    const answer = await client.request<{ receipts: ReceiptAnswer[] }>(
      "POST",
      "/v1/kkt/orders/state",
      { uuids: [uuid] },
    );
    return answer.body.receipts[0]?.state ?? "nothing";
  }

  const settled = (uuid: string) =>
    until(
      "the receipt is settled",
      async () => {
        const state = await stateOf(uuid);
        return ["nothing", "cancelled", "fiscalized", "rejected"].includes(state) && state;
      },
      60_000,
    );

  /** A sale that must go through, by the attempt that the bridge's state allows. */
  async function sellAfter(uuid: string, state: string): Promise<void> {
    const attempt = state === "cancelled" || state === "rejected" ? 2 : 1;
    const again = await client.sell(uuid, attempt);
    expect(again.status, JSON.stringify(again.body)).toBe(200);
    expect(again.body.state).toBe("fiscalized");
    const documents = await kkt.receiptsOf(uuid);
    expect(documents.map(({ fd }) => fd)).toEqual([again.body.fiscal?.fd]);
    expect(documents[0]?.sum).toBe(250_000);
  }

  it.each(POINTS)("at $point: $after", async ({ point, after }) => {
    await till.startBridge({ BRIDGE_CRASH_AT: point });
    const bridge = till.bridge;
    const uuid = randomUUID();
    await client.sell(uuid).catch((error: unknown) => error);
    await until("the bridge is gone", () => Promise.resolve(!bridge.running), 5_000);
    expect(await bridge.exited).toEqual({ code: null, signal: "SIGKILL" });
    const atCrash = (await kkt.receiptsOf(uuid)).length;

    await till.startBridge();
    expect(await settled(uuid)).toBe(after);
    // Nothing is printed unasked: the restart made no document.
    expect((await kkt.receiptsOf(uuid)).length).toBe(atCrash);
    expect(atCrash).toBe(after === "fiscalized" ? 1 : 0);
    await sellAfter(uuid, after);
  });

  it("between the register's execution and its answer: found in the ФН", async () => {
    await till.startBridge();
    const bridge = till.bridge;
    const uuid = randomUUID();
    await kkt.fault({ kind: "answer-lost-after-execute", command: "FF45", count: 1 });
    const call = client.sell(uuid).catch((error: unknown) => error);
    await until("the ФН has signed", async () => (await kkt.receiptsOf(uuid)).length === 1);
    await bridge.kill();
    await call;
    await kkt.clearFaults();

    await till.startBridge();
    expect(await settled(uuid)).toBe("fiscalized");
    await sellAfter(uuid, "fiscalized");
  });

  it("does not take a second sale of the same sum for the first", async () => {
    await till.startBridge();
    const before = (await kkt.receipts()).length;
    const uuids = [randomUUID(), randomUUID()];
    for (const uuid of uuids) await sellAfter(uuid, "nothing");
    expect((await kkt.receipts()).length).toBe(before + 2);
  });
});
