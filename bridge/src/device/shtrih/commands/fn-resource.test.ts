import { expect, it } from "vitest";
import { fnResource } from "./fn-resource.ts";
import { readAnswer, readRequest, requestHex } from "./testing/wire.ts";

it("writes and reads the request", () => {
  const request = { password: 30 };
  expect(requestHex(fnResource, request)).toBe("ff631e000000");
  expect(readRequest(fnResource, "ff631e000000")).toEqual(request);
});

it("reads the answer", () => {
  expect(readAnswer(fnResource, "ff63 00 90d00300 00000400")).toEqual({
    documentsLeft: 250_000,
    freeKilobytes: 262_144,
  });
});
