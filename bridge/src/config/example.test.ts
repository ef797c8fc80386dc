import { readFileSync } from "node:fs";
import { parse } from "smol-toml";
import { describe, expect, it } from "vitest";
import { sectionKeys, sectionNames } from "./describe.ts";
import type { RawConfig } from "./environment.ts";
import { loadConfig, parseConfig } from "./load.ts";

const path = new URL("../../config.example.toml", import.meta.url).pathname;
const source = readFileSync(path, "utf8");

describe("config.example.toml", () => {
  it("is a valid configuration", () => {
    expect(loadConfig(path, {}).till.code).toBe("T1");
  });

  it("names every key, and shows the defaults as they are", () => {
    const raw = parse(source) as RawConfig;
    const config = parseConfig(raw, {});
    for (const section of sectionNames()) {
      const part = source.split(`[${section}]\n`)[1]?.split("\n[")[0] ?? "";
      for (const key of sectionKeys(section)!) {
        expect(part, `${section}.${key}`).toMatch(new RegExp(`^(# )?${key} = `, "m"));
        const shown = new RegExp(`^# ${key} = ("[^"]*"|\\d+|true|false)`, "m").exec(part)?.[1];
        const value = (config[section as keyof typeof config] as Record<string, unknown>)[key];
        if (shown !== undefined && value !== undefined) expect(JSON.stringify(value)).toBe(shown);
      }
    }
  });
});
