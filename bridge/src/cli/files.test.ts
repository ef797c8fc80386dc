import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { ConfigError } from "../config/config-error.ts";
import { JournalError } from "../journal/journal-error.ts";
import { checkLogFile, openJournal } from "./files.ts";

describe("files of the configuration", () => {
  let folder: string;
  beforeEach(() => (folder = mkdtempSync(join(tmpdir(), "files-"))));
  afterEach(() => rmSync(folder, { recursive: true }));

  const open = (path: string) =>
    openJournal({ journal: { path }, buffer: { capacity: 200 } }, () => undefined);

  it("are made with their folders", () => {
    open(join(folder, "a", "b", "journal.sqlite")).close();
    checkLogFile({ log: { level: "info", file: join(folder, "c", "bridge.log") } });
    checkLogFile({ log: { level: "info" } });
  });

  it("are refused in one line that names the key", () => {
    const blocked = join(folder, "file");
    writeFileSync(blocked, "");
    mkdirSync(join(folder, "folder"));
    const log = (file: string) => () => checkLogFile({ log: { level: "info", file } });
    expect(log(join(blocked, "x.log"))).toThrow(
      /^log\.file = ".*": cannot be opened \((ENOTDIR|EEXIST)\)$/,
    );
    expect(log(join(folder, "folder"))).toThrow(ConfigError);
    expect(() => open(join(blocked, "journal"))).toThrow(/^journal\.path = .*ENOTDIR|EEXIST/);
    expect(() => open(join(folder, "folder"))).toThrow(/^журнал .*folder/);
  });

  it("leaves the journal's own complaints as they are", () => {
    const path = join(folder, "journal.sqlite");
    writeFileSync(path, "this is no database, and it is long enough to be seen as one ".repeat(50));
    expect(() => open(path)).toThrow(JournalError);
  });
});
