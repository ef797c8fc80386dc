/**
 * Ten million random and mutated bytes through every parser of bytes, the bridge's and the
 * emulators': none throws anything but its own error, none hangs, and a stream is back in step with
 * the first whole message after the silence that ends a broken one.
 */
import { crc16 } from "@opticserp/fixtures/wire/crc16.ts";
import {
  ContainerError,
  decodeContainer,
  encodeContainer,
} from "@opticserp/fixtures/wire/container.ts";
import { decodeSession, encodeSession, SessionError } from "@opticserp/fixtures/wire/session.ts";
import { decodeTlv, splitTlv, TlvError } from "@opticserp/fixtures/wire/tlv.ts";
import { FrameParser as RegisterFrames } from "@opticserp/fixtures/kkt/frame.ts";
import { PacketReader } from "@opticserp/fixtures/kkt/frame-v2.ts";
import { expect, it } from "vitest";
import { WireFormatError, WireReader } from "../device/shtrih/binary.ts";
import { splitBody } from "../device/shtrih/commands/command.ts";
import { COMMANDS } from "../device/shtrih/commands/index.ts";
import { describeFrame } from "../device/shtrih/describe.ts";
import { decodeFrame, encodeFrame, FrameParser } from "../device/shtrih/frame.ts";
import { decodeFrameV2, encodeFrameV2, PacketParser } from "../device/shtrih/frame-v2.ts";
import { decodeTlvList, encodeTlv, tlvString, tlvStruct } from "../device/shtrih/tlv.ts";
import frames from "../device/shtrih/vectors/shtrih_frames.json" with { type: "json" };
import payloads from "../device/shtrih/vectors/shtrih_payloads.json" with { type: "json" };
import {
  checkSessionMessage,
  parseSessionHeader,
  SessionMessageError,
  withFullAProtocol,
} from "../ofd/session-message.ts";
import { byteSource, join } from "./testing/bytes.ts";

const BYTES = 10_000_000;
/** Of a stream: what stands between two looks whether it is in step. */
const STRETCH = 4_000;
const SEED = 20_261_122;

const bytesOf = (hex: string): Uint8Array => Uint8Array.from(Buffer.from(hex, "hex"));
const logged = frames.map(({ hex }) => bytesOf(hex));
const vendors = payloads.map(({ hex }) => bytesOf(hex));
const bodies = [...vendors, ...logged.map((frame) => frame.subarray(2, -1))];
const tlv = [
  tlvString(1008, "buyer@example.ru"),
  tlvStruct(
    1084,
    tlvString(1085, "ORDER"),
    tlvString(1086, "0f8fad5b-d9cb-469f-a165-70867728950e"),
  ),
  tlvStruct(1059, tlvString(1030, "Оправа"), encodeTlv(1023, Uint8Array.of(6, 64, 66, 15))),
  encodeTlv(1178, Uint8Array.of(0, 1, 2, 3)),
];
const fn = "9999078900000961";
const container = encodeContainer({ docType: 3, fn, fd: 70, body: Buffer.concat(tlv) });
const sessions = (["none", "header", "full"] as const).map((crc) =>
  encodeSession({
    fn,
    aProtocol: "0120",
    crc,
    hasContainer: true,
    answerExpected: true,
    body: container,
  }),
);

const told = (parser: string, bytes: number, messages: number): void =>
  console.log(
    `${parser}: ${bytes.toLocaleString("en")} bytes, ${messages.toLocaleString("en")} messages`,
  );

interface Stream {
  readonly push: (chunk: Uint8Array) => unknown[];
  /** The line falls silent. */
  readonly silence: () => unknown;
  readonly good: Uint8Array;
  /** What `push(good)` must give when in step. */
  readonly seen: (events: unknown[]) => boolean;
}

const body = Uint8Array.of(0xff, 0x45, 0x8f, 0x9f, 0x02, 0x00);

const streams: Record<string, { corpus: readonly Uint8Array[]; make: () => Stream }> = {
  "frames of V1 (bridge)": {
    corpus: [...logged, Uint8Array.of(5), Uint8Array.of(6), Uint8Array.of(21)],
    make: () => {
      const parser = new FrameParser();
      return {
        push: (chunk) => parser.push(chunk),
        silence: () => parser.idle(),
        good: encodeFrame(body),
        seen: (events) => JSON.stringify(events) === JSON.stringify([{ type: "frame", body }]),
      };
    },
  },
  "packets of V2 (bridge)": {
    corpus: bodies.map((data, number) => encodeFrameV2({ number, data })),
    make: () => {
      const parser = new PacketParser();
      return {
        push: (chunk) => parser.push(chunk),
        silence: () => parser.idle(),
        good: encodeFrameV2({ number: 7, data: body }),
        seen: (events) =>
          JSON.stringify(events) === JSON.stringify([{ type: "packet", number: 7, data: body }]),
      };
    },
  },
  "frames of V1 (register)": {
    corpus: [...logged, Uint8Array.of(5), Uint8Array.of(6), Uint8Array.of(21)],
    make: () => {
      const parser = new RegisterFrames(50);
      let at = 0;
      return {
        push: (chunk) => parser.feed(Buffer.from(chunk), at),
        silence: () => (at += 1_000),
        good: encodeFrame(body),
        seen: ([event]) => (event as { kind: string } | undefined)?.kind === "message",
      };
    },
  },
  "packets of V2 (register)": {
    corpus: bodies.map((data, number) => encodeFrameV2({ number, data })),
    make: () => {
      const parser = new PacketReader(50);
      let at = 0;
      return {
        push: (chunk) => parser.feed(Buffer.from(chunk), at),
        silence: () => (at += 1_000),
        good: encodeFrameV2({ number: 7, data: body }),
        seen: ([packet]) => (packet as { number: number } | undefined)?.number === 7,
      };
    },
  },
};

it.each(Object.entries(streams))("%s", { timeout: 120_000 }, (name, { corpus, make }) => {
  const source = byteSource(SEED, corpus);
  const stream = make();
  let bytes = 0;
  let messages = 0;
  let stretch = 0;
  while (bytes < BYTES) {
    const piece = source.mutated();
    for (let at = 0; at < piece.length;) {
      const size = 1 + source.whole(64);
      messages += stream.push(piece.subarray(at, at + size)).length;
      at += size;
    }
    bytes += piece.length;
    stretch += piece.length;
    if (stretch < STRETCH) continue;
    stretch = 0;
    stream.silence();
    const events = stream.push(stream.good);
    if (!stream.seen(events)) {
      expect.fail(`out of step after ${String(bytes)} bytes: ${JSON.stringify(events)}`);
    }
  }
  told(name, bytes, messages);
  expect(messages).toBeGreaterThan(1_000);
});

/** Reads one message; throws what it throws. */
type Read = (message: Uint8Array) => unknown;

const messageParsers: Record<
  string,
  { corpus: readonly Uint8Array[]; read: Read; errors: readonly (new (m: string) => Error)[] }
> = {
  "one frame of V1": { corpus: logged, read: decodeFrame, errors: [] },
  "one packet of V2": {
    corpus: bodies.map((data, number) => encodeFrameV2({ number, data })),
    read: decodeFrameV2,
    errors: [],
  },
  "frame decode": { corpus: logged, read: (message) => describeFrame(message), errors: [] },
  "answers and requests of every command": {
    corpus: bodies,
    read: (message) => {
      const split = splitBody(message);
      if (!split) return null;
      const command =
        COMMANDS.find(({ code }) => code === split.code) ??
        COMMANDS[message.length % COMMANDS.length];
      try {
        command?.decodeRequest(new WireReader(split.payload));
      } catch (error) {
        if (!(error instanceof WireFormatError)) throw error;
      }
      return command?.decodeAnswer(new WireReader(split.payload.subarray(1)));
    },
    errors: [WireFormatError],
  },
  "TLV (bridge)": { corpus: tlv, read: decodeTlvList, errors: [WireFormatError] },
  "TLV (emulators)": {
    corpus: tlv,
    read: (message) => [splitTlv(Buffer.from(message)), decodeTlv(Buffer.from(message))],
    errors: [TlvError],
  },
  "session message (bridge)": {
    corpus: sessions,
    read: (message) => {
      withFullAProtocol(message);
      parseSessionHeader(message);
      return checkSessionMessage(message);
    },
    errors: [SessionMessageError],
  },
  "session message (ОФД)": {
    corpus: sessions,
    read: (message) => decodeSession(Buffer.from(message)),
    errors: [SessionError],
  },
  "container (ОФД)": {
    corpus: [container],
    read: (message) => decodeContainer(Buffer.from(message)),
    errors: [ContainerError],
  },
};

it.each(Object.entries(messageParsers))(
  "%s",
  { timeout: 120_000 },
  (name, { corpus, read, errors }) => {
    const source = byteSource(SEED, corpus);
    let bytes = 0;
    let messages = 0;
    let refused = 0;
    while (bytes < BYTES) {
      const message = source.mutated();
      bytes += message.length + 1;
      messages += 1;
      try {
        if (read(message) === null) refused += 1;
      } catch (error) {
        refused += 1;
        if (errors.some((kind) => error instanceof kind)) continue;
        const hex = Buffer.from(message).toString("hex");
        expect.fail(`${String(error)}\nfor ${hex}`);
      }
    }
    told(name, bytes, messages);
    // mutations that break nothing, and such that do: both ways were taken
    expect(refused).toBeGreaterThan(messages / 100);
    expect(refused).toBeLessThan(messages);
  },
);

it("the corpus is sound", () => {
  for (const message of sessions) expect(checkSessionMessage(message).fn).toBe(fn);
  expect(decodeTlvList(join(...tlv))).toHaveLength(tlv.length);
  expect(crc16(Buffer.from("123456789"))).toBe(0x29b1);
});
