import fc from "fast-check";
import { expect, it } from "vitest";
import { commandBody } from "./commands/command.ts";
import { COMMANDS } from "./commands/index.ts";
import { describeFrame } from "./describe.ts";
import { encodeFrame } from "./frame.ts";

it("never throws, whatever the bytes", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 80 }), (bytes) => {
      JSON.stringify(describeFrame(bytes));
    }),
  );
});

it("describes any payload of any command as plain data", () => {
  const code = fc.constantFrom(...COMMANDS.map((command) => command.code), 0x77, 0xff99);
  const kind = fc.constantFrom("request" as const, "response" as const, undefined);
  fc.assert(
    fc.property(code, fc.uint8Array({ maxLength: 120 }), kind, (command, payload, asked) => {
      const described = describeFrame(encodeFrame(commandBody(command, payload)), asked);
      expect(described).toMatchObject({ framing: "v1", checksumOk: true });
      expect(JSON.parse(JSON.stringify(described))).toEqual(described);
      if (asked) expect(described?.kind).toBe(asked);
    }),
    { numRuns: 400 },
  );
});
