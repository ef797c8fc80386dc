import fc from "fast-check";
import { expect, it } from "vitest";
import { momentOfWall, wallOfMoment } from "./wall-clock.ts";

it("reads the wall of a zone, with and without seconds", () => {
  expect(momentOfWall("2026-11-22T21:03:05", "Europe/Moscow")).toBe(
    Date.parse("2026-11-22T18:03:05Z"),
  );
  expect(momentOfWall("2026-11-22T21:03", "Asia/Vladivostok")).toBe(
    Date.parse("2026-11-22T11:03:00Z"),
  );
});

it("goes there and back in a zone without summer time", () => {
  fc.assert(
    fc.property(fc.integer({ min: 1_600_000_000, max: 1_900_000_000 }), (seconds) => {
      const wall = wallOfMoment(seconds * 1000, "Europe/Moscow");
      expect(momentOfWall(wall, "Europe/Moscow")).toBe(seconds * 1000);
    }),
  );
});
