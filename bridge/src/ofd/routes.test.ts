import { describe, expect, it } from "vitest";
import { routesOf } from "./routes.ts";

describe("routes to the ОФД", () => {
  const own = { host: "ofd.example.ru", port: 7777 };
  const timeout_ms = 10_000;

  it("takes the register's own address unless another is configured", () => {
    expect(routesOf({ timeout_ms }, null)).toEqual([]);
    expect(routesOf({ timeout_ms }, own)).toEqual([{ name: "primary", ...own, timeoutMs: 10_000 }]);
    expect(routesOf({ host: "other", port: 1, timeout_ms }, own)).toMatchObject([
      { name: "primary", host: "other", port: 1 },
    ]);
  });

  it("has a second one by address, or by another network to the same address", () => {
    expect(routesOf({ second_host: "b", second_port: 2, timeout_ms }, own)).toMatchObject([
      own,
      { name: "second", host: "b", port: 2 },
    ]);
    expect(routesOf({ second_local_address: "10.0.8.2", timeout_ms }, own)).toMatchObject([
      own,
      { name: "second", ...own, localAddress: "10.0.8.2" },
    ]);
  });
});
