/** What numbered packets promise beyond the contract: a lost message costs time, never doubt. */
import { afterEach, describe, expect, it } from "vitest";
import type { FiscalDevice } from "../fiscal-device.ts";
import { CASHIER, operationId, SALE, SALE_CHANGE, SALE_TOTAL } from "./receipts.ts";
import { registerFault } from "./stands/register.ts";
import type { ShtrihRig, ShtrihStand } from "./stands/shtrih-v1.ts";

export function shtrihPacketContract(stand: ShtrihStand): void {
  describe(`${stand.name}: the packets`, () => {
    let rig: ShtrihRig;
    let device: FiscalDevice;

    async function ready(): Promise<void> {
      rig = await stand.start();
      device = rig.device;
      expect((await device.connect()).protocol).toBe("shtrih-v2");
      await device.openShift(CASHIER);
    }

    async function receipts() {
      return (await rig.ledger()).filter(({ type }) => type === 3);
    }

    afterEach(async () => {
      await device.disconnect();
      await rig.stop();
    });

    it.each(["lost-before", "lost-after", "late", "corrupt", "duplicated"] as const)(
      "a close whose message is %s closes, once",
      async (fault) => {
        await ready();
        await device.beginReceipt(SALE);
        await rig.inject(fault);
        const closed = await device.closeReceipt(SALE, operationId(SALE));
        expect(closed).toMatchObject({ fd: 3, changeKopecks: SALE_CHANGE });
        expect(await receipts()).toMatchObject([{ sum: SALE_TOTAL }]);
      },
    );

    it("a line that loses or spoils every command once gets the receipt through", async () => {
      await ready();
      for (const command of [0x8d, 0xff0c, 0xff46, 0xff4d, 0xff45]) {
        const keep = { command, keep: true };
        rig.kkt.device.addFault(registerFault({ kind: "answer-lost-after-execute", ...keep }));
        rig.kkt.device.addFault(registerFault({ kind: "nak", command, skip: 1 }));
        rig.kkt.device.addFault(registerFault({ kind: "corrupt-answer", command, skip: 1 }));
      }
      await device.beginReceipt(SALE);
      await device.closeReceipt(SALE, operationId(SALE));
      expect(await receipts()).toMatchObject([{ sum: SALE_TOTAL }]);
    });

    it("the answer to a close that nobody waited for is there for the next process", async () => {
      await ready();
      await device.beginReceipt(SALE);
      await rig.inject("late");
      const closing = device.closeReceipt(SALE, operationId(SALE)).catch((e: unknown) => e);
      await expect.poll(() => rig.kkt.device.register.fn.lastFd, { interval: 5 }).toBe(3);
      await device.disconnect();
      // in doubt, unless the packet was sent again just before the line was closed
      await closing;
      const next = rig.another();
      await next.connect();
      const pending = await next.takePendingClose(operationId(SALE));
      expect(pending).toMatchObject({ fd: 3, changeKopecks: SALE_CHANGE });
      await next.disconnect();
    });
  });
}
