/** Whatever answers in the web server's place: a checked answer or a named error, never a belief. */
import { createServer, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { operationId, SALE } from "../contract/receipts.ts";
import { FAST_ATOL } from "../contract/stands/atol.ts";
import { DeviceDoubt, DeviceLinkError, DeviceRefusal, DeviceSetupError } from "../fiscal-device.ts";
import { AtolDevice } from "./driver.ts";
import { HttpLost, WebServerClient } from "./web-server-client.ts";

type Responder = (method: string, path: string, body: string, response: ServerResponse) => void;

const QUEUE = JSON.stringify({ isBlocked: false, blockedUUID: "", blockReason: "" });
const NAMED = [HttpLost, DeviceDoubt, DeviceLinkError, DeviceRefusal, DeviceSetupError];

let server: Server;
let url: string;
let respond: Responder;

beforeAll(async () => {
  server = createServer((request, response) => {
    let body = "";
    request.on("data", (chunk: Buffer) => (body += chunk.toString()));
    request.on("end", () => respond(request.method ?? "", request.url ?? "", body, response));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});

afterAll(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

/** The queue runs; everything else is `answer`. */
function answering(status: number, text: string): Responder {
  return (_method, path, _body, response) => {
    const queue = path.includes("getRequestsQueueStatus");
    response.writeHead(queue ? 200 : status).end(queue ? QUEUE : text);
  };
}

async function client(): Promise<WebServerClient> {
  respond = answering(200, "{}");
  const made = new WebServerClient({ url, requestMs: 1_000 });
  await made.detect();
  return made;
}

const anyBody = fc.oneof(
  fc.string(),
  fc.json(),
  fc
    .record({
      results: fc.array(
        fc.record(
          {
            status: fc.constantFrom("wait", "ready", "error", "blocked", "", "неведомо"),
            error: fc.option(fc.record({ code: fc.jsonValue(), description: fc.jsonValue() })),
            errorCode: fc.option(fc.integer()),
            result: fc.jsonValue(),
          },
          { requiredKeys: [] },
        ),
      ),
    })
    .map((value) => JSON.stringify(value)),
);
const anyStatus = fc.constantFrom(200, 201, 204, 302, 400, 401, 403, 404, 409, 418, 500, 502, 503);

describe("an answer of any status and content", () => {
  it("is one of the known ones or a named error", async () => {
    const asked = await client();
    const kinds = new Set(["stored", "conflict", "refused", "no-device"]);
    await fc.assert(
      fc.asyncProperty(anyStatus, anyBody, async (status, text) => {
        respond = answering(status, text);
        const named = (error: unknown) =>
          expect(NAMED.some((type) => error instanceof type)).toBe(true);
        await asked.post("uuid", []).then(({ kind }) => expect(kinds).toContain(kind), named);
        await asked.get("uuid").then((results) => {
          expect(results === null || results.every((sub) => typeof sub.code === "number")).toBe(
            true,
          );
        }, named);
      }),
      { numRuns: 150 },
    );
  });

  it("never makes a receipt that the ФН does not show", async () => {
    const sign = fc.oneof(fc.nat().map(String), fc.nat(), fc.string());
    const params = fc.record({
      fiscalDocumentDateTime: fc.constantFrom("2026-11-22T18:16:05+03:00", "вчера"),
      fiscalDocumentNumber: fc.oneof(fc.nat({ max: 9 }), fc.string()),
      fiscalDocumentSign: sign,
      shiftNumber: fc.nat(),
      fnNumber: fc.constantFrom("9999078902000002", null),
    });
    const result = fc.oneof(
      params.map((fiscalParams) => ({ fiscalParams, warnings: null })),
      params,
      fc.jsonValue(),
    );
    const status = fc.constantFrom("ready", "error", "interrupted", "canceled");
    await fc.assert(
      fc.asyncProperty(status, result, async (said, content) => {
        const device = await connected((type) => (type === "sell" ? content : null), said);
        await device.beginReceipt(SALE);
        await device.position();
        const error = await device.closeReceipt(SALE, operationId(SALE)).catch((e: unknown) => e);
        expect(NAMED.some((type) => error instanceof type)).toBe(true);
        await device.disconnect();
      }),
      { numRuns: 40 },
    );
  });
});

/** A driver on a server that answers what it is asked, but says of the ФН that it has no document. */
async function connected(lie: (type: string) => unknown, status: string): Promise<AtolDevice> {
  const tasks = new Map<string, { type: string }[]>();
  respond = (method, path, body, response) => {
    if (path.includes("getRequestsQueueStatus")) return void response.end(QUEUE);
    if (method === "POST") {
      const { uuid, request } = JSON.parse(body) as { uuid: string; request: { type: string }[] };
      tasks.set(uuid, request);
      return void response.writeHead(201).end();
    }
    const request = tasks.get(path.split("/").at(-1) ?? "") ?? [];
    const results = request.map(({ type }) => {
      if (type === "sell")
        return { status, error: { code: 0, description: "" }, result: lie(type) };
      const known = HONEST[type];
      return known
        ? { status: "ready", error: { code: 0, description: "" }, result: known }
        : { status: "error", error: { code: 123, description: "нет" }, result: null };
    });
    response.end(JSON.stringify({ results }));
  };
  const device = new AtolDevice({ url, ...FAST_ATOL });
  await device.connect();
  return device;
}

const DATE = "2026-11-22T18:16:05+03:00";
const HONEST: Readonly<Record<string, unknown>> = {
  getDeviceInfo: { deviceInfo: { modelName: "АТОЛ", serial: "1", ffdVersion: "1.2" } },
  getFnInfo: { fnInfo: { serial: "9999078902000002", validityDate: DATE } },
  getRegistrationInfo: {
    organization: { name: "О", vatin: "7707083893", address: "М", taxationTypes: ["osn"] },
    device: { registrationNumber: "0000000400054952", ffdVersion: "1.2", ofdChannel: "proto" },
  },
  getFnStatus: { fnStatus: { fiscalDocumentNumber: 5, fiscalReceiptNumber: 1, warnings: {} } },
  getShiftStatus: { shiftStatus: { state: "opened", number: 1 } },
  ofdExchangeStatus: {
    status: { notSentCount: 0, notSentFirstDocNumber: 0, notSentFirstDocDateTime: DATE },
  },
};
