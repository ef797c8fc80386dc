import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { z } from "zod";
import { OdooClient, OdooRefusal, OdooUnreachable } from "./client.ts";
import { BY_HAND, FakeOdoo, OdooError, type Respond } from "./testing/fake-odoo.ts";

describe("client of Odoo", () => {
  let odoo: FakeOdoo;
  let client: OdooClient;
  beforeEach(async () => {
    odoo = new FakeOdoo(() => ({ n: 1 }));
    const url = await odoo.start();
    client = new OdooClient({ url, database: "shop", credential: "T1.secret" });
  });
  afterEach(async () => {
    client.close();
    await odoo.stop();
  });

  const call = (timeoutMs = 2_000, signal?: AbortSignal): Promise<unknown> =>
    client.call("heartbeat", { a: 1 }, z.object({ n: z.int() }), {
      timeoutMs,
      ...(signal === undefined ? {} : { signal }),
    });

  it("calls with credential and database, and reads the result", async () => {
    expect(await call()).toEqual({ n: 1 });
    expect(odoo.calls[0]).toMatchObject({
      method: "/kkt/v1/heartbeat",
      params: { a: 1 },
      headers: { authorization: "Bearer T1.secret", "x-odoo-database": "shop" },
    });
  });

  it("tells an error of Odoo, which comes with HTTP 200, by its Python class", async () => {
    odoo.respond = () => {
      throw new OdooError("odoo.exceptions.AccessDenied", "no");
    };
    const error = await call().catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(OdooRefusal);
    expect(error).toMatchObject({
      exception: "odoo.exceptions.AccessDenied",
      isAccessDenied: true,
      message: "no",
    });
  });

  it.each<[string, Respond, RegExp]>([
    [
      "another status",
      (_call, response) => {
        response.writeHead(502).end("bad gateway");
        return BY_HAND;
      },
      /HTTP 502/,
    ],
    [
      "a redirect",
      (_call, response) => {
        response.writeHead(302, { Location: "/web/login" }).end();
        return BY_HAND;
      },
      /HTTP 302/,
    ],
    [
      "a page",
      (_call, response) => {
        response.end("<html>");
        return BY_HAND;
      },
      /no JSON/,
    ],
    [
      "other JSON",
      (_call, response) => {
        response.end("[]");
        return BY_HAND;
      },
      /JSON-RPC/,
    ],
    ["another form", () => ({ n: "1" }), /unexpected answer at n/],
    ["silence", () => BY_HAND, /within 300 ms/],
    [
      "an answer that never ends",
      (_call, response) => {
        response.writeHead(200);
        const timer = setInterval(() => response.write(" "), 20);
        response.on("close", () => clearInterval(timer));
        return BY_HAND;
      },
      /within 300 ms/,
    ],
    [
      "too large an answer",
      (_call, response) => {
        response.end(" ".repeat(5 * 1024 * 1024));
        return BY_HAND;
      },
      /ERR_BAD_RESPONSE/,
    ],
    [
      "a cut connection",
      (_call, response) => {
        response.destroy();
        return BY_HAND;
      },
      /ECONNRESET/,
    ],
  ])("takes %s for an Odoo that is away", async (_name, respond, message) => {
    odoo.respond = respond;
    // a busy machine is slow to read five megabytes; only silence may end by the clock
    const withinMs = message.source.includes("300 ms") ? 300 : 10_000;
    const error = await call(withinMs).catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(OdooUnreachable);
    expect((error as Error).message).toMatch(message);
    // and the next call finds a healthy one again
    odoo.respond = () => ({ n: 2 });
    expect(await call()).toEqual({ n: 2 });
  });

  it("takes nobody listening for an Odoo that is away", async () => {
    await odoo.stop();
    await expect(call()).rejects.toThrow(/ECONNREFUSED|ECONNRESET/);
    odoo = new FakeOdoo(() => null);
    await odoo.start();
  });

  it("ends when told to", async () => {
    const stop = new AbortController();
    odoo.respond = () => {
      stop.abort();
      return BY_HAND;
    };
    await expect(call(60_000, stop.signal)).rejects.toBeInstanceOf(OdooUnreachable);
  });
});
