import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { momentOfWall, wallOfMoment, utcOfWall } from "./wall-clock.ts";

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

describe("wall time of the ФН", () => {
  it.each([
    ["2026-11-22T21:03", "Europe/Moscow", "2026-11-22T18:03:00Z"],
    ["2026-11-22T00:30", "Asia/Kamchatka", "2026-11-21T12:30:00Z"],
    ["2026-11-22T21:03", "UTC", "2026-11-22T21:03:00Z"],
    ["2026-07-01T12:00", "Europe/Berlin", "2026-07-01T10:00:00Z"],
    // repeated hour: the first, still summer time
    ["2026-10-25T02:30", "Europe/Berlin", "2026-10-25T00:30:00Z"],
    // right after the change
    ["2026-10-25T03:30", "Europe/Berlin", "2026-10-25T02:30:00Z"],
    // skipped hour
    ["2026-03-29T02:30", "Europe/Berlin", "2026-03-29T01:30:00Z"],
  ])("%s in %s is %s", (wall, zone, utc) => {
    expect(utcOfWall(wall, zone)).toBe(utc);
  });
});
