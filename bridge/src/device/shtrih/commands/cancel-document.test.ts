import { expect, it } from "vitest";
import { cancelDocument } from "./cancel-document.ts";
import { loggedBody, readAnswer, readRequest, requestHex } from "./testing/wire.ts";

it("writes and reads the request of a real log", () => {
  expect(requestHex(cancelDocument, { password: 30 })).toBe(loggedBody("FF08 cancel FN doc"));
  expect(readRequest(cancelDocument, loggedBody("FF08 cancel FN doc"))).toEqual({ password: 30 });
});

it("reads the answer", () => {
  expect(readAnswer(cancelDocument, "ff08 00")).toEqual({});
});
