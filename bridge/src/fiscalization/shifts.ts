/** The shift: opened as an operation of its own, with the ККТ's clock put right before; 24 h long. */
import type { DeviceStatus } from "../device/fiscal-device.ts";
import { momentOfWall } from "../domain/wall-clock.ts";
import type { Journal } from "../journal/types.ts";
import { DOCUMENT_TYPES } from "./operation-log.ts";
import type { DeviceLink } from "./device-link.ts";

/** The ФН takes documents for 24 h after the opening (fiscal.md §6.1). */
const SHIFT_MS = 24 * 3_600_000;
/** A receipt that begins later may not end inside the shift. */
const LAST_MINUTES_MS = 2 * 60_000;
/** How far back the opening is looked for in the ФН, per look. */
const LOOK_BACK = 20;

interface OpenedShift {
  readonly fn: string;
  readonly shift: number;
  /** Wall time of the opening, `YYYY-MM-DDTHH:MM`; null: the ФН can't tell any more. */
  readonly wall: string | null;
}

export interface ShiftTimes {
  /** ISO UTC. */
  readonly openedAt: string;
  readonly closesBy: string;
}

export const SHIFT_SETTING = "lane.shift";

export class Shifts {
  readonly #journal: Journal;
  readonly #link: DeviceLink;
  readonly #timezone: string;
  #opened: OpenedShift | null = null;
  /** The next document to look at for the opening. */
  #back: number | null = null;
  #told: { readonly wall: string; readonly times: ShiftTimes } | null = null;

  constructor(journal: Journal, link: DeviceLink, timezone: string) {
    this.#journal = journal;
    this.#link = link;
    this.#timezone = timezone;
  }

  load(): void {
    const saved = this.#journal.getSetting(SHIFT_SETTING);
    this.#opened = saved === null ? null : (JSON.parse(saved) as OpenedShift);
  }

  /** The open shift in time; null while closed or its opening isn't known. */
  times(): ShiftTimes | null {
    const { status } = this.#link;
    const wall = status && this.#wallOf(status);
    if (!wall) return null;
    if (this.#told?.wall !== wall) {
      const opened = momentOfWall(wall, this.#timezone);
      const [openedAt, closesBy] = [opened, opened + SHIFT_MS].map(iso) as [string, string];
      this.#told = { wall, times: { openedAt, closesBy } };
    }
    return this.#told.times;
  }

  /** By the ККТ's own clock: over, or so near the end that no receipt may begin. */
  isDue(status: DeviceStatus): boolean {
    if (status.shift.state === "expired") return true;
    const wall = this.#wallOf(status);
    if (!wall) return false;
    const since = wallMs(status.dateTime) - wallMs(wall);
    return since >= SHIFT_MS - LAST_MINUTES_MS;
  }

  /** The opening is told by the operation that made it; else looked for in the ФН, bit by bit. */
  async learn(status: DeviceStatus): Promise<void> {
    if (status.shift.state === "closed" || this.#knows(status)) return;
    const { device } = this.#link;
    const from = Math.min(this.#back ?? status.lastFd, status.lastFd);
    const until = Math.max(from - LOOK_BACK, 0);
    for (let fd = from; fd > until; fd -= 1) {
      const found = await device.findDocument(fd);
      if (found === null) return this.#keep(status, null);
      if (found.documentType === DOCUMENT_TYPES.shift_close) return this.#keep(status, null);
      if (found.documentType === DOCUMENT_TYPES.shift_open) {
        return this.#keep(status, found.dateTime);
      }
    }
    this.#back = until;
    if (until === 0) this.#keep(status, null);
  }

  opened(fn: string, shift: number, wall: string): void {
    this.#save({ fn, shift, wall: wall.slice(0, 16) });
  }

  #keep(status: DeviceStatus, wall: string | null): void {
    this.#save({ fn: status.fn, shift: status.shift.number, wall });
  }

  #save(opened: OpenedShift): void {
    this.#opened = opened;
    this.#back = null;
    this.#journal.setSetting(SHIFT_SETTING, JSON.stringify(opened));
  }

  #knows({ fn, shift }: DeviceStatus): boolean {
    return this.#opened?.fn === fn && this.#opened.shift === shift.number;
  }

  #wallOf(status: DeviceStatus): string | null {
    if (status.shift.state === "closed" || !this.#knows(status)) return null;
    return this.#opened?.wall ?? null;
  }
}

function iso(moment: number): string {
  return new Date(moment).toISOString();
}

/** Wall times of one clock, read as UTC only to subtract. */
function wallMs(wall: string): number {
  return Date.parse(`${wall.length === 16 ? `${wall}:00` : wall}Z`);
}
