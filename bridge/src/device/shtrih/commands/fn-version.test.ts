import { expect, it } from "vitest";
import { fnVersion } from "./fn-version.ts";
import { readAnswer, readRequest, requestHex } from "./testing/wire.ts";

it("writes and reads the request", () => {
  const request = { password: 30 };
  expect(requestHex(fnVersion, request)).toBe("ff041e000000");
  expect(readRequest(fnVersion, "ff041e000000")).toEqual(request);
});

it("reads the answer", () => {
  expect(readAnswer(fnVersion, "ff04 00 666e5f656d75207620312e3220202020 01")).toEqual({
    version: "fn_emu v 1.2",
    production: true,
  });
});
