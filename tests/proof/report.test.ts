import { describe, expect, it } from "vitest";
import { markdown, passed, terminal, type ProofReport } from "./report.ts";

const report: ProofReport = {
  id: "POC-0",
  title: "проба",
  at: "2026-11-22T00:00:00Z",
  seconds: 12,
  machine: "2 cores",
  stand: ["эмулятор ККТ"],
  steps: [{ atSeconds: 1, what: "продано" }],
  checks: [{ what: "повторы", required: "0", measured: "0", ok: true }],
  scaled: [{ what: "timers.breaker_probe_ms", product: "60000", here: "1000" }],
  failure: null,
};

describe("the report of a proof", () => {
  it("passes when every check does, and only then", () => {
    expect(passed(report)).toBe(true);
    expect(passed({ ...report, checks: [] })).toBe(false);
    expect(passed({ ...report, failure: "broke off" })).toBe(false);
    const [check] = report.checks;
    if (!check) throw new Error("unreachable");
    const failed = { ...report, checks: [check, { ...check, ok: false }] };
    expect(passed(failed)).toBe(false);
    expect(markdown(failed)).toContain("НЕ пройдено");
    expect(terminal(failed)).toContain("POC-0: FAILED");
  });

  it("names figures, required ones and every scaled timer", () => {
    const text = markdown(report);
    expect(text).toContain("| повторы | 0 | 0 | да |");
    expect(text).toContain("| timers.breaker_probe_ms | 60000 | 1000 |");
    expect(text).toContain("**Пройдено**");
  });
});
