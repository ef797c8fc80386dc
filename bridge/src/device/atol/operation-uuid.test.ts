import { expect, it } from "vitest";
import { operationUuid } from "./operation-uuid.ts";

it("makes a uuid that follows from order and attempt", () => {
  expect(operationUuid("a:1")).toMatch(
    /^[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/,
  );
  expect(operationUuid("a:1")).toBe(operationUuid("a:1"));
  expect(operationUuid("a:1")).not.toBe(operationUuid("a:2"));
});
