import { describe, expect, it } from "vitest";
import { firstFailure, parseTestLog } from "./odoo-log.ts";

const at = "2026-11-22 18:42:18,016 17231";
const closing = (failed: number, errors: number, run: number) =>
  `${at} INFO db odoo.tests.result: ${failed} failed, ${errors} error(s) of ${run} tests when loading database 'db' `;
const starting = (test: string) =>
  `${at} INFO db odoo.addons.x.tests.test_x: Starting ${test} ... `;

describe("firstFailure", () => {
  it("shows the first record with a traceback, without caret lines", () => {
    const log = [
      `${at} INFO db odoo.modules.loading: loading 3 modules... `,
      `${at} CRITICAL db odoo.modules.module: Couldn't load module x `,
      `${at} ERROR db odoo.registry: Failed to load registry `,
      `${at} CRITICAL db odoo.service.server: Failed to initialize database \`db\`. `,
      "Traceback (most recent call last):",
      '  File "server.py", line 1, in <module>',
      "    ^^^^^^^^",
      "ImportError: no x",
      `${at} INFO db odoo.service.server: Initiating shutdown `,
    ].join("\n");
    expect(firstFailure(log)).toBe(
      [
        `${at} CRITICAL db odoo.service.server: Failed to initialize database \`db\`. `,
        "Traceback (most recent call last):",
        '  File "server.py", line 1, in <module>',
        "ImportError: no x",
      ].join("\n"),
    );
  });

  it("keeps the head and the end of a long traceback", () => {
    const trace = Array.from({ length: 100 }, (_, line) => `  line ${line}`);
    const text = firstFailure([`${at} ERROR db odoo.http: boom`, ...trace].join("\n"), 5);
    expect(text.split("\n")).toEqual([`${at} ERROR db odoo.http: boom`, "…", ...trace.slice(-5)]);
  });

  it("falls back to a record without traceback, then to the end of the log", () => {
    expect(firstFailure(`${at} INFO a b: x\n${at} ERROR a b: y\n`)).toBe(`${at} ERROR a b: y`);
    expect(firstFailure("usage: odoo\nodoo: error: no such option\n")).toMatch(/no such option$/);
  });
});

describe("parseTestLog", () => {
  it("counts passed tests", () => {
    const log = [starting("A.test_1"), starting("A.test_2"), closing(0, 0, 2)].join("\n");
    expect(parseTestLog(log)).toEqual({
      passed: 2,
      failed: 0,
      errors: 0,
      skipped: 0,
      failures: [],
    });
  });

  it("tells failures and errors with their text", () => {
    const log = [
      starting("A.test_1"),
      `${at} INFO db odoo.addons.x.tests.test_x: ====================`,
      `${at} ERROR db odoo.addons.x.tests.test_x: FAIL: A.test_1`,
      "Traceback (most recent call last):",
      "AssertionError: 1 != 2",
      " ",
      starting("A.test_2"),
      `${at} ERROR db odoo.addons.x.tests.test_x: ERROR: A.test_2`,
      "KeyError: 'x'",
      starting("A.test_3"),
      closing(1, 1, 3),
    ].join("\n");
    const outcome = parseTestLog(log);
    expect(outcome).toMatchObject({ passed: 1, failed: 1, errors: 1 });
    expect(outcome?.failures.map(({ kind, test }) => [kind, test])).toEqual([
      ["FAIL", "A.test_1"],
      ["ERROR", "A.test_2"],
    ]);
    expect(outcome?.failures[0]?.text).toContain("AssertionError: 1 != 2");
    expect(outcome?.failures[0]?.text).not.toContain("KeyError");
  });

  it("does not count a skipped test as passed", () => {
    const log = [
      starting("A.test_1"),
      `${at} INFO db odoo.addons.x.tests.test_x: skipped A.test_1 : Chrome executable not found`,
      closing(0, 0, 1),
    ].join("\n");
    expect(parseTestLog(log)).toMatchObject({ passed: 0, skipped: 1 });
  });

  it("handles classes that are skipped or broken before their first test", () => {
    const log = [
      `${at} INFO db odoo.addons.x.tests.test_x: skipped setUpClass (odoo.addons.x.A) : no Chrome`,
      `${at} ERROR db odoo.addons.x.tests.test_x: ERROR: setUpClass (odoo.addons.x.B)`,
      starting("C.test_1"),
      closing(0, 1, 1),
    ].join("\n");
    expect(parseTestLog(log)).toMatchObject({ passed: 1, errors: 1, skipped: 1 });
  });

  it("is undefined when Odoo ended before its tests", () => {
    expect(parseTestLog(`${starting("A.test_1")}\nKilled`)).toBeUndefined();
  });
});
