import { describe, expect, it } from "vitest";
import { parseProcStat, processStat } from "./proc.ts";

const REST = "S 1 100 200 0 -1 4194304 1 0 0 0 0 0 0 0 20 0 1 0 4242 1000 10 18446744073709551615";

describe("parseProcStat", () => {
  it("reads pid, state, session and start time (fields 1, 3, 6, 22 of proc(5))", () => {
    expect(parseProcStat(`77 (sleep) ${REST}\n`)).toEqual({
      pid: 77,
      state: "S",
      session: 200,
      startTime: 4242,
    });
  });

  it("is not misled by a command name with brackets and spaces", () => {
    expect(parseProcStat(`77 (a) Z 1 (b) ${REST}`)?.startTime).toBe(4242);
  });

  it.each(["", "77 sleep S 1", "77 (sleep)", "x (sleep) S 1 2 3"])("refuses %j", (text) => {
    expect(parseProcStat(text)).toBeUndefined();
  });
});

describe("processStat", () => {
  it("knows this process, and none of number 0", () => {
    expect(processStat(process.pid)?.pid).toBe(process.pid);
    expect(processStat(0)).toBeUndefined();
  });
});
