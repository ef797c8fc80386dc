import { request as httpRequest } from "node:http";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { OPERATIONS } from "./operations.ts";
import { bufferStatusSchema, statusSchema } from "./schemas/status.ts";
import { UUID, wireReceipt } from "./testing/fakes.ts";
import { ORIGIN, startHarness, type Harness } from "./testing/harness.ts";

const KEY = `${UUID}:1`;
const idempotent = { "Idempotency-Key": KEY };

describe("HTTP door", () => {
  let harness: Harness;
  beforeEach(async () => {
    harness = await startHarness();
  });
  afterEach(() => harness.close());

  describe("body", () => {
    const raw = (body: string | Uint8Array<ArrayBuffer>, headers: Record<string, string>) =>
      harness.call("/v1/kkt/receipt", {
        method: "POST",
        body,
        headers: { ...idempotent, ...headers },
      });

    it.each<[string, string | Uint8Array<ArrayBuffer>, Record<string, string>, number, string]>([
      ["no JSON", "{", { "Content-Type": "application/json" }, 400, "body_invalid"],
      [
        "windows-1251",
        "{}",
        { "Content-Type": "application/json; charset=windows-1251" },
        400,
        "body_invalid",
      ],
      [
        "bytes that are no UTF-8",
        Uint8Array.from([0x22, 0xcf, 0xf0, 0x22]),
        { "Content-Type": "application/json" },
        400,
        "body_invalid",
      ],
      [
        "compressed",
        "{}",
        { "Content-Type": "application/json", "Content-Encoding": "gzip" },
        400,
        "body_invalid",
      ],
      ["a form", "a=1", { "Content-Type": "text/plain" }, 415, "content_type_unsupported"],
      [
        "10 MB",
        new Uint8Array(10_000_000).fill(0x20),
        { "Content-Type": "application/json" },
        413,
        "body_too_large",
      ],
      ["not an object", "[]", { "Content-Type": "application/json" }, 422, "receipt_invalid"],
      ["nothing", "", { "Content-Type": "application/json" }, 422, "receipt_invalid"],
    ])("%s", async (_name, body, headers, status, code) => {
      expect(await raw(body, headers)).toMatchObject({ status, body: { code } });
      expect(harness.lane.submitted).toHaveLength(0);
    });

    it("stops at the limit when no length was announced", async () => {
      const status = await new Promise<number | undefined>((resolve, reject) => {
        const request = httpRequest(
          `${harness.url}/v1/kkt/receipt`,
          {
            method: "POST",
            headers: {
              "Content-Type": "application/json",
              Authorization: `Bearer ${harness.token}`,
              "Idempotency-Key": KEY,
            },
          },
          (response) => {
            resolve(response.statusCode);
            request.destroy();
          },
        );
        request.on("error", reject);
        // never ended: the answer comes while the body still runs
        request.write(Buffer.alloc(1024 * 1024 + 1, 0x20));
      });
      expect(status).toBe(413);
    });
  });

  describe("who may call", () => {
    const plain = (path: string, headers: Record<string, string>, method = "GET") =>
      fetch(harness.url + path, { method, headers, signal: AbortSignal.timeout(5_000) });

    it("lets in a configured origin only", async () => {
      const allowed = await plain("/v1/health", { Origin: ORIGIN });
      expect(allowed.headers.get("access-control-allow-origin")).toBe(ORIGIN);
      const foreign = await plain("/v1/health", { Origin: "https://evil.example" });
      expect(foreign.status).toBe(403);
      expect(foreign.headers.get("access-control-allow-origin")).toBeNull();
      expect(await foreign.json()).toMatchObject({ code: "origin_forbidden" });
    });

    it("answers Chromium's preflight, private network included", async () => {
      const reply = await plain(
        "/v1/kkt/receipt",
        {
          Origin: ORIGIN,
          "Access-Control-Request-Method": "POST",
          "Access-Control-Request-Private-Network": "true",
        },
        "OPTIONS",
      );
      expect(reply.status).toBe(204);
      expect(reply.headers.get("access-control-allow-origin")).toBe(ORIGIN);
      expect(reply.headers.get("access-control-allow-private-network")).toBe("true");
      expect(reply.headers.get("access-control-allow-headers")).toContain("Idempotency-Key");
      expect(reply.headers.get("access-control-allow-methods")).toContain("DELETE");
      const foreign = await plain("/v1/kkt/receipt", { Origin: "null" }, "OPTIONS");
      expect(foreign.status).toBe(403);
    });

    it("wants a token everywhere but where the contract says so", async () => {
      for (const { method, path, auth } of Object.values(OPERATIONS)) {
        const url = `${harness.url}/v1${path.replace("{key}", KEY)}`;
        const reply = await fetch(url, { method: method.toUpperCase() });
        expect([path, reply.status === 401]).toEqual([path, auth]);
        if (!auth) continue;
        expect(reply.headers.get("www-authenticate")).toContain("invalid_token");
        expect(await reply.json()).toMatchObject({ code: "token_invalid" });
      }
    });

    it("says Vary: * and no-store on every answer", async () => {
      const replies = [
        await plain("/v1/health", {}),
        await plain("/nowhere", {}),
        await plain("/v1/nowhere", {}),
        await plain("/v1/kkt/status", {}),
        await plain("/v1/health", { Origin: "https://evil.example" }),
        await plain("/v1/health", { Origin: ORIGIN }, "OPTIONS"),
        await plain("/v1/auth/challenge", {}),
        await plain("/%", {}),
      ];
      expect(replies.map((reply) => reply.status)).toEqual([
        200, 404, 404, 401, 403, 204, 405, 404,
      ]);
      for (const reply of replies) {
        expect(reply.headers.get("vary")).toBe("*");
        expect(reply.headers.get("cache-control")).toBe("no-store");
        expect(reply.headers.get("x-request-id")).toMatch(/.{8,}/);
      }
      expect(replies[6]!.headers.get("allow")).toBe("POST, OPTIONS");
    });
  });

  describe("status", () => {
    it("answers in the form that the schema promises", async () => {
      statusSchema.parse((await harness.call("/v1/kkt/status")).body);
      bufferStatusSchema.parse((await harness.call("/v1/kkt/buffer/status")).body);
    });

    it("has nulls before the first contact", async () => {
      harness.lane.current = {
        ...harness.lane.current,
        device: { state: "unavailable", reason: "Нет порта", paper: null },
        info: null,
        status: null,
      };
      const { body } = await harness.call("/v1/kkt/status");
      expect(statusSchema.parse(body)).toMatchObject({
        fn: null,
        shift: null,
        device: { state: "unavailable", reason: "Нет порта" },
      });
    });

    it("is described by OpenAPI with every call of the contract", async () => {
      const { body } = await harness.call("/v1/openapi.json");
      expect(body.openapi).toBe("3.1.0");
      const paths = body.paths as Record<string, Record<string, Record<string, unknown>>>;
      expect(Object.keys(paths)).toHaveLength(35);
      const post = paths["/kkt/receipt"]!.post!;
      expect(Object.keys(post.responses as object)).toEqual(
        expect.arrayContaining(["200", "202", "400", "401", "409", "413", "415", "422", "503"]),
      );
      expect(JSON.stringify(post.requestBody)).toContain('"additionalProperties":false');
    });
  });
});

describe("a token that has expired", () => {
  it("is told apart from a wrong one and reaches nothing", async () => {
    let ahead = 0;
    const clock = { now: () => Date.now(), monotonic: () => performance.now() + ahead };
    const harness = await startHarness({ clock });
    try {
      ahead = 15 * 60_000;
      const reply = await harness.call("/v1/kkt/receipt", {
        json: wireReceipt(),
        headers: idempotent,
      });
      expect(reply).toMatchObject({ status: 401, body: { code: "token_expired" } });
      expect(reply.headers.get("www-authenticate")).toContain("invalid_token");
      expect(harness.lane.submitted).toHaveLength(0);
    } finally {
      await harness.close();
    }
  });
});

describe("limits", () => {
  it("refuses what comes too fast, with Retry-After", async () => {
    const harness = await startHarness({ rateLimitPerSecond: 5 });
    try {
      const replies = await Promise.all(
        Array.from({ length: 12 }, () => harness.call("/v1/health")),
      );
      const refused = replies.filter((reply) => reply.status === 429);
      expect(refused.length).toBeGreaterThanOrEqual(5);
      expect(refused[0]!.headers.get("retry-after")).toBe("1");
      expect(refused[0]!.body).toMatchObject({ code: "rate_limited", retry_after_seconds: 1 });
      expect(refused[0]!.headers.get("vary")).toBe("*");
    } finally {
      await harness.close();
    }
  });

  it("takes nothing while the process ends", async () => {
    const harness = await startHarness({ isShuttingDown: () => true });
    try {
      expect(await harness.call("/v1/health")).toMatchObject({
        status: 503,
        body: { code: "shutting_down" },
      });
    } finally {
      await harness.close();
    }
  });

  it("shows nothing of an unforeseen error but its request id", async () => {
    const harness = await startHarness({
      status: () => {
        throw new Error("secret detail");
      },
    });
    try {
      const reply = await harness.call("/v1/kkt/status", { headers: { "X-Request-Id": "abc-1" } });
      expect(reply).toMatchObject({ status: 500, body: { code: "internal_error" } });
      expect(reply.headers.get("x-request-id")).toBe("abc-1");
      expect(JSON.stringify(reply.body)).not.toMatch(/secret|\.ts/);
    } finally {
      await harness.close();
    }
  });

  it("lists what is missing when it is not ready", async () => {
    const harness = await startHarness({ missing: () => ["нет связи с кассой"] });
    try {
      expect(await harness.call("/v1/ready")).toMatchObject({
        status: 503,
        body: { code: "not_ready", missing: ["нет связи с кассой"] },
      });
    } finally {
      await harness.close();
    }
  });
});
