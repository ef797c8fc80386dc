import { expect, it } from "vitest";
import { z } from "zod";
import { MOST_CRITICAL, WorkClasses } from "../resilience/work-classes.ts";
import { inClass } from "./classed-client.ts";
import { OdooRefusal, OdooUnreachable } from "./client.ts";

it("goes through in its class, and stands back while critical work piles up", async () => {
  const work = new WorkClasses();
  let calls = 0;
  let running = 0;
  const client = inClass(
    {
      call: <T extends z.ZodType>(_method: string, params: unknown, schema: T) => {
        calls += 1;
        running = work.load("high").running;
        if (params === "refuse") return Promise.reject(new OdooRefusal("x", "y"));
        return Promise.resolve(schema.parse(params));
      },
    },
    work,
    "high",
  );
  const call = (params: unknown) => client.call("receipts", params, z.string(), { timeoutMs: 1 });
  expect(await call("done")).toBe("done");
  expect(running).toBe(1);
  await expect(call("refuse")).rejects.toBeInstanceOf(OdooRefusal);

  let finish: () => void = () => undefined;
  const gate = new Promise<void>((resolve) => (finish = resolve));
  const busy = Array.from({ length: MOST_CRITICAL + 1 }, () => work.run("critical", () => gate));
  // it counts against no row: the link's failures do not
  await expect(call("done")).rejects.toBeInstanceOf(OdooUnreachable);
  expect(calls).toBe(2);
  finish();
  await Promise.all(busy);
  expect(await call("done")).toBe("done");
});
