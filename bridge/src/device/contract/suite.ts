/**
 * What every driver owes the lane, over every transport it has, against a register that really
 * signs. The cases speak of receipts and faults; how a fault is made is the stand's affair.
 */
import { randomUUID } from "node:crypto";
import { afterEach, describe, expect, it } from "vitest";
import type { Receipt } from "../../domain/receipt.ts";
import {
  type ClosedReceipt,
  DeviceDoubt,
  DeviceLinkError,
  DeviceRefusal,
  type FiscalDevice,
} from "../fiscal-device.ts";
import { eventually, finishPrinting, readBack } from "./read-back.ts";
import {
  CASHIER,
  CORRECTION,
  operationId,
  refundOf,
  SALE,
  SALE_CHANGE,
  SALE_TOTAL,
  saleOf,
  saleWithVat,
  UUID,
} from "./receipts.ts";
import {
  type Fault,
  FAULTS,
  type LedgerDocument,
  type LedgerTag,
  type Rig,
  type RigOptions,
  type Stand,
} from "./stand.ts";

type Outcome =
  | { readonly kind: "closed"; readonly closed: ClosedReceipt }
  | { readonly kind: "doubt" | "link" | "refused"; readonly error: Error };

/** How many documents a fault leaves, and what a driver may say of it. */
const OUTCOMES: Readonly<
  Record<Fault, { readonly documents: readonly number[]; readonly kinds: readonly string[] }>
> = {
  // a driver whose device knows its commands by a key may send this one again
  "lost-before": { documents: [0, 1], kinds: ["doubt", "closed"] },
  "lost-after": { documents: [1], kinds: ["doubt", "closed"] },
  late: { documents: [1], kinds: ["doubt", "closed"] },
  corrupt: { documents: [1], kinds: ["doubt", "closed"] },
  duplicated: { documents: [1], kinds: ["doubt", "closed"] },
  silent: { documents: [0, 1], kinds: ["doubt"] },
  refused: { documents: [0], kinds: ["refused"] },
  "paper-out-before": { documents: [0], kinds: ["refused", "doubt"] },
  "paper-out-during": { documents: [1], kinds: ["closed", "doubt"] },
  "power-cut-before": { documents: [0], kinds: ["doubt", "link", "refused"] },
  "power-cut-after": { documents: [1], kinds: ["doubt"] },
};

export function fiscalDeviceContract(stand: Stand): void {
  describe(stand.name, () => {
    let rig: Rig;
    let device: FiscalDevice;

    async function start(options: RigOptions = {}): Promise<void> {
      rig = await stand.start(options);
      device = rig.device;
      await device.connect();
    }

    async function ready(options: RigOptions = {}): Promise<void> {
      await start(options);
      await device.openShift(CASHIER);
    }

    async function close(receipt: Receipt, attempt = 1): Promise<ClosedReceipt> {
      await device.beginReceipt(receipt);
      await device.position();
      return device.closeReceipt(receipt, operationId(receipt, attempt));
    }

    /** Documents of this order in the register's own ledger. */
    async function documentsOf(uuid: string): Promise<readonly LedgerDocument[]> {
      return (await rig.ledger()).filter(({ marker }) => marker === uuid);
    }

    afterEach(async () => {
      await device.disconnect();
      await rig.stop();
    });

    it("tells what the device is", async () => {
      await start({ ofd: "127.0.0.1:7799" });
      const info = await device.connect();
      expect(info).toMatchObject({
        fn: rig.fn,
        rnm: "0000000400054952",
        inn: "7707083893",
        userName: 'ООО "Оптика"',
        address: "125009, г. Москва, ул. Тверская, д. 12",
        serial: "0490330042000017",
        taxSystems: 1,
        fnExpires: expect.stringMatching(/^20\d\d-\d\d-\d\d$/) as string,
      });
      expect(info.ofd).toMatchObject({ host: "127.0.0.1", port: 7799 });
      expect(info.model).not.toBe("");
      expect(["bridge", "device"]).toContain(info.ofdBy);
    });

    it("opens the shift, sells and closes it", async () => {
      await start();
      const before = await device.status();
      expect(before).toMatchObject({
        fn: rig.fn,
        shift: { state: "closed", number: 0, receipt: 0 },
        paper: "ok",
        documentOpen: false,
      });
      const first = before.lastFd;
      expect(await device.openShift(CASHIER)).toMatchObject({ shift: 1, fd: first + 1 });
      await device.beginReceipt(SALE);
      expect(await device.position()).toEqual({ fn: rig.fn, lastFd: first + 1, shift: 1 });
      const closed = await device.closeReceipt(SALE, operationId(SALE));
      expect(closed).toMatchObject({ fd: first + 2, changeKopecks: SALE_CHANGE });
      expect(await device.status()).toMatchObject({
        documentOpen: false,
        lastFd: first + 2,
        shift: { state: "open", number: 1, receipt: 1 },
      });
      expect(await device.findDocument(closed.fd)).toMatchObject({
        documentType: 3,
        dateTime: expect.stringMatching(/^20\d\d-\d\d-\d\dT\d\d:\d\d$/) as string,
        fd: closed.fd,
        fp: closed.fp,
        operation: 1,
        sumKopecks: SALE_TOTAL,
        shift: 1,
        receipt: 1,
        marker: UUID,
        tlvReadable: true,
      });
      expect(await device.closeShift(CASHIER)).toMatchObject({ shift: 1, fd: first + 3 });
      expect(await documentsOf(UUID)).toMatchObject([
        { fd: closed.fd, fp: closed.fp, type: 3, operation: 1, sum: SALE_TOTAL },
      ]);
    });

    it("reads the document back as the ФН has it", async () => {
      await ready();
      const { fd, fp } = await close(SALE);
      const document = await device.readDocument(fd);
      expect(document).toMatchObject({
        documentType: 3,
        fd,
        fp,
        shift: 1,
        receipt: 1,
        operation: 1,
        sumKopecks: SALE_TOTAL,
        payments: { cash: 300_100, electronic: 400_000, prepaid: 0, credit: 0, other: 0 },
        // 22 % out of 2501.00; the turnover without VAT
        vat: { 6: 450_000, 11: 45_100 },
        marker: UUID,
      });
      expect(document?.items).toMatchObject([
        { name: SALE.items[0]?.name, quantityMillionths: 1_000_000, sumKopecks: 450_000, vat: 6 },
        {
          name: SALE.items[1]?.name,
          quantityMillionths: 2_000_000,
          priceKopecks: 125_050,
          sumKopecks: 250_100,
          vat: 11,
          vatKopecks: 45_100,
        },
      ]);
      expect(await device.readDocument(fd + 90)).toBeNull();
    });

    it("sells with every rate of VAT that is in force", async () => {
      await ready();
      for (const vat of [2, 4, 5, 6, 7, 8, 9, 10, 11, 12] as const) {
        const receipt = { ...saleWithVat(vat), order: { ...SALE.order, uuid: randomUUID() } };
        const { fd } = await close(receipt);
        expect((await device.readDocument(fd))?.items).toMatchObject([{ vat }]);
      }
    });

    it("refunds a sale of the year before with the rate of that year", async () => {
      await ready();
      const refund = refundOf(rig.fn);
      const { fd } = await close(refund);
      expect(await device.findDocument(fd)).toMatchObject({
        operation: 2,
        sumKopecks: 250_100,
        marker: UUID,
      });
      const [document] = await documentsOf(UUID);
      // 20 % of 2501.00, in its own tag: the device did not make 22 % of it
      expect(document?.tlv).toContainEqual(expect.objectContaining({ tag: 1102, value: 41_683 }));
    });

    it("corrects, with the reason and the sign of the wrong receipt", async () => {
      await ready();
      const { fd } = await close(CORRECTION);
      expect(await device.findDocument(fd)).toMatchObject({
        documentType: 31,
        operation: 1,
        sumKopecks: SALE_TOTAL,
        marker: UUID,
      });
      const tlv = (await documentsOf(UUID))[0]?.tlv ?? [];
      expect(tlv).toContainEqual(expect.objectContaining({ tag: 1173, value: 1 }));
      expect(tlv).toContainEqual(expect.objectContaining({ tag: 1192, value: "1234567890" }));
      const basis = tlv.find(({ tag }: LedgerTag) => tag === 1174)?.children ?? [];
      expect(basis).toContainEqual(
        expect.objectContaining({ tag: 1178, value: "2026-11-20T00:00:00" }),
      );
      expect(basis).toContainEqual(expect.objectContaining({ tag: 1179, value: "12-34" }));
    });

    it("finds no document that is not there", async () => {
      await ready();
      expect(await device.findDocument(99)).toBeNull();
      const { lastFd } = await device.position();
      expect(await device.findDocument(lastFd)).toMatchObject({
        documentType: 2,
        shift: 1,
        marker: null,
      });
    });

    it("cancels a receipt that was begun, twice without harm", async () => {
      await ready();
      const { lastFd } = await device.position();
      await device.beginReceipt(SALE);
      await device.cancelReceipt();
      await device.cancelReceipt();
      expect(await device.status()).toMatchObject({ documentOpen: false, lastFd });
      expect(await close(SALE)).toMatchObject({ fd: lastFd + 1 });
    });

    it("names the device's refusal, and nothing was made", async () => {
      await ready();
      const short: Receipt = { ...SALE, payments: [{ method: "cash", kopecks: 100 }] };
      const error = await close(short).catch((caught: unknown) => caught);
      expect(error).toBeInstanceOf(DeviceRefusal);
      await device.cancelReceipt();
      expect(await documentsOf(UUID)).toEqual([]);
      // the corrected order is another attempt
      await close(SALE, 2);
      expect(await documentsOf(UUID)).toHaveLength(1);
    });

    it("refuses letters that the ФН does not have before anything is sent", async () => {
      await ready();
      const items = SALE.items.map((item) => ({ ...item, name: "Оправа 漢" }));
      await expect(device.beginReceipt({ ...SALE, items })).rejects.toBeInstanceOf(DeviceRefusal);
      expect(await device.status()).toMatchObject({ documentOpen: false });
    });

    it("waits while the device prints the last receipt, and copies and reports", async () => {
      await ready({ printMs: 100 });
      const { lastFd } = await device.position();
      for (const [index, uuid] of [UUID, randomUUID()].entries()) {
        expect(await close(saleOf(uuid))).toMatchObject({ fd: lastFd + 1 + index });
      }
      await device.printCopy();
      await device.printX();
    });

    it("moves cash and reports the state of calculations", async () => {
      await ready();
      const { lastFd } = await device.position();
      await device.moveCash("in", 100_000, CASHIER);
      await device.moveCash("out", 50_000, CASHIER);
      expect(await device.position()).toMatchObject({ lastFd });
      const report = await device.reportCalculations(CASHIER);
      expect(report).toMatchObject({ fd: lastFd + 1, unconfirmed: expect.any(Number) as number });
      expect(await device.findDocument(report.fd)).toMatchObject({
        documentType: 21,
        fp: report.fp,
      });
    });

    it("tells a shift over 24 hours, refuses to sell in it, and closes it", async () => {
      await ready();
      await rig.moveClock(25 * 3600);
      expect(await device.status()).toMatchObject({ shift: { state: "expired", number: 1 } });
      await expect(close(SALE)).rejects.toBeInstanceOf(DeviceRefusal);
      await device.cancelReceipt();
      expect(await device.closeShift(CASHIER)).toMatchObject({ shift: 1 });
      expect(await device.openShift(CASHIER)).toMatchObject({ shift: 2 });
      expect(await documentsOf(UUID)).toEqual([]);
    });

    it("tells the paper, and goes on when it is back", async () => {
      await ready();
      await rig.setPaper(false);
      expect(await device.status()).toMatchObject({ paper: "out" });
      await rig.setPaper(true);
      expect(await device.status()).toMatchObject({ paper: "ok" });
    });

    it("tells an open cover from missing paper, signs nothing, and goes on when it is shut", async () => {
      await ready();
      const { lastFd } = await device.position();
      await rig.setCover(true);
      expect(await device.status()).toMatchObject({ paper: "cover-open" });
      const outcome = await attempt(async () => {
        await device.beginReceipt(SALE);
        return await device.closeReceipt(SALE, operationId(SALE));
      });
      expect(outcome.kind).not.toBe("closed");
      expect(await documentsOf(UUID)).toEqual([]);
      await rig.setCover(false);
      await eventually(device, () => device.cancelReceipt());
      expect(await device.status()).toMatchObject({ paper: "ok", lastFd });
    });

    it("finds its document among those of others", async () => {
      await ready();
      const { lastFd } = await device.position();
      await device.beginReceipt(SALE);
      await rig.inject(stand.impossible["lost-after"] === undefined ? "lost-after" : "late");
      await attempt(() => device.closeReceipt(SALE, operationId(SALE)));
      await rig.heal();
      await eventually(device, () => device.status());
      await rig.pressZ();
      await readBack(device, operationId(SALE));
      expect(await device.position()).toMatchObject({ lastFd: lastFd + 2 });
      expect(await device.findDocument(lastFd + 1)).toMatchObject({
        documentType: 3,
        marker: UUID,
      });
      expect(await device.findDocument(lastFd + 2)).toMatchObject({
        documentType: 5,
        marker: null,
      });
    });

    it("hands the outcome of a close to the next process", async () => {
      await ready();
      const { lastFd } = await device.position();
      await device.beginReceipt(SALE);
      await rig.inject("late");
      const closing = attempt(() => device.closeReceipt(SALE, operationId(SALE)));
      await expect.poll(async () => (await documentsOf(UUID)).length, { interval: 5 }).toBe(1);
      await device.disconnect();
      await closing;
      device = rig.another();
      const { pending } = await readBack(device, operationId(SALE));
      if (pending) expect(pending).toMatchObject({ fd: lastFd + 1 });
      expect(await device.findDocument(lastFd + 1)).toMatchObject({ marker: UUID });
      expect(await documentsOf(UUID)).toHaveLength(1);
    });

    it.each(FAULTS.filter((fault) => stand.impossible[fault] === undefined))(
      "%s: says no more than it knows, and the ФН tells the rest",
      async (fault) => {
        await ready({ printMs: fault === "paper-out-during" ? 60 : 0 });
        const { lastFd } = await device.position();
        await device.beginReceipt(SALE);
        await device.position();
        await rig.inject(fault);
        const outcome = await attempt(() => device.closeReceipt(SALE, operationId(SALE)));
        expect(OUTCOMES[fault].kinds).toContain(outcome.kind);

        await rig.heal();
        const seen = await readBack(device, operationId(SALE));
        const documents = await documentsOf(UUID);
        expect(OUTCOMES[fault].documents).toContain(documents.length);
        // what the driver said is never contradicted by the ФН
        if (outcome.kind === "closed") {
          expect(documents).toMatchObject([{ fd: outcome.closed.fd, fp: outcome.closed.fp }]);
        }
        if (outcome.kind === "refused" || outcome.kind === "link") expect(documents).toEqual([]);
        expect(seen.lastFd).toBe(lastFd + documents.length);
        for (const { fd, fp } of documents) {
          expect(await device.findDocument(fd)).toMatchObject({ fd, fp, marker: UUID });
          expect(await device.readDocument(fd)).toMatchObject({ fd, fp, marker: UUID });
          if (seen.pending) expect(seen.pending).toMatchObject({ fd, fp });
        }
        if (documents.length === 0) expect(seen.pending).toBeNull();

        // and the till sells on: one document more, none of the old order
        const next = saleOf(randomUUID());
        await finishPrinting(device);
        await eventually(device, () => device.beginReceipt(next));
        await device.position();
        const closed = await device.closeReceipt(next, operationId(next));
        expect(closed.fd).toBe(seen.lastFd + 1);
        expect(await documentsOf(UUID)).toHaveLength(documents.length);
        expect(await documentsOf(next.order.uuid)).toHaveLength(1);
      },
    );

    it("says why a fault can't happen here", async () => {
      await start();
      for (const reason of Object.values(stand.impossible)) expect(reason).toMatch(/\w+ \w+/);
    });
  });
}

async function attempt(close: () => Promise<ClosedReceipt>): Promise<Outcome> {
  try {
    return { kind: "closed", closed: await close() };
  } catch (error) {
    if (error instanceof DeviceDoubt) return { kind: "doubt", error };
    if (error instanceof DeviceLinkError) return { kind: "link", error };
    if (error instanceof DeviceRefusal) return { kind: "refused", error };
    throw error;
  }
}
