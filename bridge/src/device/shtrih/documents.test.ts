/** The documents of a till, on the emulated register, as the ФН and the operator see them. */
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type KktEmulator, startKktEmulator } from "../../../../fixtures/kkt/index.ts";
import { examine } from "../../../../fixtures/ofd/examine.ts";
import type { Correction, Receipt } from "../../domain/receipt.ts";
import type { VatCode } from "../../domain/vat.ts";
import { commandByCode } from "./commands/index.ts";
import { bytes } from "./commands/testing/wire.ts";
import { describeFrame } from "./describe.ts";
import { encodeFrame } from "./frame.ts";
import { ShtrihDevice, TcpTransport } from "./index.ts";
import { saleOf } from "./testing/sale.ts";

const CASHIER = { name: "Кассирова А. А.", inn: null };
let kkt: KktEmulator;
let device: ShtrihDevice;

const make = (): ShtrihDevice =>
  new ShtrihDevice({
    transport: new TcpTransport({ host: "127.0.0.1", port: kkt.tcpPort ?? 0 }),
    linkTiming: { controlMs: 200, byteMs: 80, pendingMs: 2_000 },
  });

beforeEach(async () => {
  kkt = await startKktEmulator({ printMs: 0 });
  device = make();
  await device.connect();
});

afterEach(async () => {
  await device.disconnect();
  await kkt.stop();
  for (const exchange of kkt.device.commands.last(5000)) assertReadable(exchange);
});

/** `frame decode` knows every command that was on the line, and which way it went. */
function assertReadable(exchange: { requestHex: string; answerHex: string | null }): void {
  const request = describeFrame(encodeFrame(bytes(exchange.requestHex)));
  expect(request, exchange.requestHex).toMatchObject({ kind: "request", checksumOk: true });
  expect(commandByCode(parseInt(request?.command ?? "", 16)), request?.command).not.toBeNull();
  if (exchange.answerHex === null) return;
  const answer = describeFrame(encodeFrame(bytes(exchange.answerHex)));
  expect(answer, exchange.answerHex).toMatchObject({ kind: "response" });
  if ((answer?.payload ?? "").length > 2) expect(answer?.fields).not.toEqual({});
}

async function sign(receipt: Receipt): Promise<number> {
  await device.beginReceipt(receipt);
  return (await device.closeReceipt(receipt)).fd;
}

/** The document's tags as the emulator reads them, and what a careful operator finds wrong. */
function inFn(fd: number): { tags: unknown[]; findings: unknown[]; type: number } {
  const document = kkt.device.register.fn.journal.byFd(fd);
  if (!document) throw new Error(`no FD ${String(fd)}`);
  const { tags, docType } = document;
  return { tags, type: docType, findings: examine(docType, tags, kkt.fn, fd) };
}

const papers = (): string[] =>
  kkt.device.register.printer.records.map(({ kind, fd }) => `${kind} ${String(fd)}`);

const tag = (number: number, value: unknown): unknown =>
  expect.objectContaining({ tag: number, value });

describe("a correction", () => {
  const self: Correction = {
    basis: "self",
    date: "2026-11-20",
    number: null,
    wrongFp: 4_000_000_001,
  };

  it.each([
    ["of a sale", "sale_correction", 1, self],
    ["of a refund", "refund_correction", 2, self],
    ["by instruction", "sale_correction", 1, { ...self, basis: "instruction", number: "12-34/7" }],
    ["without a wrong receipt", "sale_correction", 1, { ...self, wrongFp: null }],
  ] as const)("%s is a document of type 31", async (_what, type, operation, correction) => {
    await device.openShift(CASHIER);
    const fd = await sign({ ...saleOf({ type, vat: 11 }), correction });
    const { tags, findings, type: documentType } = inFn(fd);
    expect({ findings, documentType }).toEqual({ findings: [], documentType: 31 });
    expect(tags).toContainEqual(tag(1173, correction.basis === "self" ? 0 : 1));
    if (correction.wrongFp !== null) expect(tags).toContainEqual(tag(1192, "4000000001"));
    expect(await device.findDocument(fd)).toMatchObject({
      ...{ documentType: 31, operation, sumKopecks: 10_000, receipt: 1 },
      marker: saleOf().order.uuid,
    });
    expect(await device.readDocument(fd)).toMatchObject({ documentType: 31, operation });
  });

  it("is cancelled like any receipt", async () => {
    await device.openShift(CASHIER);
    await device.beginReceipt({ ...saleOf({ type: "sale_correction" }), correction: self });
    expect(await device.status()).toMatchObject({ documentOpen: true });
    await device.cancelReceipt();
    expect(await device.status()).toMatchObject({ documentOpen: false, lastFd: 2 });
  });
});

describe("a receipt without paper", () => {
  const electronic = (): Receipt => ({
    ...saleOf(),
    electronicOnly: true,
    customer: { email: "buyer@example.ru", phone: null, name: null, inn: null },
  });

  it("is in the ФН and on no paper; the next one is on paper", async () => {
    await device.openShift(CASHIER);
    const silent = await sign(electronic());
    const printed = await sign(saleOf());
    expect(papers().slice(-2)).toEqual([`none ${String(silent)}`, `receipt ${String(printed)}`]);
    expect(inFn(silent).tags).toContainEqual(tag(1008, "buyer@example.ru"));
  });

  it("that is cancelled takes no paper from what comes after it", async () => {
    await device.openShift(CASHIER);
    await device.beginReceipt(electronic());
    await device.cancelReceipt();
    await device.closeShift(CASHIER);
    expect(papers().at(-1)).toBe("shift-close 3");
  });

  it("that the power ended takes none either", async () => {
    await device.openShift(CASHIER);
    await device.beginReceipt(electronic());
    kkt.device.setPower(false);
    kkt.device.setPower(true);
    await device.disconnect();
    device = make();
    await device.connect();
    const fd = await sign(saleOf());
    expect(papers().at(-1)).toBe(`receipt ${String(fd)}`);
  });

  it("is refused by a model that always prints", async () => {
    await device.openShift(CASHIER);
    kkt.device.addFault({ kind: "error", command: 0x1e, code: 0x33, skip: 0, count: 1 });
    await expect(device.beginReceipt(electronic())).rejects.toMatchObject({ command: "1E" });
    expect(await device.status()).toMatchObject({ documentOpen: false });
  });
});

describe("an item", () => {
  it("names its agent and its supplier", async () => {
    await device.openShift(CASHIER);
    const [item] = saleOf().items;
    const sold = {
      ...item!,
      agent: { bits: 64 },
      supplier: { name: "Мастерская № 1", inn: "500100732259", phones: ["+79990000000"] },
    };
    const { tags, findings } = inFn(await sign({ ...saleOf(), items: [sold] }));
    expect(findings).toEqual([]);
    const children = (tags as { tag: number; children?: unknown[] }[]).find(
      (node) => node.tag === 1059,
    )?.children;
    expect(children).toContainEqual(tag(1222, 64));
    expect(children).toContainEqual(tag(1226, "500100732259"));
    expect(children).toContainEqual(
      expect.objectContaining({
        tag: 1224,
        children: [tag(1171, "+79990000000"), tag(1225, "Мастерская № 1")],
      }),
    );
  });

  it("carries its marking code, checked by the ФН", async () => {
    await device.openShift(CASHIER);
    const [item] = saleOf().items;
    const mark = "0104600439931256215\u001d93dGVz";
    const { tags } = inFn(await sign({ ...saleOf(), items: [{ ...item!, subject: 33, mark }] }));
    const text = JSON.stringify(tags);
    expect(text).toContain(Buffer.from(mark, "latin1").toString("hex"));
    expect(text).toMatch(/"tag":2106,"name":"[^"]+","value":15/);
    const commands = kkt.device.commands.last(10).map(({ command }) => command);
    expect(commands.join(" ")).toMatch(/FF61 FF69 FF67( FF0C)+ 89/);
  });
});

it("sends a long buyer's name through the ФН's buffer", async () => {
  await device.openShift(CASHIER);
  const name = `ООО ${"Я".repeat(250)}`;
  const customer = { email: null, phone: null, name, inn: "7707083893" };
  const { tags } = inFn(await sign({ ...saleOf(), customer }));
  expect(JSON.stringify(tags)).toContain(name);
  expect(kkt.device.commands.counts.get("FF64")).toBe(1);
});

it("reads a document back whole, every rate in its place", async () => {
  await device.openShift(CASHIER);
  kkt.device.register.tables.set(17, 1, 71, 2);
  const [item] = saleOf().items;
  const codes: readonly VatCode[] = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12];
  const items = codes.map((vat) => ({ ...item!, name: `Товар ${String(vat)}`, vat }));
  const payments = [
    { method: "cash", kopecks: 50_000 },
    { method: "electronic", kopecks: 40_000 },
    { method: "prepaid", kopecks: 20_000 },
    { method: "other", kopecks: 15_000 },
  ] as const;
  const fd = await sign({ ...saleOf(), items, payments });
  const document = await device.readDocument(fd);
  expect(document).toMatchObject({
    ...{ documentType: 3, operation: 1, sumKopecks: 120_000, shift: 1, receipt: 1 },
    payments: { cash: 45_000, electronic: 40_000, prepaid: 20_000, credit: 0, other: 15_000 },
    vat: {
      ...{ 1: 1667, 2: 909, 3: 1667, 4: 909, 5: 10_000, 6: 10_000 },
      ...{ 7: 476, 8: 654, 9: 476, 10: 654, 11: 1803, 12: 1803 },
    },
    marker: saleOf().order.uuid,
  });
  expect(document?.items).toHaveLength(12);
  expect(document?.items[10]).toEqual({
    name: "Товар 11",
    quantityMillionths: 1_000_000,
    priceKopecks: 10_000,
    sumKopecks: 10_000,
    vat: 11,
    vatKopecks: 1803,
  });
  expect(Buffer.from(document?.raw ?? "", "base64").length).toBeGreaterThan(500);
  expect(await device.readDocument(fd + 1)).toBeNull();
});

it("tells a document that is not what was asked for", async () => {
  await device.openShift(CASHIER);
  kkt.device.addFault({ kind: "vat-miscount", kopecks: 5, skip: 0, count: 1 });
  const fd = await sign(saleOf({ vat: 11 }));
  expect(await device.readDocument(fd)).toMatchObject({ vat: { 11: 1808 } });
});

it("does not read a document whose TLV is over thirty days old", async () => {
  await device.openShift(CASHIER);
  kkt.device.register.clock.aheadSeconds += 31 * 24 * 3600;
  expect(await device.readDocument(2)).toBeNull();
  expect(await device.findDocument(2)).toMatchObject({ documentType: 2, tlvReadable: false });
});

it("moves cash, and says when the drawer has not enough", async () => {
  await device.openShift(CASHIER);
  await device.moveCash("in", 50_000, CASHIER);
  await expect(device.moveCash("out", 50_001, CASHIER)).rejects.toMatchObject({
    command: "51",
    deviceCode: 0x46,
  });
  await device.moveCash("out", 50_000, CASHIER);
  expect(papers().slice(-2)).toEqual(["cash-in null", "cash-out null"]);
});

it("reports the state of calculations under the cashier's name", async () => {
  const report = await device.reportCalculations(CASHIER);
  expect(report).toMatchObject({ fd: 2, unconfirmed: 1 });
  expect(report.firstUnconfirmed).toMatch(/^20\d\d-\d\d-\d\d$/);
  const { tags, type, findings } = inFn(2);
  expect({ type, findings }).toEqual({ type: 21, findings: [] });
  expect(tags).toContainEqual(tag(1021, CASHIER.name));
  expect(await device.findDocument(2)).toMatchObject({ documentType: 21, fp: report.fp });
});

it("leaves nothing open where the report is refused half-way", async () => {
  kkt.device.addFault({ kind: "error", command: 0xff0c, code: 0x09, skip: 0, count: 1 });
  await expect(device.reportCalculations(CASHIER)).rejects.toMatchObject({ command: "FF0C" });
  expect(await device.status()).toMatchObject({ documentOpen: false });
});

describe("the clock", () => {
  it.each([
    ["an hour fast", 3600],
    ["a day slow", -24 * 3600],
    ["two months off", 60 * 24 * 3600],
  ])("that is %s is set", async (_what, offset) => {
    const { clock } = kkt.device.register;
    clock.offsetSeconds = offset;
    const right = new Date(clock.fnWall() * 1000).toISOString().slice(0, 19);
    await device.setClock(right);
    expect(Math.abs(clock.offsetSeconds)).toBeLessThan(10);
    await device.openShift(CASHIER);
  });

  it("is not touched while the shift is open", async () => {
    await device.openShift(CASHIER);
    await expect(device.setClock("2026-11-22T12:00:00")).rejects.toMatchObject({
      name: "DeviceRefusal",
      deviceCode: 0x73,
    });
  });

  it("is freed from a date that nobody confirmed", async () => {
    const { clock } = kkt.device.register;
    const right = new Date(clock.fnWall() * 1000).toISOString().slice(0, 19);
    kkt.device.register.pendingDate = { day: 1, month: 1, year: 27 };
    await device.setClock(right);
    expect(kkt.device.register.pendingDate).toBeNull();
  });
});

it("finds the ОФД's table by its number, and who carries the messages", async () => {
  kkt.device.register.tables.set(21, 1, 2, 1);
  const info = await device.connect();
  expect(info).toMatchObject({ ofdBy: "device", ofd: { port: 7779 } });
  const reads = kkt.device.commands.last(200).filter(({ command }) => command === "1F");
  expect(reads.some(({ requestHex }) => requestHex.startsWith("1f1e00000013"))).toBe(true);
});

it("tells what is left of the ФН", async () => {
  kkt.device.register.fn.documentsLeft = 90;
  expect(await device.status()).toMatchObject({ documentsLeft: 90 });
});
