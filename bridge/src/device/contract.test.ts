/**
 * What every driver owes the lane, over every transport it has, against a register that really
 * signs: the emulator. A new driver adds a row to `STANDS`.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import {
  type KktEmulator,
  type KktOptions,
  startKktEmulator,
} from "../../../fixtures/kkt/index.ts";
import type { Receipt } from "../domain/receipt.ts";
import {
  DeviceDoubt,
  DeviceLinkError,
  DeviceRefusal,
  DeviceSetupError,
  type FiscalDevice,
} from "./fiscal-device.ts";
import { SerialTransport, ShtrihDevice, TcpTransport } from "./shtrih/index.ts";

interface Stand {
  readonly name: string;
  readonly options: (directory: string) => KktOptions;
  readonly device: (kkt: KktEmulator) => FiscalDevice;
}

const FAST = {
  linkTiming: { controlMs: 120, byteMs: 80, pendingMs: 2_000 },
  sessionTiming: { busyPollMs: 5, answerMs: { FF45: 400, FF46: 400, FF0B: 400, "11": 300 } },
} as const;

const STANDS: readonly Stand[] = [
  {
    name: "shtrih over TCP",
    options: () => ({}),
    device: (kkt) =>
      new ShtrihDevice({
        transport: new TcpTransport({ host: "127.0.0.1", port: kkt.tcpPort ?? 0 }),
        ...FAST,
      }),
  },
  {
    name: "shtrih over a serial line",
    options: (directory) => ({ tcp: null, pty: join(directory, "serial") }),
    device: (kkt) =>
      new ShtrihDevice({ transport: new SerialTransport({ path: kkt.ptyPath ?? "" }), ...FAST }),
  },
];

const CASHIER = { name: "Кассирова А. А.", inn: "500100732259" };
const UUID = "7f0c2c5e-2b1e-4d5e-9b1a-0c7f3f6d1a11";

const SALE: Receipt = {
  posId: "T1",
  type: "sale",
  order: { uuid: UUID, name: "Заказ 00012", owner: "profile.nonce" },
  items: [
    {
      sku: "FR-001",
      name: "Оправа корригирующая Luxor № 12",
      quantityMillionths: 1_000_000,
      priceKopecks: 450_000,
      sumKopecks: 450_000,
      vat: 6,
      paymentMethod: 4,
      subject: 1,
      unit: 0,
    },
    {
      sku: "SG-001",
      name: "Очки солнцезащитные",
      quantityMillionths: 2_000_000,
      priceKopecks: 125_050,
      sumKopecks: 250_100,
      vat: 11,
      paymentMethod: 4,
      subject: 1,
      unit: 0,
    },
  ],
  payments: [
    { method: "electronic", kopecks: 400_000 },
    { method: "cash", kopecks: 350_000 },
  ],
  customer: { email: null, phone: "+79990000000", name: "Иванов И. И.", inn: null },
  cashier: CASHIER,
  taxSystem: null,
  refundOf: null,
};
const SALE_TOTAL = 700_100;

describe.each(STANDS)("$name", (stand) => {
  let directory: string;
  let kkt: KktEmulator;
  let device: FiscalDevice;

  async function start(options: KktOptions = {}): Promise<void> {
    kkt = await startKktEmulator({ printMs: 0, ...stand.options(directory), ...options });
    device = stand.device(kkt);
  }

  async function ready(options: KktOptions = {}): Promise<void> {
    await start(options);
    await device.connect();
    await device.openShift(CASHIER);
  }

  interface Ledger {
    documents: {
      fd: number;
      type: number;
      fp: number;
      sum: number | null;
      operation: number | null;
    }[];
  }
  async function ledger(): Promise<Ledger["documents"]> {
    const answer = await fetch(`${kkt.controlUrl}/ledger`);
    return ((await answer.json()) as Ledger).documents;
  }

  async function receipts(): Promise<Ledger["documents"]> {
    return (await ledger()).filter((document) => document.type === 3);
  }

  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), "device-"));
  });

  afterEach(async () => {
    await device.disconnect();
    await kkt.stop();
    rmSync(directory, { recursive: true, force: true });
  });

  it("tells what the device is", async () => {
    await start({ ofd: "127.0.0.1:7799", inn: "7707083893", rnm: "0000000400054952" });
    expect(await device.connect()).toEqual({
      fn: kkt.fn,
      rnm: "0000000400054952",
      inn: "7707083893",
      userName: 'ООО "Оптика"',
      address: "125009, г. Москва, ул. Тверская, д. 12",
      model: "OpticsERP ККТ-эмулятор",
      serial: "0490330042000017",
      taxSystems: 1,
      fnExpires: expect.stringMatching(/^20\d\d-\d\d-\d\d$/) as string,
      ofd: { host: "127.0.0.1", port: 7799, timeoutMs: 60_000 },
    });
  });

  it("opens the shift, sells and closes it", async () => {
    await start();
    await device.connect();
    expect(await device.status()).toMatchObject({
      fn: kkt.fn,
      lastFd: 1,
      shift: { state: "closed", number: 0, receipt: 0 },
      paper: "ok",
      documentOpen: false,
      unsent: 1,
      oldestUnsent: { fd: 1 },
    });
    expect(await device.openShift(CASHIER)).toMatchObject({ shift: 1, fd: 2 });
    await device.beginReceipt(SALE);
    expect(await device.status()).toMatchObject({ documentOpen: true, lastFd: 2 });
    const position = await device.position();
    expect(position).toEqual({ fn: kkt.fn, lastFd: 2, shift: 1 });
    const closed = await device.closeReceipt(SALE);
    expect(closed).toMatchObject({ fd: 3, changeKopecks: 49_900 });
    expect(await device.status()).toMatchObject({
      documentOpen: false,
      lastFd: 3,
      shift: { state: "open", number: 1, receipt: 1 },
      unsent: 3,
    });
    expect(await device.findDocument(3)).toEqual({
      documentType: 3,
      ticketReceived: false,
      dateTime: expect.stringMatching(/^20\d\d-\d\d-\d\dT\d\d:\d\d$/) as string,
      fd: 3,
      fp: closed.fp,
      operation: 1,
      sumKopecks: SALE_TOTAL,
      shift: 1,
      receipt: 1,
      marker: UUID,
      tlvReadable: true,
    });
    expect(await device.closeShift(CASHIER)).toMatchObject({ shift: 1, fd: 4 });
    expect(await receipts()).toMatchObject([{ fd: 3, fp: closed.fp, sum: SALE_TOTAL }]);
  });

  it("refunds a sale of the year before with the rate of that year", async () => {
    await ready();
    const refund: Receipt = {
      ...SALE,
      type: "refund",
      items: SALE.items.slice(1).map((item) => ({ ...item, vat: 1 })),
      payments: [{ method: "electronic", kopecks: 250_100 }],
      refundOf: { fn: kkt.fn, fd: 7, fp: 1, date: "2025-12-01" },
    };
    await device.beginReceipt(refund);
    const closed = await device.closeReceipt(refund);
    expect(await device.findDocument(closed.fd)).toMatchObject({
      operation: 2,
      sumKopecks: 250_100,
      marker: UUID,
    });
    const document = await fetch(`${kkt.controlUrl}/ledger/${String(closed.fd)}`);
    const { tlv } = (await document.json()) as { tlv: { tag: number; value: unknown }[] };
    // 20 % of 2501.00, in its own tag: the device did not make 22 % of it
    expect(tlv).toContainEqual(expect.objectContaining({ tag: 1102, value: 41_683 }));
  });

  it("finds no document that is not there", async () => {
    await ready();
    expect(await device.findDocument(99)).toBeNull();
    expect(await device.findDocument(2)).toMatchObject({ documentType: 2, shift: 1, marker: null });
  });

  it("cancels an open receipt, twice without harm", async () => {
    await ready();
    await device.beginReceipt(SALE);
    await device.cancelReceipt();
    await device.cancelReceipt();
    expect(await device.status()).toMatchObject({ documentOpen: false, lastFd: 2 });
    await device.beginReceipt(SALE);
    expect(await device.closeReceipt(SALE)).toMatchObject({ fd: 3 });
  });

  it("names the device's refusal, and nothing was made", async () => {
    await ready();
    const short: Receipt = { ...SALE, payments: [{ method: "cash", kopecks: 100 }] };
    await device.beginReceipt(short);
    await expect(device.closeReceipt(short)).rejects.toMatchObject({
      name: "DeviceRefusal",
      command: "FF45",
      deviceCode: 0x45,
    });
    await device.cancelReceipt();
    expect(await receipts()).toEqual([]);
  });

  it("refuses letters that the ФН does not have before anything is sent", async () => {
    await ready();
    const items = SALE.items.map((item) => ({ ...item, name: "Оправа 漢" }));
    await expect(device.beginReceipt({ ...SALE, items })).rejects.toBeInstanceOf(DeviceRefusal);
    expect(await device.status()).toMatchObject({ documentOpen: false });
  });

  it("writes typography in plain letters", async () => {
    await ready();
    const items = SALE.items.map((item) => ({ ...item, name: "Оправа «Люкс» — 2" }));
    await device.beginReceipt({ ...SALE, items });
    const { fd } = await device.closeReceipt({ ...SALE, items });
    const document = await fetch(`${kkt.controlUrl}/ledger/${String(fd)}`);
    expect(await document.text()).toContain('Оправа \\"Люкс\\" - 2');
  });

  it("doubts when the answer to the close is lost, and finds it held by the device", async () => {
    await ready();
    await device.beginReceipt(SALE);
    kkt.device.addFault(fault({ kind: "answer-lost-after-execute", command: 0xff45, keep: true }));
    // the link asks again by itself, so the answer that is kept is not lost at all
    expect(await device.closeReceipt(SALE)).toMatchObject({ fd: 3 });
    expect(await receipts()).toHaveLength(1);
  });

  it("doubts when the answer to the close is gone, and reads the document back", async () => {
    await ready();
    await device.beginReceipt(SALE);
    kkt.device.addFault(fault({ kind: "answer-lost-after-execute", command: 0xff45, keep: false }));
    await expect(device.closeReceipt(SALE)).rejects.toBeInstanceOf(DeviceDoubt);
    expect(await device.takePendingClose()).toBeNull();
    expect(await device.position()).toMatchObject({ lastFd: 3 });
    expect(await device.findDocument(3)).toMatchObject({ marker: UUID, sumKopecks: SALE_TOTAL });
    expect(await receipts()).toHaveLength(1);
  });

  it("doubts when the close was swallowed, and nothing is there", async () => {
    await ready();
    await device.beginReceipt(SALE);
    kkt.device.addFault(fault({ kind: "answer-lost-before-execute", command: 0xff45 }));
    await expect(device.closeReceipt(SALE)).rejects.toBeInstanceOf(DeviceDoubt);
    expect(await device.takePendingClose()).toBeNull();
    expect(await device.status()).toMatchObject({ lastFd: 2, documentOpen: true });
    await device.cancelReceipt();
    expect(await receipts()).toEqual([]);
  });

  it("hands a pending close to the next process", async () => {
    await ready();
    await device.beginReceipt(SALE);
    kkt.device.addFault(fault({ kind: "answer-lost-after-execute", command: 0xff45, keep: true }));
    const closing = device.closeReceipt(SALE).catch((error: unknown) => error);
    await expect.poll(() => kkt.device.register.fn.lastFd, { interval: 5 }).toBe(3);
    await device.disconnect();
    expect(await closing).toBeInstanceOf(DeviceDoubt);
    const next = stand.device(kkt);
    await next.connect();
    expect(await next.takePendingClose()).toMatchObject({ fd: 3, changeKopecks: 49_900 });
    expect(await next.takePendingClose()).toBeNull();
    await next.disconnect();
  });

  it("takes a close that was answered twice, or broken, once", async () => {
    await ready();
    for (const kind of ["duplicate-answer", "corrupt-answer"] as const) {
      await device.beginReceipt(SALE);
      kkt.device.addFault(fault({ kind, command: 0xff45 }));
      const { fd } = await device.closeReceipt(SALE);
      expect(await device.position()).toMatchObject({ lastFd: fd });
      expect(await device.takePendingClose()).toBeNull();
    }
    expect(await receipts()).toHaveLength(2);
  });

  it("does not send a close again that the device did not take", async () => {
    await ready();
    await device.beginReceipt(SALE);
    kkt.device.addFault(fault({ kind: "nak", command: 0xff45 }));
    await expect(device.closeReceipt(SALE)).rejects.toBeInstanceOf(DeviceLinkError);
    expect(await receipts()).toEqual([]);
    // nothing was made, so the lane may close it now
    expect(await device.closeReceipt(SALE)).toMatchObject({ fd: 3 });
  });

  it("gets a receipt through a line that spoils every command once", async () => {
    await ready();
    for (const command of [0x8d, 0xff0c, 0xff46, 0xff4d]) {
      kkt.device.addFault(fault({ kind: "nak", command }));
      kkt.device.addFault(fault({ kind: "corrupt-answer", command, skip: 1 }));
    }
    await device.beginReceipt(SALE);
    await device.closeReceipt(SALE);
    expect(await receipts()).toMatchObject([{ sum: SALE_TOTAL }]);
  });

  it("gives up a receipt whose item may have been taken, and never sends it twice", async () => {
    await ready();
    kkt.device.addFault(fault({ kind: "answer-lost-after-execute", command: 0xff46, keep: false }));
    await expect(device.beginReceipt(SALE)).rejects.toBeInstanceOf(DeviceLinkError);
    await device.cancelReceipt();
    expect(await device.status()).toMatchObject({ documentOpen: false, lastFd: 2 });
  });

  it("doubts a signed receipt whose paper ran out before the answer", async () => {
    await ready({ printMode: "blocking", printMs: 20 });
    await device.beginReceipt(SALE);
    kkt.device.addFault(fault({ kind: "paper-out", when: "during-print" }));
    await expect(device.closeReceipt(SALE)).rejects.toBeInstanceOf(DeviceDoubt);
    expect(await device.status()).toMatchObject({ paper: "out-while-printing", lastFd: 3 });
    expect(await device.findDocument(3)).toMatchObject({ marker: UUID });
    kkt.device.register.printer.setPaper(true);
    expect(await device.status()).toMatchObject({ paper: "waiting-continue" });
    await device.continuePrint();
    await expect.poll(async () => (await device.status()).paper).toBe("ok");
    expect(await receipts()).toHaveLength(1);
  });

  it("waits while the device prints the last receipt", async () => {
    await ready({ printMs: 150 });
    for (const fd of [3, 4]) {
      await device.beginReceipt(SALE);
      expect(await device.closeReceipt(SALE)).toMatchObject({ fd });
    }
    await device.printCopy();
    await device.printX();
  });

  it("loses the open receipt with the power, and is told so", async () => {
    await ready();
    await device.beginReceipt(SALE);
    kkt.device.addFault(fault({ kind: "power-cut", when: "after-execute", command: 0xff45 }));
    await expect(device.closeReceipt(SALE)).rejects.toBeInstanceOf(DeviceDoubt);
    await expect(device.position()).rejects.toBeInstanceOf(DeviceLinkError);
    await expect(device.connect()).rejects.toBeInstanceOf(DeviceLinkError);
    kkt.device.setPower(true);
    await device.connect();
    expect(await device.takePendingClose()).toBeNull();
    expect(await device.findDocument(3)).toMatchObject({ marker: UUID });
  });

  it("tells a shift over 24 hours, and closes it", async () => {
    await ready();
    kkt.device.register.clock.aheadSeconds += 25 * 3600;
    expect(await device.status()).toMatchObject({ shift: { state: "expired", number: 1 } });
    await expect(device.beginReceipt(SALE)).rejects.toMatchObject({ deviceCode: 0x4e });
    expect(await device.closeShift(CASHIER)).toMatchObject({ shift: 1, fd: 3 });
    expect(await device.openShift(CASHIER)).toMatchObject({ shift: 2, fd: 4 });
  });

  it("refuses a device whose VAT table says something else", async () => {
    await start();
    kkt.device.register.tables.set(6, 11, 2, "НДС 20%");
    kkt.device.register.tables.set(1, 1, 14, 1);
    const failure = await device.connect().catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(DeviceSetupError);
    expect(String(failure)).toMatch(/таблица 6, строка 11.*НДС 20%.*22 %/);
    expect(String(failure)).toMatch(/таблица 1, поле 14/);
  });

  it("carries the messages between ФН and ОФД", async () => {
    await ready();
    const message = await device.readOfdMessage();
    expect(Buffer.from(message ?? []).toString("hex")).toMatch(/^2a08410a/);
    const again = await device.readOfdMessage();
    expect(again).toEqual(message);
    await expect(device.writeOfdAnswer(new Uint8Array(40))).rejects.toMatchObject({
      name: "DeviceRefusal",
      deviceCode: 0x20,
    });
    expect(await device.status()).toMatchObject({ unsent: 2 });
  });
});

type Fault = Parameters<KktEmulator["device"]["addFault"]>[0];

/** The control API's defaults: the next matching command, once. */
function fault(spec: { kind: Fault["kind"] } & Record<string, unknown>): Fault {
  return { skip: 0, count: 1, ...spec } as unknown as Fault;
}
