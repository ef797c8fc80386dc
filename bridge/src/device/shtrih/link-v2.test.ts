import { startKktEmulator, type KktEmulator } from "@opticserp/fixtures/kkt/index.ts";
import fc from "fast-check";
import { afterEach, describe, expect, it } from "vitest";
import { systemTime } from "../../domain/clock.ts";
import { DeviceDoubt, DeviceLinkError } from "../fiscal-device.ts";
import { fnStatus } from "./commands/fn-status.ts";
import { printXReport } from "./commands/print-x-report.ts";
import { encodeFrameV2, type PacketEvent, PacketParser } from "./frame-v2.ts";
import type { LinkEvent } from "./line-link.ts";
import { ShtrihLinkV2 } from "./link-v2.ts";
import { NegotiatedLink } from "./negotiated-link.ts";
import { ShtrihSession } from "./session.ts";
import { TcpTransport } from "./transport/tcp.ts";

const PASSWORD = { password: 30 };
const QUICK = { repeatMs: 60, byteMs: 40, tries: 2, readMs: 250 };

const opened: { close(): Promise<void> }[] = [];
let emulator: KktEmulator | null = null;

afterEach(async () => {
  for (const link of opened.splice(0)) await link.close();
  await emulator?.stop();
  emulator = null;
});

async function register(protocolV2 = true): Promise<KktEmulator> {
  emulator = await startKktEmulator({ printMs: 0, protocolV2, byteTimeoutMs: 30 });
  return emulator;
}

function transport({ tcpPort }: KktEmulator): TcpTransport {
  return new TcpTransport({ host: "127.0.0.1", port: tcpPort ?? 0 });
}

function numbered(kkt: KktEmulator): ShtrihLinkV2 {
  const link = new ShtrihLinkV2({ transport: transport(kkt), time: systemTime, timing: QUICK });
  opened.push(link);
  return link;
}

function negotiated(kkt: KktEmulator, events: LinkEvent[] = []): NegotiatedLink {
  const link = new NegotiatedLink({
    transport: transport(kkt),
    time: systemTime,
    protocol: "auto",
    password: PASSWORD.password,
    timing: { controlMs: 60, byteMs: 40, tries: 2 },
    timingV2: QUICK,
    onEvent: (event) => events.push(event),
  });
  opened.push(link);
  return link;
}

function xReport(link: ShtrihLinkV2 | NegotiatedLink): Promise<unknown> {
  return link.exchange({
    code: printXReport.code,
    safety: "document",
    timeoutMs: 500,
    payload: printXReport.encodeRequest(PASSWORD),
  });
}

function executed(kkt: KktEmulator, command: string): number {
  return kkt.device.commands.last(500, 0).filter((one) => one.command === command).length;
}

const openShift = (kkt: KktEmulator): void => void kkt.device.register.openShift(30);

describe("numbered packets", () => {
  it("ask again for a lost answer, and the command is executed once", async () => {
    const kkt = await register();
    openShift(kkt);
    const link = numbered(kkt);
    await link.open();
    kkt.device.addFault({
      kind: "answer-lost-after-execute",
      keep: true,
      command: 0x40,
      skip: 0,
      count: 1,
    });
    await expect(xReport(link)).resolves.toMatchObject({ 0: 0 });
    expect(executed(kkt, "40")).toBe(1);
  });

  it.each(["corrupt-answer", "duplicate-answer", "nak", "answer-lost-before-execute"] as const)(
    "survive %s",
    async (kind) => {
      const kkt = await register();
      openShift(kkt);
      const link = numbered(kkt);
      await link.open();
      kkt.device.addFault({ kind, command: 0x40, skip: 0, count: 1 });
      await xReport(link);
      const session = new ShtrihSession(link, systemTime);
      expect(await session.run(fnStatus, PASSWORD)).toMatchObject({ fn: kkt.fn });
      expect(
        kkt.device.register.printer.records.filter(({ kind: k }) => k === "x-report"),
      ).toHaveLength(1);
    },
  );

  it("are in doubt after a power cut, and say so", async () => {
    const kkt = await register();
    openShift(kkt);
    const link = numbered(kkt);
    await link.open();
    kkt.device.addFault({
      kind: "power-cut",
      when: "after-execute",
      powerOnAfterMs: 1,
      command: 0x40,
      skip: 0,
      count: 1,
    });
    await expect(xReport(link)).rejects.toBeInstanceOf(DeviceDoubt);
    kkt.device.setPower(true);
    await link.open();
    expect(await link.takePendingAnswer()).toBeNull();
  });

  it("bring the answer of the process before, which nobody had", async () => {
    const kkt = await register();
    openShift(kkt);
    const before = numbered(kkt);
    await before.open();
    kkt.device.addFault({
      kind: "answer-lost-after-execute",
      keep: true,
      command: 0x40,
      skip: 0,
      count: 1,
    });
    const report = xReport(before).catch((error: unknown) => error);
    await new Promise((resolve) => setTimeout(resolve, 20));
    await before.close();
    expect(await report).toBeInstanceOf(DeviceDoubt);
    const after = numbered(kkt);
    await after.open();
    expect(await after.takePendingAnswer()).toMatchObject({ code: 0x40 });
    expect(await after.takePendingAnswer()).toBeNull();
    expect(executed(kkt, "40")).toBe(1);
  });

  it("to a silent device end in time", async () => {
    const kkt = await register();
    const link = numbered(kkt);
    await link.open();
    kkt.device.addFault({ kind: "silence", skip: 0, count: 1 });
    const session = new ShtrihSession(link, systemTime);
    await expect(session.run(fnStatus, PASSWORD)).rejects.toBeInstanceOf(DeviceLinkError);
  });
});

describe("the protocol of the line", () => {
  it("is V2 where the model has it, also for the next process and after a power cut", async () => {
    const kkt = await register();
    for (let process = 0; process < 2; process += 1) {
      const link = negotiated(kkt);
      await link.open();
      expect(link.protocol).toBe("shtrih-v2");
      expect(kkt.device.protocol.spoken).toBe("v2");
      await link.close();
    }
    const link = negotiated(kkt);
    await link.open();
    kkt.device.setPower(false);
    kkt.device.setPower(true);
    const session = new ShtrihSession(link, systemTime);
    await session.run(fnStatus, PASSWORD).catch(() => undefined);
    await link.open();
    expect(await session.run(fnStatus, PASSWORD)).toMatchObject({ fn: kkt.fn });
    expect(link.protocol).toBe("shtrih-v2");
  });

  it("is V1 where the model has no other", async () => {
    const kkt = await register(false);
    const link = negotiated(kkt);
    await link.open();
    expect(link.protocol).toBe("shtrih-v1");
    const session = new ShtrihSession(link, systemTime);
    expect(await session.run(fnStatus, PASSWORD)).toMatchObject({ fn: kkt.fn });
  });

  it("falls back when a device in V2 is replaced by one that has V1 only", async () => {
    const kkt = await register();
    const link = negotiated(kkt);
    await link.open();
    kkt.device.protocol.hasV2 = false;
    kkt.device.register.protocolV2 = false;
    const session = new ShtrihSession(link, systemTime);
    await session.run(fnStatus, PASSWORD).catch(() => undefined);
    await link.open();
    expect(link.protocol).toBe("shtrih-v1");
    expect(await session.run(fnStatus, PASSWORD)).toMatchObject({ fn: kkt.fn });
  });
});

describe("the stream of packets", () => {
  const packet = fc.record({
    number: fc.integer({ min: 0, max: 0xffff }),
    data: fc.uint8Array({ minLength: 1, maxLength: 60 }),
  });

  it("is found whatever the chunks", () => {
    fc.assert(
      fc.property(
        fc.array(packet, { maxLength: 6 }),
        fc.integer({ min: 1, max: 9 }),
        (all, size) => {
          const bytes = all.flatMap((one) => [...encodeFrameV2(one)]);
          const parser = new PacketParser();
          const events: PacketEvent[] = [];
          for (let at = 0; at < bytes.length; at += size) {
            events.push(...parser.push(Uint8Array.from(bytes.slice(at, at + size))));
          }
          expect(events).toEqual(all.map((one) => ({ type: "packet", ...one })));
        },
      ),
    );
  });

  it("is back in step after at most one packet", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 80 }), packet, packet, (noise, first, second) => {
        const parser = new PacketParser();
        parser.push(noise);
        const events = [
          ...parser.push(encodeFrameV2(first)),
          ...parser.push(encodeFrameV2(second)),
        ];
        expect(events.at(-1)).toEqual({ type: "packet", ...second });
      }),
    );
  });
});
