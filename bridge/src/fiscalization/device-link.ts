/** The connection to the device and what was last known of it. */
import {
  DeviceSetupError,
  type DeviceInfo,
  type DeviceStatus,
  type FiscalDevice,
} from "../device/fiscal-device.ts";
import { isoUtc, type Clock } from "../domain/clock.ts";
import type { LaneLog } from "./lane-log.ts";
import { linkReason } from "./reasons.ts";

export interface LinkFault {
  readonly state: "unavailable" | "setup_error";
  /** Russian. */
  readonly text: string;
}

export class DeviceLink {
  readonly device: FiscalDevice;
  readonly #clock: Clock;
  readonly #log: LaneLog;
  readonly #changed: () => void;
  #connected = false;
  #fault: LinkFault | null = null;
  #info: DeviceInfo | null = null;
  #status: DeviceStatus | null = null;
  #statusAt: string | null = null;

  constructor(device: FiscalDevice, clock: Clock, log: LaneLog, changed: () => void) {
    this.device = device;
    this.#clock = clock;
    this.#log = log;
    this.#changed = changed;
  }

  get connected(): boolean {
    return this.#connected;
  }
  get fault(): LinkFault | null {
    return this.#fault;
  }
  /** Last known, also while the link is down. */
  get info(): DeviceInfo | null {
    return this.#info;
  }
  get status(): DeviceStatus | null {
    return this.#status;
  }
  get statusAt(): string | null {
    return this.#statusAt;
  }

  /** Connects if needed. @throws whatever the driver throws, after noting the fault */
  async connect(): Promise<DeviceInfo> {
    if (this.#connected && this.#info) return this.#info;
    try {
      this.#info = await this.device.connect();
      this.#connected = true;
      this.#fault = null;
      this.#log("info", "device connected", { serial: this.#info.serial, fn: this.#info.fn });
      this.#changed();
      return this.#info;
    } catch (error) {
      await this.lost(error);
      throw error;
    }
  }

  async readStatus(): Promise<DeviceStatus> {
    const status = await this.device.status();
    this.#status = status;
    this.#statusAt = isoUtc(this.#clock);
    this.#changed();
    return status;
  }

  /** The next `connect` begins anew. Never throws. */
  async lost(error: unknown): Promise<void> {
    const setup = error instanceof DeviceSetupError;
    const { text } = setup ? { text: error.message } : linkReason(error);
    const before = this.#fault;
    this.#connected = false;
    this.#fault = { state: setup ? "setup_error" : "unavailable", text };
    if (before?.text !== text) {
      this.#log("warn", "device lost", { error: String(error) });
      this.#changed();
    }
    await this.leave();
  }

  /** Closes the transport. Never throws. */
  async leave(): Promise<void> {
    this.#connected = false;
    try {
      await this.device.disconnect();
    } catch (error) {
      this.#log("warn", "disconnect failed", { error: String(error) });
    }
  }
}
