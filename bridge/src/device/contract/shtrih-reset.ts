/**
 * A register that loses its power for a moment in mid-receipt, after the answer to any command: what
 * it signs afterwards is the whole receipt or nothing.
 */
import { afterEach, describe, expect, it } from "vitest";
import {
  DeviceDoubt,
  DeviceLinkError,
  DeviceRefusal,
  type FiscalDevice,
} from "../fiscal-device.ts";
import { CASHIER, operationId, SALE, SALE_TOTAL, UUID } from "./receipts.ts";
import { registerFault } from "./stands/register.ts";
import type { ShtrihRig, ShtrihStand } from "./stands/shtrih-v1.ts";

const COMMANDS = [0x8d, 0xff46, 0xff4d, 0xff0c, 0x89, 0xff01] as const;
/** ms without power: shorter than any patience of the line, and longer. */
const DARK = [1, 400] as const;
/** How long a busy machine is given, ms. */
const PATIENCE = 20_000;

export function shtrihResetContract(stand: ShtrihStand): void {
  describe(`${stand.name}: a reset in mid-receipt`, () => {
    let rig: ShtrihRig;
    let device: FiscalDevice;

    afterEach(async () => {
      await device.disconnect();
      await rig.stop();
    });

    /** As the lane does: anew after a lost link or a line that was too slow. */
    async function anew<T>(work: () => Promise<T | null>): Promise<T> {
      const deadline = performance.now() + PATIENCE;
      for (;;) {
        try {
          const done = await work();
          if (done !== null) return done;
        } catch (error) {
          const known =
            error instanceof DeviceLinkError ||
            error instanceof DeviceDoubt ||
            error instanceof DeviceRefusal;
          if (!known || performance.now() > deadline) throw error;
        }
      }
    }

    /** Until it is closed, or a person must look because it may be. */
    function sell(): Promise<number> {
      return anew(async () => {
        if ((await lastReceipts()).length > 0) return -1;
        await device.connect();
        if ((await device.status()).documentOpen) await device.cancelReceipt();
        await device.beginReceipt(SALE);
        return (await device.closeReceipt(SALE, operationId(SALE))).fd;
      });
    }

    async function lastReceipts() {
      return (await rig.ledger()).filter(({ type }) => type === 3);
    }

    const cases = COMMANDS.flatMap((command) =>
      [0, 1, 2, 3, 4].flatMap((skip) => DARK.map((ms) => ({ command, skip, ms }))),
    );

    it.each(cases)("after command $command, skip $skip, dark $ms ms", async (fault) => {
      const { command, skip, ms } = fault;
      rig = await stand.start();
      device = rig.device;
      await anew(async () => {
        await device.connect();
        if ((await device.status()).shift.state === "open") return true;
        await device.openShift(CASHIER);
        return null;
      });
      const cut = { kind: "power-cut", when: "after-answer", powerOnAfterMs: ms } as const;
      rig.kkt.device.addFault(registerFault({ ...cut, command, skip }));
      await sell();
      const receipts = await lastReceipts();
      expect(receipts).toMatchObject([{ sum: SALE_TOTAL, marker: UUID }]);
      const items = receipts[0]?.tlv.filter(({ tag }) => tag === 1059) ?? [];
      expect(items).toHaveLength(SALE.items.length);
    });
  });
}
