import { beforeEach, describe, expect, test } from "vitest";
import { FakeTimers } from "../testing/fake_timers.ts";
import { OdooLink, PROBE_MS } from "./odoo_link.ts";

const LOGIN_ENDED = new Error("Odoo Session Expired");

let timers: FakeTimers;
let there: boolean;
let loggedIn: boolean;
let left: number;
let refuses: boolean;
let refused: () => void;
let log: string[];
let link: OdooLink;

beforeEach(() => {
  timers = new FakeTimers();
  there = true;
  loggedIn = true;
  left = 0;
  refuses = false;
  refused = () => undefined;
  log = [];
  link = new OdooLink({
    ping: () => {
      log.push("ping");
      if (!there) return Promise.reject(new Error("away"));
      return loggedIn ? Promise.resolve() : Promise.reject(LOGIN_ENDED);
    },
    isLoginEnded: (error) => error === LOGIN_ENDED,
    onLoginEnded: () => log.push("login ended"),
    onChange: (reachable) => log.push(reachable ? "there" : "gone"),
    deliver: () => {
      log.push("deliver");
      if (refuses) {
        refused();
        return Promise.reject(new Error("refused"));
      }
      left = 0;
      return Promise.resolve();
    },
    waiting: () => left > 0,
    setTimeout: timers.setTimeout,
    clearTimeout: timers.clearTimeout,
  });
});

describe("the link to Odoo", () => {
  test("a lost call leads to a ping, and a ping that is answered changes nothing", async () => {
    link.lost();
    await timers.advance(0);
    expect(log).toEqual(["ping"]);
    expect(timers.pending).toBe(0);
  });

  test("away is said once and probed until it ends; then what waits is delivered", async () => {
    there = false;
    left = 2;
    link.lost();
    await timers.advance(3 * PROBE_MS);
    expect(log).toEqual(["ping", "gone", "ping", "ping", "ping"]);
    there = true;
    await timers.advance(PROBE_MS);
    expect(log.slice(5)).toEqual(["ping", "there", "deliver"]);
    await timers.advance(60_000);
    expect(log).toHaveLength(8);
  });

  test("an Odoo that wants a login takes nothing, and that is told at every ping", async () => {
    loggedIn = false;
    left = 1;
    link.lost();
    await timers.advance(PROBE_MS);
    expect(log).toEqual(["ping", "gone", "login ended", "ping", "login ended"]);
    expect(link.reachable).toBe(false);
    loggedIn = true;
    await timers.advance(PROBE_MS);
    expect(log.slice(5)).toEqual(["ping", "there", "deliver"]);
  });

  test("a login that ends while Odoo is away is told when it is back", async () => {
    there = false;
    link.lost();
    await timers.advance(PROBE_MS);
    expect(log).toEqual(["ping", "gone", "ping"]);
    there = true;
    loggedIn = false;
    await timers.advance(PROBE_MS);
    expect(log.slice(3)).toEqual(["ping", "login ended"]);
  });

  test("a start without Odoo is away, and the first answered ping ends that", async () => {
    there = false;
    link.startAway();
    await timers.advance(PROBE_MS);
    expect(log).toEqual(["ping", "ping"]);
    there = true;
    await timers.advance(PROBE_MS);
    expect(log.slice(2)).toEqual(["ping", "there"]);
  });

  test("the bridge's word shortens the wait", async () => {
    there = false;
    link.lost();
    await timers.advance(0);
    there = true;
    link.hint(true);
    await timers.advance(0);
    expect(link.reachable).toBe(true);
  });

  test("the bridge's word alone counts for nothing: the page's own ping decides", async () => {
    link.hint(false);
    await timers.advance(0);
    expect(log).toEqual(["ping"]);
    expect(link.reachable).toBe(true);
  });

  test("its word without news causes no traffic", async () => {
    link.hint(true);
    await timers.advance(60_000);
    expect(log).toEqual([]);
  });

  test("one ping at a time", async () => {
    link.lost();
    link.lost();
    link.hint(false);
    await timers.advance(0);
    expect(log).toEqual(["ping"]);
  });

  test("an Odoo that refuses is asked ever less often, half a minute apart at most", async () => {
    left = 1;
    refuses = true;
    link.lost();
    const times: number[] = [];
    refused = () => times.push(timers.now / 1_000);
    await timers.advance(180_000);
    const gaps = times.slice(1).map((time, index) => time - (times[index] ?? 0));
    expect(gaps).toEqual([10, 20, 30, 30, 30, 30, 30]);
  });

  test("stopped, it asks no more", async () => {
    there = false;
    link.lost();
    await timers.advance(0);
    link.stop();
    await timers.advance(60_000);
    expect(log).toEqual(["ping", "gone"]);
  });
});
