import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { createLogger } from "./logger.ts";

describe("log file", () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "log-"));
    const { _stderr } = console as unknown as { _stderr: NodeJS.WriteStream };
    vi.spyOn(_stderr, "write").mockImplementation(() => true);
  });
  afterEach(() => {
    vi.restoreAllMocks();
    rmSync(folder, { recursive: true });
  });

  it("has a JSON object a line, with the till and without personal data", async () => {
    const file = join(folder, "bridge.log");
    const logger = createLogger({ level: "info", file, till: "T1" });
    logger.debug("unseen");
    logger.info("receipt_fiscalized", { fd: 7, phone: "+79990000000" });
    await logger.close();
    const lines = readFileSync(file, "utf8").trim().split("\n");
    expect(lines).toHaveLength(1);
    expect(JSON.parse(lines[0]!)).toMatchObject({
      message: "receipt_fiscalized",
      till: "T1",
      fd: 7,
    });
    expect(lines[0]).not.toContain("+79990000000");
  });

  it("that can't be written costs its lines and nothing else", async () => {
    const unhandled: unknown[] = [];
    const note = (error: unknown): void => void unhandled.push(error);
    process.on("uncaughtException", note);
    const logger = createLogger({ level: "info", file: "/dev/full", till: "T1" });
    for (let line = 0; line < 10; line += 1) logger.info("something", { line });
    await logger.close();
    process.off("uncaughtException", note);
    expect(unhandled).toEqual([]);
  });
});
