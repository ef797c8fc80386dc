/** Disk full, read-only and failing, at any call of a sale: refused before the device is touched. */
import { existsSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { compileDisk, DiskControl, runObserved } from "../testing/disk.ts";
import type { DiskFullReport } from "./scenario.ts";

let dir: string;
let report: DiskFullReport;

beforeAll(async () => {
  dir = mkdtempSync(join(existsSync("/dev/shm") ? "/dev/shm" : tmpdir(), "disk-full-"));
  const root = join(dir, "tmp");
  mkdirSync(root);
  const control = new DiskControl(join(dir, "control"));
  control.create();
  const out = await runObserved({
    ...{ library: compileDisk(dir), script: join(import.meta.dirname, "scenario.ts") },
    // the tills of the scenario lie in the system's folder for temporary files
    ...{ root: join(root, "lane-"), temporary: root, control: control.path },
    parameters: [control.path],
  });
  report = JSON.parse(out) as DiskFullReport;
}, 170_000);
afterAll(() => rmSync(dir, { recursive: true }));

it("takes no sale, touches no device, says so, and sells again by itself", () => {
  const { cases } = report;
  const broken = cases.filter((one) => one.broken.length > 0);
  expect(broken).toEqual([]);
  const count = (struck: string): number => cases.filter((one) => one.struck === struck).length;
  expect(cases.length).toBeGreaterThan(300);
  for (const struck of ["accepting", "before the document", "after the document"]) {
    expect(count(struck), struck).toBeGreaterThan(10);
  }
  console.info(
    `disk full: ${report.callsPerSale} calls a sale, ${report.callsWithCheckpoint} with a ` +
      `checkpoint; ${cases.length} failures: ${count("accepting")} while accepting (503, device ` +
      `untouched), ${count("before the document")} before and ${count("after the document")} ` +
      `after the document, ${count("none")} without harm; 0 duplicates, 0 lost, all recovered`,
  );
});

it("names the disk's trouble in words for the till", () => {
  expect(report.texts.join("\n")).toMatch(/нет места/);
  expect(report.texts.join("\n")).toMatch(/не записывает|только для чтения/);
  for (const text of report.texts) expect(text).toMatch(/Чек не принят и не печатался/);
});
