/** Keeps the link up and the status fresh while nobody else uses the device. */
import type { Journal } from "../journal/types.ts";
import type { DeviceLock } from "./device-lock.ts";
import { readOneDocument } from "./document-reader.ts";
import type { LaneBoard } from "./lane-board.ts";
import { isLinkTrouble, retryPause, takeDevice, type LaneTools } from "./lane-tools.ts";

/** Documents read back between two looks at the device. */
const DOCUMENTS_PER_TURN = 20;

export class DeviceKeeper {
  readonly #tools: LaneTools;
  readonly #lock: DeviceLock;
  readonly #board: LaneBoard;
  readonly #journal: Journal;
  #running = false;
  #tries = 0;
  #cancel: () => void = () => undefined;

  constructor(tools: LaneTools, lock: DeviceLock, board: LaneBoard, journal: Journal) {
    this.#journal = journal;
    this.#tools = tools;
    this.#lock = lock;
    this.#board = board;
  }

  start(): void {
    this.#running = true;
    this.#schedule(0);
  }

  stop(): void {
    this.#running = false;
    this.#cancel();
  }

  #schedule(ms: number): void {
    this.#cancel = this.#tools.time.after(ms, () => {
      void this.#turn().then((next) => {
        if (this.#running) this.#schedule(next);
      });
    });
  }

  /** Never throws; resolves with the pause before the next turn, ms. */
  async #turn(): Promise<number> {
    const { link, settings, log } = this.#tools;
    try {
      await this.#look();
      await this.#readDocuments();
    } catch (error) {
      if (isLinkTrouble(error)) await link.lost(error);
      else log("warn", "status not read", { error: String(error) });
    }
    this.#tries = link.connected ? 0 : this.#tries + 1;
    return link.connected ? settings.statusIntervalMs : retryPause(settings, this.#tries);
  }

  async #look(): Promise<void> {
    // a receipt looks for itself, and in doubt nobody but the recovery may ask the device
    if (this.#board.state !== "idle") return;
    const release = await this.#lock.acquire("relay");
    try {
      if (this.#board.state === "idle" && this.#running) await takeDevice(this.#tools);
    } finally {
      release();
    }
  }

  /** One by one, so that a receipt never waits for more than one. */
  async #readDocuments(): Promise<void> {
    for (let read = 0; read < DOCUMENTS_PER_TURN; read += 1) {
      if (this.#board.state !== "idle" || !this.#tools.link.connected) return;
      const release = await this.#lock.acquire("relay");
      try {
        if (this.#board.state !== "idle" || !this.#running) return;
        if (!(await readOneDocument(this.#tools, this.#journal))) return;
      } finally {
        release();
      }
    }
  }
}
