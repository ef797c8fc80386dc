/** The ККТ's clock against the till's: shown, and put right between shifts. */
import { DeviceRefusal, type DeviceStatus } from "../device/fiscal-device.ts";
import { isoUtc, type Clock } from "../domain/clock.ts";
import { momentOfWall, wallOfMoment } from "../domain/wall-clock.ts";
import type { Journal } from "../journal/types.ts";
import type { DeviceLink } from "./device-link.ts";
import type { LaneLog } from "./lane-log.ts";

/** Less than this is left alone. */
const CORRECTED_MS = 10_000;
/** The ФН refuses documents from here on (17h, fiscal.md §6.1). */
const FN_LIMIT_MS = 5 * 60_000;
/** Refused before the ФН would. */
const REFUSED_MS = FN_LIMIT_MS - 30_000;

export class DeviceClock {
  readonly #link: DeviceLink;
  readonly #journal: Journal;
  readonly #clock: Clock;
  readonly #timezone: string;
  /** Something better than the till itself says that the till's clock is right. */
  readonly #trusted: () => boolean;
  readonly #log: LaneLog;
  #told = false;
  #reckoned: { readonly of: DeviceStatus; readonly ms: number } | null = null;

  constructor(
    link: DeviceLink,
    journal: Journal,
    clock: Clock,
    timezone: string,
    trusted: () => boolean,
    log: LaneLog,
  ) {
    this.#link = link;
    this.#journal = journal;
    this.#clock = clock;
    this.#timezone = timezone;
    this.#trusted = trusted;
    this.#log = log;
  }

  /** ККТ minus till at the last status, ms; null before the first contact. */
  driftMs(): number | null {
    const { status, statusAt } = this.#link;
    if (!status || statusAt === null) return null;
    // asked for with every change of the lane, reckoned once per status
    if (this.#reckoned?.of !== status) {
      const ms = momentOfWall(status.dateTime, this.#timezone) - Date.parse(statusAt);
      this.#reckoned = { of: status, ms };
    }
    return this.#reckoned.ms;
  }

  /** Writes once that the drift passed the ФН's limit, until it is small again. */
  watch(): void {
    const drift = this.driftMs();
    const far = drift !== null && Math.abs(drift) > FN_LIMIT_MS;
    if (far && !this.#told) this.#note("clock.device_drift", { drift_ms: drift });
    this.#told = far;
  }

  /** The ФН would refuse the sale (17h), and it is the ККТ's clock that is wrong. */
  isTooFar(): boolean {
    const drift = this.driftMs();
    return drift !== null && Math.abs(drift) >= REFUSED_MS && this.#trusted();
  }

  /**
   * Before a shift is opened, and by a till's clock that is borne out: a wrong one would take the
   * register so far from its ФН that nothing can be sold any more. Never back past the last
   * document: the ФН takes no time that goes back. A device that refuses keeps its clock.
   */
  async correct(status: DeviceStatus): Promise<void> {
    const drift = this.driftMs();
    if (drift === null || Math.abs(drift) < CORRECTED_MS || status.shift.state !== "closed") return;
    if (!this.#trusted()) return;
    const { device } = this.#link;
    const last = status.lastFd > 0 ? await device.findDocument(status.lastFd) : null;
    const wall = wallOfMoment(this.#clock.now(), this.#timezone);
    if (last !== null && wall.slice(0, 16) <= last.dateTime.slice(0, 16)) return;
    try {
      await device.setClock(wall);
      this.#note("clock.device_set", { from: status.dateTime, to: wall, drift_ms: drift });
    } catch (error) {
      if (!(error instanceof DeviceRefusal)) throw error;
      this.#log("warn", "the device keeps its clock", { error: String(error) });
    }
  }

  #note(kind: string, data: Readonly<Record<string, unknown>>): void {
    this.#journal.appendEvent(kind, null, data, isoUtc(this.#clock));
  }
}
