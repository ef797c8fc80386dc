/** Operations on request of a person; errors become a `LaneRefusal` with Russian words. */
import {
  DeviceDoubt,
  DeviceRefusal,
  DeviceSetupError,
  type DeviceStatus,
} from "../device/fiscal-device.ts";
import { sleep } from "../domain/clock.ts";
import { isInDoubt } from "../journal/operation-book.ts";
import type { StoredOperation } from "../journal/types.ts";
import {
  isLinkTrouble,
  LINK_TRIES,
  retryPause,
  takeDevice,
  whenPrinted,
  type LaneTools,
} from "./lane-tools.ts";
import { bodyHash } from "./operation-log.ts";
import { linkReason, paperReason, REASONS, refusalReason } from "./reasons.ts";
import { runOnce } from "./run-once.ts";
import { openShiftOnce } from "./shift-operations.ts";
import { LaneRefusal, type OperationRequest } from "./types.ts";

interface Underway {
  readonly hash: string;
  readonly row: Promise<StoredOperation>;
}

export class Operations {
  readonly #tools: LaneTools;
  readonly #underway = new Map<string, Underway>();

  constructor(tools: LaneTools) {
    this.#tools = tools;
  }

  /**
   * Runs it unless its key is known or under way.
   * @param withDevice gives the device, or refuses
   * @throws LaneRefusal idempotency_key_reused, or why it was refused
   */
  async once(
    key: string,
    request: OperationRequest,
    withDevice: (run: () => Promise<StoredOperation>) => Promise<StoredOperation>,
  ): Promise<StoredOperation> {
    const hash = bodyHash({ ...request });
    const underway = this.#underway.get(key);
    const known = underway ? null : this.#tools.operations.find(key);
    if ((underway?.hash ?? known?.bodyHash ?? hash) !== hash) {
      throw new LaneRefusal(REASONS.keyReused);
    }
    if (underway) return underway.row;
    if (known) return answered(known);
    const row = withDevice(() => this.#run(key, request));
    this.#underway.set(key, { hash, row });
    try {
      return await row;
    } finally {
      this.#underway.delete(key);
    }
  }

  /**
   * Cash whose answer was lost is done: a person saw its slip. Once; needs no device.
   * @returns the operation, still open where it is being read back
   * @throws LaneRefusal operation_unknown, idempotency_key_reused (no cash), or why it was refused
   */
  attest(key: string, by: string): StoredOperation {
    const { operations } = this.#tools;
    const row = operations.find(key);
    if (row === null) throw new LaneRefusal(REASONS.operationUnknown);
    if (row.kind !== "cash_in" && row.kind !== "cash_out") throw new LaneRefusal(REASONS.keyReused);
    return isInDoubt(row) ? operations.attested(row, by) : answered(row);
  }

  /** The caller has the device. @throws LaneRefusal */
  async #run(key: string, request: OperationRequest): Promise<StoredOperation> {
    const { link, log } = this.#tools;
    try {
      const status = await this.#ready(request);
      const row = await this.#command(key, request, status);
      await link
        .readStatus()
        .catch((error: unknown) => log("warn", "status not read", { error: String(error) }));
      return row;
    } catch (error) {
      if (isLinkTrouble(error)) await link.lost(error);
      if (!isAnswerLost(error) || !this.#isOpen(key)) throw asRefusal(error);
      return answered(await this.#readBack(key));
    }
  }

  async #ready(request: OperationRequest): Promise<DeviceStatus> {
    const status = await takeDevice(this.#tools);
    const noPaper = paperReason(status.paper);
    if (noPaper) throw new LaneRefusal(noPaper);
    const { state } = status.shift;
    if (request.kind === "shift_open") {
      if (state === "expired") throw new LaneRefusal(REASONS.shiftExpired);
      if (state === "open") throw new LaneRefusal(REASONS.shiftOpen);
      const { link, expectedInn } = this.#tools;
      const inn = expectedInn();
      if (inn !== null && link.info?.inn !== inn) throw new LaneRefusal(REASONS.otherInn);
    }
    // Z also for an expired shift: it is the only way out of one
    if (request.kind === "shift_close" && state === "closed") {
      throw new LaneRefusal(REASONS.shiftClosed);
    }
    return status;
  }

  #command(key: string, request: OperationRequest, status: DeviceStatus): Promise<StoredOperation> {
    const tools = this.#tools;
    const { device } = tools.link;
    const once = (command: () => Promise<Readonly<Record<string, unknown>>>) =>
      runOnce(tools, key, request.kind, { ...request }, status, () => whenPrinted(tools, command));
    switch (request.kind) {
      case "shift_open":
        return openShiftOnce(tools, key, request.cashier, "operator", status);
      case "shift_close":
        return once(async () => {
          const { shift, fd, fp } = await device.closeShift(request.cashier);
          return { shift, fd, fp };
        });
      case "calculations":
        return once(async () => ({ ...(await device.reportCalculations(request.cashier)) }));
      case "cash_in":
      case "cash_out":
        return once(async () => {
          const direction = request.kind === "cash_in" ? "in" : "out";
          await device.moveCash(direction, request.kopecks, request.cashier);
          return {};
        });
      case "x_report":
        return once(async () => {
          await device.printX();
          return {};
        });
      case "copy":
        return once(async () => {
          await device.printCopy();
          return {};
        });
    }
  }

  /** At once while the link comes back soon; what stays open is settled by a later status. */
  async #readBack(key: string): Promise<StoredOperation> {
    const { link, time, settings, log } = this.#tools;
    for (let tries = 0; tries < LINK_TRIES && this.#isOpen(key); tries += 1) {
      await sleep(time, retryPause(settings, tries));
      try {
        await takeDevice(this.#tools);
      } catch (error) {
        log("warn", "operation not read back yet", { tries, error: String(error) });
        if (isLinkTrouble(error)) await link.lost(error);
      }
    }
    return this.#tools.operations.find(key)!;
  }

  #isOpen(key: string): boolean {
    const state = this.#tools.operations.find(key)?.state;
    return state === "begun" || state === "unknown";
  }
}

/** @throws LaneRefusal for an operation that was refused */
function answered(row: StoredOperation): StoredOperation {
  if (row.state === "refused") throw new LaneRefusal(row.reason ?? REASONS.operationNotDone);
  return row;
}

function isAnswerLost(error: unknown): boolean {
  return error instanceof DeviceDoubt || error instanceof DeviceRefusal;
}

function asRefusal(error: unknown): unknown {
  if (error instanceof DeviceRefusal) return new LaneRefusal(refusalReason(error));
  if (error instanceof DeviceSetupError) {
    return new LaneRefusal({ code: "setup_error", text: error.message });
  }
  return isLinkTrouble(error) ? new LaneRefusal(linkReason(error)) : error;
}
