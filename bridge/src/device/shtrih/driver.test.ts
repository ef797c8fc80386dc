/** What is particular to this family; what every driver owes is in `device/contract.test.ts`. */
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type KktEmulator, startKktEmulator } from "../../../../fixtures/kkt/index.ts";
import { saleOf } from "./testing/sale.ts";
import { DeviceLinkError, DeviceSetupError } from "../fiscal-device.ts";
import { ShtrihDevice, type ShtrihOptions, TcpTransport } from "./index.ts";

let kkt: KktEmulator;
let device: ShtrihDevice;

function make(options: Partial<ShtrihOptions> = {}): ShtrihDevice {
  return new ShtrihDevice({
    transport: new TcpTransport({ host: "127.0.0.1", port: kkt.tcpPort ?? 0 }),
    linkTiming: { controlMs: 100, byteMs: 60, pendingMs: 2_000 },
    ...options,
  });
}

beforeEach(async () => {
  kkt = await startKktEmulator({ printMs: 0 });
  device = make();
});

afterEach(async () => {
  await device.disconnect();
  await kkt.stop();
});

describe("the passport", () => {
  it("comes from the registration where table 18 is empty", async () => {
    for (const field of [2, 3, 7, 9]) kkt.device.register.tables.set(18, 1, field, "");
    kkt.device.register.tables.set(18, 1, 5, 0);
    expect(await device.connect()).toMatchObject({
      inn: "7707083893",
      rnm: "0000000400054952",
      userName: 'ООО "Оптика"',
      address: "125009, г. Москва, ул. Тверская, д. 12",
      taxSystems: 1,
    });
  });

  it("has no ОФД where table 19 names none", async () => {
    kkt.device.register.tables.set(19, 1, 1, "");
    expect((await device.connect()).ofd).toBeNull();
  });

  it("names a wrong password", async () => {
    device = make({ password: 12_345 });
    const failure = await device.connect().catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(DeviceSetupError);
    expect(String(failure)).toContain("4Fh: неверный пароль");
  });

  it("names the rows of table 6 that are not there", async () => {
    kkt.device.addFault({ kind: "error", command: 0x1f, code: 0x5d, skip: 1, count: 12 });
    const failure = await device.connect().catch((error: unknown) => error);
    expect(String(failure)).toMatch(/строка 1: строки нет.*строка 12: строки нет/);
  });

  it("can be given up", async () => {
    const controller = new AbortController();
    controller.abort();
    await expect(device.connect(controller.signal)).rejects.toThrow(DeviceLinkError);
  });

  it("is needed before a receipt", async () => {
    await expect(device.beginReceipt(saleOf())).rejects.toThrow(/ещё не подключена/);
  });
});

describe("20 % after 2025", () => {
  const refund = saleOf({ type: "refund", vat: 1 });

  it("is signed as sent: the firmware's own replacement is switched off", async () => {
    expect(kkt.device.register.tables.number(17, 1, 71)).toBe(1);
    await device.connect();
    expect(kkt.device.register.tables.number(17, 1, 71)).toBe(2);
  });

  it("is refused where the replacement cannot be switched off, and nothing else is", async () => {
    kkt.device.addFault({ kind: "error", command: 0x1e, code: 0x7a, skip: 0, count: 9 });
    await device.connect();
    await expect(device.beginReceipt(refund)).rejects.toThrow(/таблица 17, поле 71/);
    await device.beginReceipt(saleOf());
    await device.closeReceipt(saleOf());
  });
});

it("does not take a close that was refused for a pending one", async () => {
  await device.connect();
  const short = { ...saleOf(), payments: [{ method: "cash", kopecks: 1 } as const] };
  await device.beginReceipt(short);
  kkt.device.addFault({
    kind: "answer-lost-after-execute",
    command: 0xff45,
    keep: true,
    skip: 0,
    count: 1,
  });
  const closing = device.closeReceipt(short).catch((error: unknown) => error);
  await expect.poll(() => kkt.device.commands.last(1)[0]?.command).toBe("FF45");
  await device.disconnect();
  await closing;
  const next = make();
  await next.connect();
  expect(await next.takePendingClose()).toBeNull();
  await next.cancelReceipt();
  expect(await next.status()).toMatchObject({ documentOpen: false });
  await next.disconnect();
});

it.each([
  ["a registration", 0x01, false],
  ["БСО", 0x11, false],
  ["a correction", 0x14, true],
  ["a state report", 0x17, true],
  ["a shift being opened", 0x02, true],
  ["a shift being closed", 0x08, true],
])("cancels of the ФН's documents only what it makes itself: %s", async (_what, kind, ours) => {
  await device.connect();
  Object.defineProperty(kkt.device.register.fn, "draftKind", { get: () => kind });
  kkt.device.addFault({ kind: "error", command: 0xff08, code: 0x02, skip: 0, count: 1 });
  expect((await device.status()).documentOpen).toBe(ours);
  const cancelled = device.cancelReceipt();
  await (ours ? expect(cancelled).rejects.toMatchObject({ command: "FF08" }) : cancelled);
});

it("keeps a receipt open that the device will not cancel", async () => {
  await device.connect();
  await device.beginReceipt(saleOf());
  kkt.device.addFault({ kind: "error", command: 0x88, code: 0x33, skip: 0, count: 1 });
  kkt.device.addFault({ kind: "error", command: 0xff08, code: 0x02, skip: 0, count: 1 });
  await expect(device.cancelReceipt()).rejects.toMatchObject({ name: "DeviceRefusal" });
  await device.cancelReceipt();
});
