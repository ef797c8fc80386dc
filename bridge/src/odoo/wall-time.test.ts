import { describe, expect, it } from "vitest";
import { utcOfWall } from "./wall-time.ts";

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
