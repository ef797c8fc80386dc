import { describe, expect, it } from "vitest";
import { markdown, names, ours, tagsOf, type Upstream } from "./compare.ts";

describe("names of failing tests", () => {
  it("are told once, without a subtest's parameters, sorted", () => {
    expect(
      names([
        { test: "TestUi.test_b (mode='x')" },
        { test: "TestUi.test_b" },
        { test: "TestA.test_a" },
        { test: "setUpClass (odoo.addons.point_of_sale.tests.test_frontend.TestUi)" },
      ]),
    ).toEqual([
      "TestA.test_a",
      "TestUi.test_b",
      "setUpClass (odoo.addons.point_of_sale.tests.test_frontend.TestUi)",
    ]);
  });

  it("become tags, but for what is no test", () => {
    expect(tagsOf(["TestA.test_a", "setUpClass (x)"])).toEqual(["/point_of_sale:TestA.test_a"]);
  });
});

describe("the comparison", () => {
  const run: Upstream = {
    at: "2026-11-23T00:00:00Z",
    seconds: 1,
    passed: 2,
    skipped: 0,
    first: ["A.slow", "B.stock", "C.ours"],
    again: ["B.stock", "C.ours"],
    stock: ["B.stock"],
  };

  it("blames us for what stock Odoo passes and fails twice here", () => {
    expect(ours(run)).toEqual(["C.ours"]);
    expect(markdown(run)).toContain("ЕСТЬ отличия");
    expect(markdown({ ...run, again: ["B.stock"] })).toContain("Отличий нет");
  });
});
