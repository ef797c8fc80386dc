import { expect, test } from "vitest";
import { BridgeProblem, BridgeUnreachable, NotPaired } from "./problem.ts";
import { turnedAway } from "./turned_away.ts";

/** As Odoo's `rpc` makes it. */
const rpcError = (name: string, message: string): Error =>
  Object.assign(new Error("Odoo Server Error"), { code: 0, data: { name, message } });

const problem = (status: number, code: string): BridgeProblem =>
  new BridgeProblem({ status, code, detail: "Сертификат отозван." });

test("a browser that Odoo gives no certificate hears Odoo's own words", () => {
  const cause = rpcError("odoo.exceptions.UserError", "This browser was revoked for till T1.");
  expect(turnedAway(new NotPaired("-", cause))).toBe("This browser was revoked for till T1.");
});

test.each([
  ["a lost connection", new Error('Connection to "/web" was interrupted')],
  ["a failed program", rpcError("psycopg2.OperationalError", "server closed the connection")],
  ["an ended login", rpcError("odoo.http.SessionExpiredException", "Session expired")],
  ["nothing at all", undefined],
])("%s is no word for people, and it is not paired all the same", (_what, cause) => {
  expect(turnedAway(new NotPaired("-", cause))).toBe("");
});

test("the till's own refusal of this browser is told in its words", () => {
  expect(turnedAway(problem(401, "certificate_revoked"))).toBe("Сертификат отозван.");
});

test.each([
  problem(503, "not_ready"),
  problem(429, "rate_limited"),
  problem(502, "http_502"),
  new BridgeUnreachable(new Error("refused")),
  new Error("whatever"),
])("%s turns nobody away", (error) => {
  expect(turnedAway(error)).toBeNull();
});
