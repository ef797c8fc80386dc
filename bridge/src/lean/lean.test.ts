import { execFileSync } from "node:child_process";
import { describe, expect, it } from "vitest";

/** What a process of its own prints that loads the sources as the bridge does. */
function inNode(program: string): string {
  const argv = ["--import", "tsx", "--input-type=module", "-e", program];
  return execFileSync(process.execPath, argv, { cwd: import.meta.dirname, encoding: "utf8" });
}

describe("axios without the browser's half", () => {
  it("makes Node load no fetch, and leaves it as it was", () => {
    const printed = inNode(`
      const undici = () =>
        process.moduleLoadList.some((name) => name.includes("deps/undici/undici"));
      const { axios } = await import("./axios.ts");
      console.log(JSON.stringify([typeof axios.create, undici()]));
      console.log(JSON.stringify([typeof Request, typeof fetch]));
    `);
    expect(
      printed
        .trim()
        .split("\n")
        .map((line) => JSON.parse(line) as unknown),
    ).toEqual([
      ["function", false],
      ["function", "function"],
    ]);
  });
});
