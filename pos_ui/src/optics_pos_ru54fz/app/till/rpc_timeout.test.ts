import { expect, test } from "vitest";
import {
  OTHER_MS,
  PING_MS,
  SYNC_MS,
  timeoutOf,
  VALIDATING_MS,
  withTimeout,
} from "./rpc_timeout.ts";

const call = (method: string) => `/web/dataset/call_kw/${method}`;

test("between Validate and the receipt nothing waits long for Odoo", () => {
  expect(timeoutOf(call("pos.order/validate_coupon_programs"), true)).toBe(VALIDATING_MS);
  expect(timeoutOf(call("pos.order/sync_from_ui"), true)).toBe(SYNC_MS);
  expect(VALIDATING_MS).toBeLessThanOrEqual(3_000);
});

test("a delivery ends within 5 s, a ping sooner, everything else in a minute", () => {
  expect(timeoutOf(call("pos.order/sync_from_ui"), false)).toBe(SYNC_MS);
  expect(SYNC_MS).toBeLessThanOrEqual(5_000);
  expect(timeoutOf("/pos/ping", false)).toBe(PING_MS);
  expect(timeoutOf(call("product.template/load_product_from_pos"), false)).toBe(OTHER_MS);
});

/** The part of XMLHttpRequest that counts. */
class Request extends EventTarget {
  timeout = 0;
  opened: unknown[] = [];
  sent: unknown = null;

  open(...args: unknown[]): void {
    this.opened = args;
  }

  send(body?: unknown): void {
    this.sent = body;
  }
}

class Progress extends Event {}

test("a request gives up by itself, and to its owner that is a lost connection", () => {
  Object.assign(globalThis, { ProgressEvent: Progress });
  const urls: string[] = [];
  const Timed = withTimeout(Request as unknown as typeof XMLHttpRequest, (url) => {
    urls.push(url);
    return 1_234;
  });
  const request = new Timed();
  const events: string[] = [];
  request.addEventListener("error", () => events.push("error"));
  request.open("POST", "/pos/ping");
  request.send("{}");
  expect(request.timeout).toBe(1_234);
  expect(urls).toEqual(["/pos/ping"]);
  expect(request).toMatchObject({ opened: ["POST", "/pos/ping"], sent: "{}" });
  request.dispatchEvent(new Event("timeout"));
  expect(events).toEqual(["error"]);
});

test("a time-out that the caller set stays", () => {
  const Timed = withTimeout(Request as unknown as typeof XMLHttpRequest, () => 1);
  const request = new Timed();
  request.open("GET", "/x");
  request.timeout = 99;
  request.send();
  expect(request.timeout).toBe(99);
});
