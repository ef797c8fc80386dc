import { readdirSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { WireReader } from "../binary.ts";
import { commandBody, commandName, splitBody } from "./command.ts";
import { commandByCode, COMMANDS } from "./index.ts";

describe("the registry", () => {
  it("has every code once", () => {
    expect(new Set(COMMANDS.map(({ code }) => code)).size).toBe(COMMANDS.length);
    for (const command of COMMANDS) expect(commandByCode(command.code)).toBe(command);
    expect(commandByCode(0xff99)).toBeNull();
  });

  it("has a test beside every command", () => {
    const names = readdirSync(import.meta.dirname);
    const shared = [
      "cash-request.ts",
      "command.ts",
      "date-request.ts",
      "index.ts",
      "shift-document.ts",
      "tlv-request.ts",
    ];
    const sources = names.filter((name) => name.endsWith(".ts") && !name.endsWith(".test.ts"));
    const commands = sources.filter((name) => !shared.includes(name));
    expect(commands).toHaveLength(COMMANDS.length);
    expect(commands.filter((name) => !names.includes(name.replace(".ts", ".test.ts")))).toEqual([]);
  });

  it("never signs, prints or closes anything by a command that may be repeated", () => {
    const once = COMMANDS.filter(({ safety }) => safety === "document").map(({ code }) => code);
    expect(once.map(commandName).sort()).toEqual(
      ["40", "41", "50", "51", "8C", "B0", "E0", "FF0B", "FF38", "FF43", "FF45"].sort(),
    );
  });

  it("reads short payloads without anything but a format error", () => {
    for (const command of COMMANDS) {
      for (let length = 0; length < 4; length += 1) {
        const payload = new Uint8Array(length).fill(7);
        for (const read of [
          () => command.decodeAnswer(new WireReader(payload)),
          () => command.decodeRequest(new WireReader(payload)),
        ]) {
          try {
            read();
          } catch (error) {
            expect(error).toMatchObject({ name: "WireFormatError" });
          }
        }
      }
    }
  });
});

it("splits what it joins", () => {
  for (const code of [0x8d, 0xff45]) {
    const body = commandBody(code, Uint8Array.of(1, 2));
    expect(splitBody(body)).toEqual({ code, payload: Uint8Array.of(1, 2) });
  }
  expect(splitBody(Uint8Array.of(0xff))).toBeNull();
  expect(splitBody(new Uint8Array())).toBeNull();
});
