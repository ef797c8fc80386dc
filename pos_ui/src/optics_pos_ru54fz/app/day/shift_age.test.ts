import { expect, it } from "vitest";
import { shiftAge, type ShiftView } from "./shift_age.ts";

const open: ShiftView = { state: "open", number: 12, closes_by: "2026-11-23T09:00:00Z" };
const at = (time: string) => Date.parse(`2026-11-23T${time}Z`);

it("is quiet without a shift, with a closed one, and long before the end", () => {
  expect(shiftAge(null, at("08:59:00")).kind).toBe("quiet");
  expect(shiftAge({ ...open, state: "closed" }, at("08:59:00")).kind).toBe("quiet");
  expect(shiftAge(open, at("07:59:59")).kind).toBe("quiet");
  expect(shiftAge({ ...open, closes_by: null }, at("08:59:00")).kind).toBe("quiet");
});

it("proposes the Z report in the last hour", () => {
  expect(shiftAge(open, at("08:00:00"))).toEqual({ kind: "due", minutes: 60 });
  expect(shiftAge(open, at("08:58:30"))).toEqual({ kind: "due", minutes: 2 });
});

it("says when the shift is over", () => {
  expect(shiftAge(open, at("09:00:00")).kind).toBe("over");
  expect(shiftAge({ ...open, state: "expired", closes_by: null }, at("01:00:00")).kind).toBe(
    "over",
  );
});
