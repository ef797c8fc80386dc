/** What only ATOL's web server does to a driver; the rest is the contract's (`../contract`). */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import {
  type AtolEmulator,
  type AtolOptions,
  startAtolEmulator,
} from "../../../../fixtures/atol/index.ts";
import type { Receipt } from "../../domain/receipt.ts";
import { operationId, CASHIER, SALE, UUID } from "../contract/receipts.ts";
import { FAST_ATOL } from "../contract/stands/atol.ts";
import { DeviceDoubt, DeviceLinkError, DeviceRefusal, DeviceSetupError } from "../fiscal-device.ts";
import { AtolDevice } from "./index.ts";

const KEY = operationId(SALE);

let emulator: AtolEmulator;
let device: AtolDevice;

async function start(options: AtolOptions = {}): Promise<void> {
  emulator = await startAtolEmulator({ ...options, kkt: { printMs: 0 } });
  device = new AtolDevice({ url: emulator.url, ...FAST_ATOL });
  await device.connect();
  await device.openShift(CASHIER);
}

async function close(receipt: Receipt = SALE): Promise<unknown> {
  await device.beginReceipt(receipt);
  await device.position();
  return device.closeReceipt(receipt, operationId(receipt)).catch((error: unknown) => error);
}

const documents = () => emulator.kkt.device.register.fn.journal.documents;
const receipts = () => documents().filter(({ receiptNo }) => receiptNo !== null);

afterEach(async () => {
  await device.disconnect();
  await emulator.stop();
});

describe("a receipt", () => {
  it("that was closed already is not made again under its key", async () => {
    await start();
    const first = await close();
    expect(await device.takePendingClose(KEY)).toMatchObject({ fd: 3 });
    // asked again with the same key: the document is the old one, and that is said as doubt
    expect(await close()).toBeInstanceOf(DeviceDoubt);
    expect(first).toMatchObject({ fd: 3 });
    expect(receipts()).toHaveLength(1);
  });

  it("is not done where the server says that the register is not connected", async () => {
    await start();
    await device.beginReceipt(SALE);
    await device.position();
    emulator.kkt.device.setPower(false);
    const error = await device.closeReceipt(SALE, KEY).catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(DeviceLinkError);
    expect((error as DeviceLinkError).advice).toContain("не подключена");
    emulator.kkt.device.setPower(true);
    expect(await close()).toMatchObject({ fd: 3 });
  });

  it("carries agent, supplier and mark, and stays off the paper when it is electronic", async () => {
    await start();
    const [item] = SALE.items;
    const receipt: Receipt = {
      ...SALE,
      electronicOnly: true,
      items: [
        {
          ...item!,
          agent: { bits: 64, phones: ["+79990000001"] },
          supplier: { name: "ООО Линзы", inn: "7707083893", phones: ["+79990000002"] },
        },
      ],
      payments: [{ method: "prepaid", kopecks: item!.sumKopecks }],
    };
    expect(await close(receipt)).toMatchObject({ fd: 3 });
    const paper = emulator.kkt.device.register.printer.records.filter(({ fd }) => fd === 3);
    expect(paper).toMatchObject([{ kind: "none" }]);
    const tags = JSON.stringify(documents().at(-1)?.tags);
    for (const text of ['"tag":1222', "+79990000001", "ООО Линзы", "7707083893"]) {
      expect(tags).toContain(text);
    }
    expect(await device.readDocument(3)).toMatchObject({ payments: { prepaid: 450_000 } });
    const nobody = { ...receipt, customer: null };
    await expect(device.beginReceipt(nobody)).rejects.toBeInstanceOf(DeviceRefusal);
  });
});

describe("the server's word", () => {
  it("is not believed where it repeated the task", async () => {
    await start();
    emulator.server.faults.add({ kind: "kill", when: "after-execute" });
    await device.beginReceipt(SALE);
    await device.position();
    const closing = device.closeReceipt(SALE, KEY).catch((error: unknown) => error);
    await expect.poll(() => emulator.server.running, { interval: 5 }).toBe(false);
    await emulator.server.restart();
    expect(await closing).toBeInstanceOf(DeviceDoubt);
    expect(receipts()).toHaveLength(2);
    expect(await device.takePendingClose(KEY)).toMatchObject({ fd: 4 });
    for (const fd of [3, 4]) expect(await device.findDocument(fd)).toMatchObject({ marker: UUID });
  });

  it("is not believed where another document came while the queue was blocked", async () => {
    await start();
    emulator.server.faults.add({ kind: "link-lost", when: "before-execute" });
    await device.beginReceipt(SALE);
    await device.position();
    const closing = device.closeReceipt(SALE, KEY).catch((error: unknown) => error);
    await expect.poll(() => emulator.server.store.block, { interval: 5 }).not.toBeNull();
    await fetch(`${emulator.kkt.controlUrl}/operator/z`, { method: "POST" });
    emulator.server.clearFaults();
    // the server says «ready»: the last FD grew
    expect(await closing).toBeInstanceOf(DeviceDoubt);
    expect(receipts()).toEqual([]);
  });

  it("of a block is doubt, with what to do about it, until the queue runs again", async () => {
    await start();
    emulator.server.faults.add({ kind: "link-lost", when: "after-execute" });
    expect(await close()).toBeInstanceOf(DeviceDoubt);
    const pending = await device.takePendingClose(KEY).catch((error: unknown) => error);
    expect(pending).toBeInstanceOf(DeviceLinkError);
    expect((pending as DeviceLinkError).advice).toContain("не видит кассу");
    await expect(device.connect()).rejects.toBeInstanceOf(DeviceLinkError);
    emulator.server.clearFaults();
    await expect.poll(() => emulator.server.store.block, { interval: 5 }).toBeNull();
    await device.connect();
    expect(await device.takePendingClose(KEY)).toMatchObject({ fd: 3 });
  });

  it("that it knows nothing of a task is made final: a POST on its way can't be run later", async () => {
    await start();
    expect(await device.takePendingClose(KEY)).toBeNull();
    // the lost POST arrives after all
    expect(await close()).toBeInstanceOf(DeviceDoubt);
    expect(receipts()).toEqual([]);
    expect(await device.takePendingClose(KEY)).toBeNull();
    expect(await device.closeReceipt(SALE, operationId(SALE, 2))).toMatchObject({ fd: 3 });
  });
});

describe("shift", () => {
  it("in doubt is settled before the status is believed", async () => {
    await start();
    emulator.server.faults.add({ kind: "hang" });
    const lost = await device.closeShift(CASHIER).catch((error: unknown) => error);
    expect(lost).toBeInstanceOf(DeviceDoubt);
    emulator.server.clearFaults();
    await device.connect();
    const { lastFd, shift } = await device.status();
    expect(shift.state).toBe(lastFd === 3 ? "closed" : "open");
  });
});

describe("asking", () => {
  it("tells who answers when it is nobody, somebody else, or somebody with a password", async () => {
    await start({ login: "till:secret" }).catch(() => undefined);
    await expect(device.connect()).rejects.toBeInstanceOf(DeviceSetupError);
    const other = createServer((_request, response) => response.end("<h1>router</h1>"));
    await new Promise<void>((resolve) => other.listen(0, "127.0.0.1", resolve));
    const url = `http://127.0.0.1:${(other.address() as AddressInfo).port}`;
    await expect(new AtolDevice({ url, ...FAST_ATOL }).connect()).rejects.toThrow(/не веб-сервер/);
    await new Promise((resolve) => other.close(resolve));
    const nobody = await new AtolDevice({ url, ...FAST_ATOL }).connect().catch((e: unknown) => e);
    expect(nobody).toBeInstanceOf(DeviceLinkError);
    expect((nobody as DeviceLinkError).advice).toContain("Проверьте, что он запущен");
  });

  it("finds the short record of a document after 30 days", async () => {
    await start();
    await close();
    emulator.kkt.device.register.clock.aheadSeconds += 31 * 24 * 3600;
    expect(await device.findDocument(3)).toMatchObject({
      documentType: 3,
      fd: 3,
      fp: documents()[2]?.fp,
      operation: 1,
      sumKopecks: 700_100,
      marker: null,
      tlvReadable: false,
    });
    expect(await device.readDocument(3)).toBeNull();
  });

  it("sets the clock between shifts only", async () => {
    await start();
    const wall = (await device.status()).dateTime;
    await expect(device.setClock(wall)).rejects.toMatchObject({ deviceCode: 1083 });
    await device.closeShift(CASHIER);
    await device.setClock(`${wall.slice(0, 17)}00`);
    expect((await device.status()).dateTime.slice(0, 13)).toBe(wall.slice(0, 13));
  });

  it("leaves the ОФД to the register", async () => {
    await start();
    expect((await device.connect()).ofdBy).toBe("device");
    expect(await device.readOfdMessage()).toBeNull();
    await expect(device.writeOfdAnswer()).rejects.toBeInstanceOf(DeviceRefusal);
  });
});
