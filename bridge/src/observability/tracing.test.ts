import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { fiscalized, storedReceipt } from "../http/testing/fakes.ts";
import { silentLogger } from "./logger.ts";
import { ReceiptSpans } from "./receipt-spans.ts";
import { startTracing } from "./tracing.ts";

interface Sent {
  readonly resourceSpans: readonly {
    readonly scopeSpans: readonly {
      readonly spans: readonly {
        readonly traceId: string;
        readonly name: string;
        readonly startTimeUnixNano: string;
        readonly endTimeUnixNano: string;
        readonly status: { readonly code: number };
      }[];
    }[];
  }[];
}

describe("spans of a receipt", () => {
  let server: Server;
  let sent: Sent[];
  let url: string;
  beforeEach(async () => {
    sent = [];
    server = createServer((request, response) => {
      let text = "";
      request.on("data", (chunk: Buffer) => (text += chunk.toString()));
      request.on("end", () => {
        sent.push(JSON.parse(text) as Sent);
        response.end("{}");
      });
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    url = `http://127.0.0.1:${String((server.address() as AddressInfo).port)}/v1/traces`;
  });
  afterEach(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });

  const run = async (change: (spans: ReceiptSpans) => void) => {
    const tracing = await startTracing({ url, till: "T1", version: "1", logger: silentLogger });
    change(new ReceiptSpans());
    await tracing.stop();
    return sent.flatMap(({ resourceSpans }) => resourceSpans[0]!.scopeSpans[0]!.spans);
  };

  it("are one for each phase, in one trace", async () => {
    const accepted = storedReceipt();
    const done = fiscalized(accepted);
    const spans = await run((receipts) => {
      receipts.receiptChanged(accepted);
      receipts.receiptChanged(done);
      receipts.receiptChanged(done);
      receipts.receiptChanged({
        ...done,
        legs: { ofd: "delivered", odoo: "pending" },
        ofdAt: "2026-11-22T18:03:05.500Z",
      });
    });
    expect(spans.map(({ name }) => name)).toEqual([
      "receipt accept",
      "receipt fiscalize",
      "receipt ofd",
    ]);
    expect(new Set(spans.map(({ traceId }) => traceId)).size).toBe(1);
    const { startTimeUnixNano, endTimeUnixNano } = spans[2]!;
    expect(BigInt(endTimeUnixNano) - BigInt(startTimeUnixNano)).toBe(3_500_000_000n);
  });

  it("tell a refusal, and nothing that the process before has told", async () => {
    const spans = await run((receipts) => {
      receipts.receiptChanged(storedReceipt());
      receipts.receiptChanged(
        storedReceipt({ state: "rejected", reason: { code: "device_refused", text: "нет" } }),
      );
      const old = { uuid: "5a0c7a52-9a3e-4a9e-8f6e-000000000000", attempt: 1 };
      receipts.receiptChanged(fiscalized(storedReceipt({ key: old })));
    });
    expect(spans.map(({ name, status }) => [name, status.code])).toEqual([
      ["receipt accept", 0],
      ["receipt rejected", 2],
    ]);
  });

  it("go nowhere unless it is configured", async () => {
    const off = { url: undefined, till: "T1", version: "1", logger: silentLogger };
    const tracing = await startTracing(off);
    new ReceiptSpans().receiptChanged(fiscalized(storedReceipt()));
    await tracing.stop();
    expect(sent).toEqual([]);
  });
});
