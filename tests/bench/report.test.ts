import { describe, expect, it } from "vitest";
import { json, markdown, table, terminal, type Report } from "./report.ts";
import { spread, type Figure } from "./stats.ts";

const figure: Figure = {
  id: "d",
  what: "Validate → экран",
  measured: spread([120, 130, 260]),
  baseline: { what: "stock", spread: spread([95, 100, 9.5]) },
  target: { of: "ratio", atMost: 1.3 },
  notes: ["in Chromium"],
};
const alone: Figure = {
  ...figure,
  id: "b",
  what: "overhead",
  measured: spread([4.256]),
  baseline: null,
  target: { of: "p99", atMost: 10 },
  notes: [],
};
const report: Report = {
  circumstances: {
    at: "2026-11-22T18:00:00.000Z",
    seconds: 61.4,
    node: "20.0.0",
    cpu: "Processor",
    cores: 2,
    load: { before: 0.25, after: 1.5 },
  },
  figures: [alone, figure],
  failures: [{ id: "c", why: "no serial line" }],
};

describe("table", () => {
  it("has a row for each figure and one for its baseline, with ratio, target and verdict", () => {
    expect(table(report.figures).map((line) => line.trim().split(/ {2,}/))).toEqual([
      ["what", "n", "P50 ms", "P95 ms", "P99 ms", "ratio", "target"],
      [expect.stringMatching(/^-+$/)],
      ["b", "overhead", "1", "4.26", "4.26", "4.26", "P99 ≤ 10 ms", "met"],
      ["d", "Validate → экран", "3", "130", "260", "260", "1.37", "ratio ≤ 1.3", "not met"],
      ["against stock", "3", "95.0", "100", "100"],
    ]);
  });

  it("aligns the columns", () => {
    const [head = "", , first = "", second = ""] = table(report.figures);
    for (const name of ["what", "target"]) {
      const at = head.indexOf(name);
      expect([first, second].map((line) => line[at - 1])).toEqual([" ", " "]);
      expect([first, second].map((line) => line[at]?.trim())).not.toContain("");
    }
  });
});

describe("the whole report", () => {
  it("says on the terminal and in Markdown what was not measured", () => {
    expect(terminal(report)).toContain("c: NOT MEASURED: no serial line");
    expect(markdown(report)).toContain("- c: **not measured**: no serial line");
    expect(markdown(report)).toContain("| d | Validate → экран | 3 | 130 | 260 | 260 | 1.37 |");
    expect(terminal(report)).toContain("61 s, Node 20.0.0, 2 × Processor, load 0.3 before");
  });

  it("gives programs the numbers with ratio and verdict", () => {
    const read = JSON.parse(json(report)) as { figures: Record<string, unknown>[] };
    expect(read.figures.map(({ id, verdict }) => [id, verdict])).toEqual([
      ["b", "met"],
      ["d", "not met"],
    ]);
    expect(read.figures[1]?.["ratio"]).toBeCloseTo(1.3684, 4);
    expect(read.figures[0]?.["ratio"]).toBeNull();
  });
});
