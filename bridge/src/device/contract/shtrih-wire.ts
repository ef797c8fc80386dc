/** What only a Shtrih register has: its line, its tables, and the ОФД's messages that it hands out. */
import { afterEach, describe, expect, it } from "vitest";
import {
  DeviceDoubt,
  DeviceLinkError,
  DeviceSetupError,
  type FiscalDevice,
} from "../fiscal-device.ts";
import { CASHIER, operationId, SALE, SALE_CHANGE, SALE_TOTAL, UUID } from "./receipts.ts";
import { registerFault } from "./stands/register.ts";
import type { ShtrihRig, ShtrihStand } from "./stands/shtrih-v1.ts";

export function shtrihWireContract(stand: ShtrihStand): void {
  describe(`${stand.name}: the wire`, () => {
    let rig: ShtrihRig;
    let device: FiscalDevice;

    async function ready(options: Parameters<ShtrihStand["start"]>[0] = {}): Promise<void> {
      rig = await stand.start(options);
      device = rig.device;
      await device.connect();
      await device.openShift(CASHIER);
    }

    function close() {
      return device.closeReceipt(SALE, operationId(SALE));
    }

    async function receipts() {
      return (await rig.ledger()).filter(({ type }) => type === 3);
    }

    afterEach(async () => {
      await device.disconnect();
      await rig.stop();
    });

    it("writes typography in plain letters", async () => {
      await ready();
      const items = SALE.items.map((item) => ({ ...item, name: "Оправа «Люкс» — 2" }));
      await device.beginReceipt({ ...SALE, items });
      await device.closeReceipt({ ...SALE, items }, operationId(SALE));
      expect(JSON.stringify(await receipts())).toContain('Оправа \\"Люкс\\" - 2');
    });

    it("asks again by itself, so an answer that the device keeps is not lost at all", async () => {
      await ready();
      await device.beginReceipt(SALE);
      await rig.inject("late");
      expect(await close()).toMatchObject({ fd: 3, changeKopecks: SALE_CHANGE });
      expect(await receipts()).toHaveLength(1);
    });

    it("tells an open receipt, and that the close was swallowed", async () => {
      await ready();
      await device.beginReceipt(SALE);
      expect(await device.status()).toMatchObject({ documentOpen: true, lastFd: 2 });
      await rig.inject("lost-before");
      await expect(close()).rejects.toBeInstanceOf(DeviceDoubt);
      expect(await device.takePendingClose(operationId(SALE))).toBeNull();
      expect(await device.status()).toMatchObject({ lastFd: 2, documentOpen: true });
      await device.cancelReceipt();
      expect(await receipts()).toEqual([]);
    });

    it("hands a pending close to the next process, once", async () => {
      await ready();
      await device.beginReceipt(SALE);
      await rig.inject("late");
      const closing = close().catch((error: unknown) => error);
      await expect.poll(() => rig.kkt.device.register.fn.lastFd, { interval: 5 }).toBe(3);
      await device.disconnect();
      expect(await closing).toBeInstanceOf(DeviceDoubt);
      const next = rig.another();
      await next.connect();
      const pending = await next.takePendingClose(operationId(SALE));
      expect(pending).toMatchObject({ fd: 3, changeKopecks: SALE_CHANGE });
      expect(await next.takePendingClose(operationId(SALE))).toBeNull();
      await next.disconnect();
    });

    it("does not send a close again that the device did not take", async () => {
      await ready();
      await device.beginReceipt(SALE);
      rig.kkt.device.addFault(registerFault({ kind: "nak", command: 0xff45 }));
      await expect(close()).rejects.toBeInstanceOf(DeviceLinkError);
      expect(await receipts()).toEqual([]);
      // nothing was made, so the lane may close it now
      expect(await close()).toMatchObject({ fd: 3 });
    });

    it("gets a receipt through a line that spoils every command once", async () => {
      await ready();
      for (const command of [0x8d, 0xff0c, 0xff46, 0xff4d]) {
        rig.kkt.device.addFault(registerFault({ kind: "nak", command }));
        rig.kkt.device.addFault(registerFault({ kind: "corrupt-answer", command, skip: 1 }));
      }
      await device.beginReceipt(SALE);
      await close();
      expect(await receipts()).toMatchObject([{ sum: SALE_TOTAL }]);
    });

    it("gives up a receipt whose item may have been taken, and never sends it twice", async () => {
      await ready();
      const lost = { kind: "answer-lost-after-execute", command: 0xff46, keep: false } as const;
      rig.kkt.device.addFault(registerFault(lost));
      await expect(device.beginReceipt(SALE)).rejects.toBeInstanceOf(DeviceLinkError);
      await device.cancelReceipt();
      expect(await device.status()).toMatchObject({ documentOpen: false, lastFd: 2 });
    });

    it("doubts a signed receipt whose paper ran out before the answer", async () => {
      await ready({ printMode: "blocking", printMs: 20 });
      await device.beginReceipt(SALE);
      await rig.inject("paper-out-during");
      await expect(close()).rejects.toBeInstanceOf(DeviceDoubt);
      expect(await device.status()).toMatchObject({ paper: "out-while-printing", lastFd: 3 });
      expect(await device.findDocument(3)).toMatchObject({ marker: UUID });
      await rig.setPaper(true);
      expect(await device.status()).toMatchObject({ paper: "waiting-continue" });
      await device.continuePrint();
      await expect.poll(async () => (await device.status()).paper).toBe("ok");
      expect(await receipts()).toHaveLength(1);
    });

    it("refuses a device whose VAT table says something else", async () => {
      await ready();
      rig.kkt.device.register.tables.set(6, 11, 2, "НДС 20%");
      rig.kkt.device.register.tables.set(1, 1, 14, 1);
      const failure = await device.connect().catch((error: unknown) => error);
      expect(failure).toBeInstanceOf(DeviceSetupError);
      expect(String(failure)).toMatch(/таблица 6, строка 11.*НДС 20%.*22 %/);
      expect(String(failure)).toMatch(/таблица 1, поле 14/);
    });

    it("carries the messages between ФН and ОФД", async () => {
      await ready();
      const message = await device.readOfdMessage();
      expect(Buffer.from(message ?? []).toString("hex")).toMatch(/^2a08410a/);
      expect(await device.readOfdMessage()).toEqual(message);
      await expect(device.writeOfdAnswer(new Uint8Array(40))).rejects.toMatchObject({
        name: "DeviceRefusal",
        deviceCode: 0x20,
      });
      expect(await device.status()).toMatchObject({ unsent: 2, oldestUnsent: { fd: 1 } });
    });
  });
}
