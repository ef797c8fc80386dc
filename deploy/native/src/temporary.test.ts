import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { asService } from "./service-user.ts";

const module = join(dirname(fileURLToPath(import.meta.url)), "temporary.ts");

let machine: string;
beforeEach(() => {
  machine = mkdtempSync(join(tmpdir(), "temporary-"));
});
afterEach(() => rmSync(machine, { recursive: true }));

/** Runs `script` after a folder of its own was made. */
function inOwnFolder(script: string) {
  const source = `
    import { statSync, writeFileSync } from "node:fs";
    import { tmpdir } from "node:os";
    import { useOwnTemporaryFolder } from ${JSON.stringify(module)};
    const folder = useOwnTemporaryFolder();
    writeFileSync(tmpdir() + "/left", "");
    ${script}`;
  return spawnSync(process.execPath, ["--import", "tsx", "--input-type=module", "--eval", source], {
    env: { ...process.env, TMPDIR: machine },
    encoding: "utf8",
    cwd: dirname(module),
  });
}

describe("the temporary folder of a run", () => {
  it("is where the run's programs write, whoever they run as, and goes with the run", () => {
    const { stdout, stderr } = inOwnFolder(
      `console.log([tmpdir(), folder, (statSync(folder).mode & 0o7777).toString(8)].join());`,
    );
    const [used, folder, mode] = stdout.trim().split(",");
    expect(stderr).toBe("");
    expect(used).toBe(folder);
    expect(dirname(folder!)).toBe(machine);
    expect(mode).toBe("1777");
    expect(existsSync(folder!)).toBe(false);
    expect(readdirSync(machine).filter((name) => name.startsWith("opticserp-"))).toEqual([]);
  });

  it("goes when the run fails as well", () => {
    expect(inOwnFolder(`process.exit(3);`).status).toBe(3);
    expect(inOwnFolder(`throw new Error("no");`).status).toBe(1);
    expect(readdirSync(machine).filter((name) => name.startsWith("opticserp-"))).toEqual([]);
  });

  it("is named to programs of the service user, whose environment is otherwise small", () => {
    const before = process.env["TMPDIR"];
    try {
      process.env["TMPDIR"] = machine;
      expect(asService().env["TMPDIR"]).toBe(machine);
      delete process.env["TMPDIR"];
      expect("TMPDIR" in asService().env).toBe(false);
    } finally {
      if (before !== undefined) process.env["TMPDIR"] = before;
    }
  });
});
