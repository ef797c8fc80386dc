import { describe, expect, it } from "vitest";
import {
  html,
  markdown,
  protocolPassed,
  scenarioPassed,
  type Protocol,
  type ScenarioProtocol,
  type Step,
} from "./protocol.ts";

const step: Step = {
  what: "Кассир нажимает «Подтвердить»",
  expected: "чек ≤ 7 с",
  seen: [{ text: "чек через 0,4 с", ok: true }],
  pictures: ["08/02.png"],
  proves: [1],
  failure: null,
  seconds: 1,
};
const scenario: ScenarioProtocol = {
  id: "08",
  title: "офлайн | <продажа>",
  passes: ["напечатан ≤ 7 с"],
  notes: ["примечание"],
  steps: [step],
  scaled: [{ what: "режим", product: "90 с", here: "2 с" }],
  seconds: 12,
  failure: null,
};
const protocol: Protocol = {
  at: "2026-11-23T00:00:00Z",
  machine: "2 cores",
  version: "0.1.0",
  stand: ["эмулятор ККТ"],
  scenarios: [scenario],
};

describe("the verdict", () => {
  it("passes when something was seen and all of it is right", () => {
    expect(protocolPassed(protocol)).toBe(true);
  });

  it.each<[string, Partial<ScenarioProtocol>]>([
    ["a wrong fact", { steps: [step, { ...step, seen: [{ text: "чек через 9 с", ok: false }] }] }],
    ["a step that broke off", { steps: [step, { ...step, failure: "нет экрана" }] }],
    ["a failure outside of the steps", { failure: "стенд не поднялся" }],
    ["nothing seen", { steps: [{ ...step, seen: [] }] }],
    ["a part of the requirement that no step proves", { passes: ["напечатан", "доставлен"] }],
    ["a requirement that says nothing", { passes: [] }],
    ["no step", { steps: [] }],
  ])("fails on %s", (_, change) => {
    const failed = { ...scenario, ...change };
    expect(scenarioPassed(failed)).toBe(false);
    expect(protocolPassed({ ...protocol, scenarios: [scenario, failed] })).toBe(false);
  });

  it("fails when no scenario was run", () => {
    expect(protocolPassed({ ...protocol, scenarios: [] })).toBe(false);
  });
});

describe("the pages", () => {
  it("name every part, in Markdown", () => {
    const text = markdown(protocol);
    for (const part of ["ПРОЙДЕНО", "08/02.png", "чек через 0,4 с", "режим", "офлайн \\|"]) {
      expect(text).toContain(part);
    }
  });

  it("name every part, in HTML, with what could be a tag escaped", () => {
    const text = html(protocol);
    for (const part of ['src="08/02.png"', "чек через 0,4 с", "режим", "&lt;продажа&gt;"]) {
      expect(text).toContain(part);
    }
    expect(text).not.toContain("<продажа>");
  });
});
