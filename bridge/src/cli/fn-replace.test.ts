import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { ScriptedDevice } from "../device/testing/scripted-device.ts";
import { ManualTime } from "../domain/testing/manual-time.ts";
import { SqliteJournal } from "../journal/sqlite-journal.ts";
import { fiscalize } from "../journal/testing/fill.ts";
import { replaceFn } from "./fn-replace.ts";

const NEW_FN = "9999078900000999";

describe("replacement of the ФН", () => {
  const time = new ManualTime();
  let dir: string;
  let journal: SqliteJournal;
  let device: ScriptedDevice;
  let printed: string[];

  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), "fn-replace-"));
    journal = SqliteJournal.open({ path: join(dir, "journal.sqlite") });
    device = new ScriptedDevice(time);
    device.shift = { state: "closed", number: 12, receipt: 0 };
    printed = [];
  });
  afterEach(() => {
    journal.close();
    rmSync(dir, { recursive: true });
  });

  /** @param answers to the questions in turn; what a person does meanwhile comes with them */
  const run = (...answers: (string | null | (() => string))[]): Promise<void> =>
    replaceFn({
      ...{ device, journal, clock: time, print: (line) => printed.push(line) },
      ask: () => {
        const answer = answers.shift() ?? null;
        return Promise.resolve(typeof answer === "function" ? answer() : answer);
      },
    });

  it("goes step by step and leaves its event", async () => {
    const old = device.fn;
    await run("да", "да", () => {
      device.fn = NEW_FN;
      return "да";
    });
    const text = printed.join("\n");
    for (const step of [1, 2, 3, 4]) expect(text).toContain(`Шаг ${step} из 4`);
    expect(text).toContain(`Ещё нет: в кассе прежний ФН ${old}`);
    expect(text).toContain(`Новый ФН ${NEW_FN}`);
    expect(journal.events({ limit: 1 })[0]).toMatchObject({
      kind: "fn.replaced",
      data: { old, new: NEW_FN },
    });
  });

  it("is refused while the old ФН or the journal holds what the ОФД does not have", async () => {
    device.shift = { ...device.shift, state: "open" };
    fiscalize(journal, 1, 101, device.fn);
    await expect(run("да", "да")).rejects.toThrow(
      /ФН заменять нельзя: .*без подтверждения ОФД: 1; смена не закрыта/,
    );
    expect(journal.events({ limit: 9 }).some(({ kind }) => kind === "fn.replaced")).toBe(false);
  });

  it.each([
    ["no", ["нет"]],
    ["nobody there", [null]],
    ["no at the end", ["да", "нет"]],
  ])("ends with %s", async (_name, answers) => {
    await expect(run(...answers)).rejects.toThrow(/прервана/);
    expect(journal.events({ limit: 9 })).toEqual([]);
  });

  it("refuses a register of another owner", async () => {
    await expect(
      run("да", () => {
        device.fn = NEW_FN;
        device.inn = "7700000000";
        return "да";
      }),
    ).rejects.toThrow(/прервана/);
    expect(printed.join("\n")).toMatch(/ИНН 7700000000, а была на/);
  });
});
