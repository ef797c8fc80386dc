/** Shift and X report on request of a person; errors become a `LaneRefusal` with Russian words. */
import {
  DeviceDoubt,
  DeviceRefusal,
  DeviceSetupError,
  type DeviceStatus,
  type ShiftDocument,
} from "../device/fiscal-device.ts";
import { sleep } from "../domain/clock.ts";
import type { Cashier } from "../domain/receipt.ts";
import {
  isLinkTrouble,
  LINK_TRIES,
  retryPause,
  takeDevice,
  whenPrinted,
  type LaneTools,
} from "./lane-tools.ts";
import { linkReason, REASONS, refusalReason } from "./reasons.ts";
import { LaneRefusal } from "./types.ts";

export class Operations {
  readonly #tools: LaneTools;

  constructor(tools: LaneTools) {
    this.#tools = tools;
  }

  openShift(cashier: Cashier): Promise<ShiftDocument> {
    return this.#guarded(async (status) => {
      if (status.shift.state === "expired") throw new LaneRefusal(REASONS.shiftExpired);
      if (status.shift.state === "open") throw new LaneRefusal(REASONS.shiftOpen);
      const { link, expectedInn } = this.#tools;
      const inn = expectedInn();
      if (inn !== null && link.info?.inn !== inn) throw new LaneRefusal(REASONS.otherInn);
      return this.#shift(() => this.#tools.shifts.open(status, cashier, "operator"));
    });
  }

  /** Also for an expired shift: it is the only way out of one. */
  closeShift(cashier: Cashier): Promise<ShiftDocument> {
    return this.#guarded(async (status) => {
      if (status.shift.state === "closed") throw new LaneRefusal(REASONS.shiftClosed);
      return this.#shift(() => this.#tools.shifts.close(status, cashier));
    });
  }

  printX(): Promise<void> {
    return this.#guarded(() => whenPrinted(this.#tools, () => this.#tools.link.device.printX()));
  }

  async #guarded<T>(run: (status: DeviceStatus) => Promise<T>): Promise<T> {
    const { link, log } = this.#tools;
    try {
      const result = await run(await this.#ready());
      await link
        .readStatus()
        .catch((error: unknown) => log("warn", "status not read", { error: String(error) }));
      return result;
    } catch (error) {
      if (isLinkTrouble(error)) await link.lost(error);
      throw asRefusal(error);
    }
  }

  async #ready(): Promise<DeviceStatus> {
    const status = await takeDevice(this.#tools);
    if (status.paper === "out" || status.paper === "out-while-printing") {
      throw new LaneRefusal(REASONS.noPaper);
    }
    return status;
  }

  /** A lost answer is read back at once; what stays open is settled by a later status. */
  async #shift(run: () => Promise<ShiftDocument>): Promise<ShiftDocument> {
    const { link, shifts, time, settings, log } = this.#tools;
    try {
      return await whenPrinted(this.#tools, run);
    } catch (error) {
      if (!(error instanceof DeviceDoubt)) throw error;
      await link.lost(error);
    }
    for (let tries = 0; tries < LINK_TRIES; tries += 1) {
      await sleep(time, retryPause(settings, tries));
      try {
        await link.connect();
        const document = await shifts.settle(await link.readStatus());
        if (document) return document;
        throw new LaneRefusal(REASONS.operationNotDone);
      } catch (error) {
        if (!isLinkTrouble(error)) throw error;
        log("warn", "shift not read back yet", { tries, error: String(error) });
        await link.lost(error);
      }
    }
    throw new LaneRefusal(REASONS.shiftInDoubt);
  }
}

function asRefusal(error: unknown): unknown {
  if (error instanceof DeviceRefusal) return new LaneRefusal(refusalReason(error));
  if (error instanceof DeviceSetupError) {
    return new LaneRefusal({ code: "setup_error", text: error.message });
  }
  return isLinkTrouble(error) ? new LaneRefusal(linkReason(error)) : error;
}
