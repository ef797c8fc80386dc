import { existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Command } from "commander";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { keyOf } from "../domain/testing/receipts.ts";
import { SqliteJournal } from "../journal/sqlite-journal.ts";
import { fiscalize } from "../journal/testing/fill.ts";
import { explain } from "./errors.ts";
import { registerJournalCommands } from "./journal-commands.ts";

describe("snapshot and restore by hand", () => {
  let dir: string;
  let path: string;
  let printed: string[];
  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), "cli-"));
    path = join(dir, "journal.sqlite");
    printed = [];
  });
  afterEach(() => rmSync(dir, { recursive: true }));

  const run = async (...words: string[]): Promise<void> => {
    const program = new Command("opticserp-bridge");
    registerJournalCommands(program, { env: {}, print: (line) => printed.push(line) });
    await program.parseAsync([...words, "--journal", path], { from: "user" });
  };

  it("take one while the bridge runs, and bring it back when it does not", async () => {
    const journal = SqliteJournal.open({ path });
    fiscalize(journal, 1);
    await run("snapshot");
    const { file, receipts } = JSON.parse(printed[0]!) as { file: string; receipts: number };
    expect(receipts).toBe(1);
    fiscalize(journal, 2);
    const held = await run("restore", "--from", file).catch((error: unknown) => error);
    expect(explain(held)).toMatchObject({
      code: 1,
      line: expect.stringMatching(/остановите/) as string,
    });
    journal.close();
    await run("restore", "--from", file);
    expect(printed.join("\n")).toMatch(/чеков 1[^]*ФН FN1: последний документ 101[^]*replaced-/);
    const restored = SqliteJournal.open({ path });
    expect(restored.get(keyOf(1))?.state).toBe("fiscalized");
    expect(restored.get(keyOf(2))).toBeNull();
    restored.close();
  });

  it("say in one line what is wrong with a snapshot, and what a damaged journal needs", async () => {
    SqliteJournal.open({ path }).close();
    const before = readdirSync(dir);
    const error = await run("restore", "--from", join(dir, "no")).catch(
      (caught: unknown) => caught,
    );
    expect(explain(error)).toMatchObject({
      code: 78,
      line: expect.stringMatching(/не читается/) as string,
    });
    expect(readdirSync(dir)).toEqual(before);
    const same = await run("restore", "--from", path).catch((caught: unknown) => caught);
    expect(explain(same)).toMatchObject({ code: 1 });
    expect(existsSync(path)).toBe(true);
  });
});
