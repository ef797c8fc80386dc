import { describe, expect, it } from "vitest";
import { z } from "zod";
import { DurableSetting } from "./durable-setting.ts";

describe("durable setting", () => {
  it("reads what it wrote, and nothing of what it can't understand", () => {
    const store = new Map<string, string>();
    const setting = new DurableSetting(
      {
        getSetting: (name) => store.get(name) ?? null,
        setSetting: (name, value) => void store.set(name, value),
      },
      "x",
      z.object({ n: z.int() }),
    );
    expect(setting.read()).toBeNull();
    setting.write({ n: 5 });
    expect(setting.read()).toEqual({ n: 5 });
    for (const rubbish of ["{", '{"n":"5"}', "null"]) {
      store.set("x", rubbish);
      expect(setting.read()).toBeNull();
    }
  });
});
