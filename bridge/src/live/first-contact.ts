/**
 * A register that has not answered once since the start: the port is wrong or the cable is out, and
 * a receipt would only wait for its screen to give up. Refused at once, the journal stays as it
 * was. One that was there and went away is waited for by the lane (UAT 05a).
 */
import type { Clock } from "../domain/clock.ts";
import type { LaneSnapshot } from "../fiscalization/types.ts";
import type { Reason } from "../journal/types.ts";

/** The first tries after a start may fail: a killed predecessor left the line in the middle, ms. */
const GRACE = 5_000;

export class FirstContact {
  readonly #clock: Clock;
  readonly #startedAt: number;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#startedAt = clock.monotonic();
  }

  /** Why no new receipt is taken; null when there is nothing against it here. */
  obstacle({ device, info }: Pick<LaneSnapshot, "device" | "info">): Reason | null {
    if (info !== null || device.state !== "unavailable" || device.reason === null) return null;
    if (this.#clock.monotonic() - this.#startedAt < GRACE) return null;
    return { code: "device_unavailable", text: device.reason };
  }
}
