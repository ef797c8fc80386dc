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

export function shtrihResetContract(stand: ShtrihStand): void {
  describe(`${stand.name}: a reset in mid-receipt`, () => {
    let rig: ShtrihRig;
    let device: FiscalDevice;

    afterEach(async () => {
      await device.disconnect();
      await rig.stop();
    });

    /** As the lane does: anew after a lost link, until it is closed or a person must look. */
    async function sell(): Promise<number> {
      for (let attempt = 1; attempt <= 5; attempt += 1) {
        try {
          await device.connect();
          if ((await device.status()).documentOpen) await device.cancelReceipt();
          await device.beginReceipt(SALE);
          return (await device.closeReceipt(SALE, operationId(SALE))).fd;
        } catch (error) {
          const known =
            error instanceof DeviceLinkError ||
            error instanceof DeviceDoubt ||
            error instanceof DeviceRefusal;
          if (!known) throw error;
          if ((await lastReceipts()).length > 0) return -1;
        }
      }
      throw new Error("not sold in five attempts");
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
      await device.connect();
      await device.openShift(CASHIER);
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
