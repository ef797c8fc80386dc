import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { fromHex, hex } from "./binary.ts";
import { ACK, decodeFrame, encodeFrame, ENQ, FrameParser, type FrameEvent, NAK } from "./frame.ts";
import frames from "./vectors/shtrih_frames.json" with { type: "json" };

const vectors = frames.filter(({ framing }) => framing === "v1");
const body = fc.uint8Array({ minLength: 1, maxLength: 255 });

function bytes(text: string): Uint8Array {
  const value = fromHex(text);
  if (!value) throw new Error(`not hex: ${text}`);
  return value;
}

describe("a frame of V1", () => {
  it.each(vectors)("is read from a real log: $desc", ({ hex: text }) => {
    const decoded = decodeFrame(bytes(text));
    expect(decoded?.checksumOk).toBe(true);
    expect(hex(encodeFrame(decoded?.body ?? new Uint8Array()))).toBe(text);
  });

  it("comes back as it was written", () => {
    fc.assert(
      fc.property(body, (content) => {
        expect(decodeFrame(encodeFrame(content))).toEqual({ body: content, checksumOk: true });
      }),
    );
  });

  it("shows every damage to one of its bytes but the length", () => {
    fc.assert(
      fc.property(body, fc.nat(), fc.integer({ min: 1, max: 255 }), (content, at, flip) => {
        const frame = encodeFrame(content);
        const index = 2 + (at % (frame.length - 2));
        frame[index] = (frame[index] ?? 0) ^ flip;
        expect(decodeFrame(frame)?.checksumOk).toBe(false);
      }),
    );
  });

  it.each(["", "02", "0205111c000000", "0205111c0000000808", "0305111c00000008", "020000"])(
    "is not seen in %j",
    (text) => {
      expect(decodeFrame(Uint8Array.from(Buffer.from(text, "hex")))).toBeNull();
    },
  );

  it.each([0, 256])("has no room for a body of %i bytes", (length) => {
    expect(() => encodeFrame(new Uint8Array(length))).toThrow(RangeError);
  });
});

/** All bytes at once, one by one, or in pieces: the events are the same. */
function parse(chunks: readonly Uint8Array[], quiet = true): FrameEvent[] {
  const parser = new FrameParser();
  const events = chunks.flatMap((chunk) => parser.push(chunk));
  return quiet ? [...events, ...parser.idle()] : events;
}

const frame = (content: Uint8Array): FrameEvent => ({ type: "frame", body: content });
const ANSWER = Uint8Array.of(0xff, 0x45, 0, 1, 2, 3);

describe("the parser", () => {
  it("finds frames and control bytes however they are cut into pieces", () => {
    const message = fc.oneof(
      body.map((content) => ({ wire: encodeFrame(content), event: frame(content) })),
      fc.constantFrom(ENQ, ACK, NAK).map((byte) => ({
        wire: Uint8Array.of(byte),
        event: { type: "control", byte },
      })),
      fc.constant({ wire: Uint8Array.of(0xff), event: null }),
    );
    fc.assert(
      fc.property(fc.array(message, { maxLength: 6 }), fc.array(fc.nat(40)), (messages, cuts) => {
        const wire = Buffer.concat(messages.map((one) => one.wire));
        const chunks: Uint8Array[] = [];
        let rest: Uint8Array = wire;
        for (const cut of cuts) {
          chunks.push(rest.slice(0, cut));
          rest = rest.slice(cut);
        }
        chunks.push(rest.slice());
        const expected = messages.flatMap((one) => one.event ?? []);
        expect(parse(chunks)).toEqual(expected);
      }),
    );
  });

  it("finds the frame behind noise that holds no 02h", () => {
    const noise = fc.uint8Array({ maxLength: 40 }).map((part) => part.filter((byte) => byte !== 2));
    fc.assert(
      fc.property(noise, (part) => {
        const events = parse([part, encodeFrame(ANSWER)]);
        expect(events.filter((event) => event.type !== "control")).toEqual([frame(ANSWER)]);
      }),
    );
  });

  it("finds the frame behind a stray 02h, whatever length that promises", () => {
    for (let length = 0; length < 256; length += 1) {
      const events = parse([Uint8Array.of(2, length), encodeFrame(ANSWER)]);
      expect(events, `length ${String(length)}`).toContainEqual(frame(ANSWER));
    }
  });

  it("believes no control byte inside a broken frame", () => {
    const broken = encodeFrame(Uint8Array.of(0x11, ACK, NAK, ENQ, 0x20));
    broken[broken.length - 1] = 0x77;
    expect(parse([broken])).toEqual([{ type: "corrupt" }]);
    expect(parse([broken.slice(0, 5)])).toEqual([{ type: "corrupt" }]);
    expect(parse([broken, Uint8Array.of(ACK)])).toEqual([
      { type: "corrupt" },
      { type: "control", byte: ACK },
    ]);
  });

  it("neither throws nor keeps what can no longer become a frame", () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 300 }), { maxLength: 8 }), (chunks) => {
        const parser = new FrameParser();
        for (const chunk of chunks) parser.push(chunk);
        parser.idle();
        expect(parser.inFrame).toBe(false);
        expect(parser.push(encodeFrame(ANSWER))).toEqual([frame(ANSWER)]);
      }),
    );
  });

  it("gives a mutated stream's other frames", () => {
    fc.assert(
      fc.property(fc.nat(), fc.nat({ max: 255 }), (at, value) => {
        const stream = Buffer.concat([
          encodeFrame(ANSWER),
          encodeFrame(ANSWER),
          encodeFrame(ANSWER),
        ]);
        stream[at % stream.length] = value;
        const found = parse([stream]).filter((event) => event.type === "frame");
        expect(found.length).toBeGreaterThanOrEqual(1);
      }),
    );
  });
});
