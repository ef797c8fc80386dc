import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { ManualTime } from "../../domain/testing/manual-time.ts";
import { DeviceDoubt, DeviceLinkError } from "../fiscal-device.ts";
import { hex } from "./binary.ts";
import { commandBody, type Safety } from "./commands/command.ts";
import { ACK, encodeFrame, ENQ, NAK } from "./frame.ts";
import type { LinkEvent, Request } from "./line-link.ts";
import { LINK_TIMING, ShtrihLink } from "./link.ts";
import { device, host, later, ScriptedPort } from "./testing/scripted-port.ts";
import { type Transport, TransportError, type TransportEvents } from "./transport/transport.ts";

const FF45 = 0xff45;
const PAYLOAD = Uint8Array.of(30, 0, 0, 0, 1, 2, 3);
const FRAME = encodeFrame(commandBody(FF45, PAYLOAD));
const RESULT = Uint8Array.of(0, 9, 8, 7, 6, 5);
const ANSWER = encodeFrame(commandBody(FF45, RESULT));
const OLD_RESULT = Uint8Array.of(0, 1, 1, 1);
const OLD_ANSWER = encodeFrame(commandBody(FF45, OLD_RESULT));
const STATUS_ANSWER = encodeFrame(commandBody(0xff01, Uint8Array.of(0, 3)));

function broken(frame: Uint8Array): Uint8Array {
  const copy = frame.slice();
  copy[copy.length - 1] = (copy[copy.length - 1] ?? 0) ^ 0x5a;
  return copy;
}

function request(safety: Safety, code = FF45): Request {
  return { code, safety, timeoutMs: 10_000, payload: PAYLOAD };
}

let time: ManualTime;
let port: ScriptedPort;
let link: ShtrihLink;
let events: LinkEvent[];

/** Lets time pass until the work is done; a minute must be enough for anything. */
async function finished<T>(work: Promise<T>): Promise<T> {
  let settled = false;
  const watched = work.finally(() => {
    settled = true;
  });
  watched.catch(() => undefined);
  for (let passed = 0; !settled && passed < 120_000; passed += 50) await time.advance(50);
  if (!settled) throw new Error("still not finished after two minutes");
  return watched;
}

async function exchanged(safety: Safety): Promise<string> {
  return hex(await finished(link.exchange(request(safety))));
}

function framesSent(): number {
  return port.written.filter((bytes) => hex(bytes) === hex(FRAME)).length;
}

beforeEach(async () => {
  time = new ManualTime();
  port = new ScriptedPort(time);
  events = [];
  link = new ShtrihLink({ transport: port, time, onEvent: (event) => events.push(event) });
  await link.open();
});

afterEach(() => {
  port.finish();
  expect(port.surprises).toEqual([]);
});

const IDLE = [host(ENQ), device(NAK)] as const;
const SAFETIES = ["read", "build", "document"] as const;

describe("an undisturbed line", () => {
  it("asks, sends, confirms", async () => {
    port.script(...IDLE, host(FRAME), device(ACK), later(200, ANSWER), host(ACK));
    expect(await exchanged("document")).toBe(hex(RESULT));
  });

  it("skips what a network board puts before control bytes", async () => {
    port.script(
      host(ENQ),
      device(0xff, NAK),
      host(FRAME),
      device(0xff, ACK, 0xff, 0xff, ANSWER),
      host(ACK),
    );
    expect(await exchanged("document")).toBe(hex(RESULT));
  });

  it("lets one command end before the next begins", async () => {
    const status = request("read", 0xff01);
    const frame = encodeFrame(commandBody(0xff01, PAYLOAD));
    port.script(
      ...[...IDLE, host(FRAME), device(ACK), later(300, ANSWER), host(ACK)],
      ...[...IDLE, host(frame), device(ACK), device(STATUS_ANSWER), host(ACK)],
    );
    const both = Promise.all([link.exchange(request("document")), link.exchange(status)]);
    expect((await finished(both)).map(hex)).toEqual([hex(RESULT), "0003"]);
  });
});

describe("an answer that the device still holds", () => {
  it("is kept before anything is sent, and offered later", async () => {
    port.script(
      ...[host(ENQ), device(ACK, OLD_ANSWER), host(ACK)],
      ...[...IDLE, host(encodeFrame(commandBody(0xff01, PAYLOAD)))],
      ...[device(ACK, STATUS_ANSWER), host(ACK)],
    );
    await finished(link.exchange(request("read", 0xff01)));
    expect(await link.takePendingAnswer()).toEqual({ code: FF45, payload: OLD_RESULT });
    port.script(...IDLE);
    expect(await finished(link.takePendingAnswer())).toBeNull();
    expect(events).toContainEqual({
      kind: "answer-kept",
      command: "FF45",
      payload: hex(OLD_RESULT),
    });
  });

  it("is asked for where nothing was kept", async () => {
    port.script(host(ENQ), device(ACK), later(5_000, OLD_ANSWER), host(ACK), ...IDLE);
    expect(await finished(link.takePendingAnswer())).toEqual({ code: FF45, payload: OLD_RESULT });
  });

  it("is asked for again when it comes broken", async () => {
    port.script(
      ...[host(ENQ), device(ACK, broken(OLD_ANSWER)), host(NAK)],
      ...[host(ENQ), device(ACK, OLD_ANSWER), host(ACK), ...IDLE],
    );
    expect(await finished(link.takePendingAnswer())).toMatchObject({ payload: OLD_RESULT });
  });

  it("is not taken for the answer to a new command of the same kind", async () => {
    port.script(
      ...[host(ENQ), device(ACK, OLD_ANSWER), host(ACK)],
      ...[...IDLE, host(FRAME), device(ACK, ANSWER), host(ACK)],
    );
    expect(await exchanged("document")).toBe(hex(RESULT));
    expect(events.map(({ kind }) => kind)).toEqual(["answer-kept", "answer-dropped"]);
    port.script(...IDLE);
    expect(await finished(link.takePendingAnswer())).toBeNull();
  });

  it("is nobody's when it only repeats what was delivered", async () => {
    port.script(...IDLE, host(FRAME), device(ACK, ANSWER, ANSWER), host(ACK));
    expect(await exchanged("document")).toBe(hex(RESULT));
    port.script(host(ENQ), device(ACK, ANSWER), host(ACK), ...IDLE);
    expect(await finished(link.takePendingAnswer())).toBeNull();
  });

  it("does not keep the host from speaking for ever", async () => {
    const rounds = Array.from({ length: 3 }, () => [host(ENQ), device(ACK)]).flat();
    port.script(...rounds.slice(0, 2), ...rounds.slice(0, 2));
    await expect(exchanged("document")).rejects.toThrow(DeviceLinkError);
    expect(time.monotonic()).toBeGreaterThanOrEqual(LINK_TIMING.pendingMs);
    expect(framesSent()).toBe(0);
  });
});

describe("before the command is sent", () => {
  it.each(SAFETIES)("silence is no link, and nothing happened (%s)", async (safety) => {
    port.script(host(ENQ), host(ENQ), host(ENQ));
    await expect(exchanged(safety)).rejects.toThrow(DeviceLinkError);
    expect(time.monotonic()).toBeLessThan(2_000);
  });

  it("a lost line is no link", async () => {
    port.script(host(ENQ), { lost: "кабель" });
    await expect(exchanged("document")).rejects.toThrow(/кабель/);
    await expect(exchanged("document")).rejects.toThrow(DeviceLinkError);
    await link.open();
    port.script(...IDLE, host(FRAME), device(ACK, ANSWER), host(ACK));
    expect(await exchanged("document")).toBe(hex(RESULT));
  });

  it("a write that fails is no link", async () => {
    port.script({ writeFails: "порт не принимает данные" });
    await expect(exchanged("document")).rejects.toThrow(DeviceLinkError);
  });

  it("late reactions to ENQ are not taken for one to the command", async () => {
    port.script(
      host(ENQ),
      later(LINK_TIMING.controlMs + 20, NAK),
      host(ENQ),
      later(300, NAK),
      ...[...IDLE, host(FRAME), device(ACK, ANSWER), host(ACK)],
    );
    expect(await exchanged("document")).toBe(hex(RESULT));
  });

  it("opening again begins anew where the device had fallen silent", async () => {
    expect(port.opened).toBe(1);
    await link.open();
    expect(port.opened).toBe(1);
    port.script(host(ENQ), host(ENQ), host(ENQ));
    await expect(exchanged("read")).rejects.toThrow(DeviceLinkError);
    await link.open();
    expect(port.opened).toBe(2);
  });
});

describe("a command that the device did not take", () => {
  const REFUSED = [...IDLE, host(FRAME), device(NAK), host(ENQ), device(NAK)];
  const TAKEN = [...IDLE, host(FRAME), device(ACK, ANSWER), host(ACK)];

  it.each(["read", "build"] as const)("is sent again (%s)", async (safety) => {
    port.script(...REFUSED, ...TAKEN);
    expect(await exchanged(safety)).toBe(hex(RESULT));
  });

  it("is not sent again if it makes a document; nothing happened", async () => {
    port.script(...REFUSED);
    await expect(exchanged("document")).rejects.toThrow(DeviceLinkError);
    expect(framesSent()).toBe(1);
  });

  it("was taken after all if it has an answer", async () => {
    port.script(
      ...[...IDLE, host(FRAME), device(NAK)],
      ...[host(ENQ), device(ACK, ANSWER), host(ACK)],
    );
    expect(await exchanged("document")).toBe(hex(RESULT));
  });
});

describe("a lost confirmation", () => {
  it("does not matter where the answer comes", async () => {
    port.script(...IDLE, host(FRAME), later(50, ANSWER), host(ACK));
    expect(await exchanged("document")).toBe(hex(RESULT));
  });

  it("is asked after", async () => {
    port.script(...IDLE, host(FRAME), host(ENQ), device(ACK), later(900, ANSWER), host(ACK));
    expect(await exchanged("document")).toBe(hex(RESULT));
  });

  const UNKNOWN = [...IDLE, host(FRAME), host(ENQ), device(NAK)];

  it("of a read makes it sent again", async () => {
    port.script(...UNKNOWN, ...IDLE, host(FRAME), device(ACK, ANSWER), host(ACK));
    expect(await exchanged("read")).toBe(hex(RESULT));
  });

  it.each(["build", "document"] as const)("of any other is doubt (%s)", async (safety) => {
    port.script(...UNKNOWN);
    await expect(exchanged(safety)).rejects.toThrow(DeviceDoubt);
    expect(framesSent()).toBe(1);
  });
});

describe("an answer that does not come", () => {
  it("is asked for, and comes", async () => {
    port.script(
      ...[...IDLE, host(FRAME), device(ACK)],
      ...[host(ENQ), device(ACK, ANSWER), host(ACK)],
    );
    const asked = time.monotonic();
    expect(await exchanged("document")).toBe(hex(RESULT));
    // long before its time is over, and not while a device usually still works
    expect(time.monotonic() - asked).toBeGreaterThanOrEqual(2_000);
    expect(time.monotonic() - asked).toBeLessThan(3_000);
  });

  it("is taken when it comes in the moment of the question", async () => {
    port.script(...IDLE, host(FRAME), device(ACK), host(ENQ), device(ANSWER), host(ACK));
    expect(await exchanged("document")).toBe(hex(RESULT));
    port.script(...IDLE);
    expect(await finished(link.takePendingAnswer())).toBeNull();
  });

  it("is waited for once more while the device works", async () => {
    const works = Array.from({ length: 6 }, () => [host(ENQ), device(ACK)]).flat();
    port.script(...IDLE, host(FRAME), device(ACK), ...works, later(900, ANSWER), host(ACK));
    const asked = time.monotonic();
    expect(await exchanged("document")).toBe(hex(RESULT));
    expect(time.monotonic() - asked).toBeGreaterThan(10_000);
  });

  it("is doubt when the device works for twice its time", async () => {
    const works = Array.from({ length: 10 }, () => [host(ENQ), device(ACK)]).flat();
    port.script(...IDLE, host(FRAME), device(ACK), ...works);
    await expect(exchanged("document")).rejects.toThrow(DeviceDoubt);
    expect(framesSent()).toBe(1);
  });

  it("is doubt when the device is idle, or gone", async () => {
    port.script(...IDLE, host(FRAME), device(ACK), host(ENQ), device(NAK));
    await expect(exchanged("document")).rejects.toThrow(DeviceDoubt);
    port.script(...IDLE, host(FRAME), device(ACK), host(ENQ), host(ENQ));
    await expect(exchanged("document")).rejects.toThrow(DeviceDoubt);
  });

  it("is doubt when the line breaks", async () => {
    port.script(...IDLE, host(FRAME), device(ACK), { lost: "кабель" });
    await expect(exchanged("document")).rejects.toThrow(DeviceDoubt);
  });

  it("is doubt when the command could not be written in full", async () => {
    port.script(...IDLE, { writeFails: "порт не принимает данные" });
    await expect(exchanged("document")).rejects.toThrow(DeviceDoubt);
  });

  it("is no more than a lost link for a read", async () => {
    const lost = [...IDLE, host(FRAME), device(ACK), host(ENQ), device(NAK)];
    port.script(...lost, ...lost, ...lost);
    await expect(exchanged("read")).rejects.toThrow(DeviceLinkError);
    expect(framesSent()).toBe(3);
  });

  it("is doubt when we hang up ourselves", async () => {
    port.script(...IDLE, host(FRAME), device(ACK));
    const outcome = link.exchange(request("document")).catch((error: unknown) => error);
    await time.advance(100);
    await link.close();
    expect(await finished(outcome)).toBeInstanceOf(DeviceDoubt);
  });
});

describe("a broken answer", () => {
  const AGAIN = [host(NAK), host(ENQ), device(ACK)];

  it("is asked for again", async () => {
    port.script(
      ...[...IDLE, host(FRAME), device(ACK, broken(ANSWER))],
      ...[...AGAIN, device(ANSWER.slice(0, 4)), ...AGAIN, device(ANSWER), host(ACK)],
    );
    expect(await exchanged("document")).toBe(hex(RESULT));
    expect(framesSent()).toBe(1);
  });

  it("is doubt when it stays broken", async () => {
    const bad = device(broken(ANSWER));
    port.script(
      ...[...IDLE, host(FRAME), device(ACK), bad],
      ...[...AGAIN, bad, ...AGAIN, bad, ...AGAIN, bad, ...AGAIN],
    );
    await expect(exchanged("document")).rejects.toThrow(DeviceDoubt);
    expect(framesSent()).toBe(1);
  });

  it("is not seen in a stray byte before a good one", async () => {
    port.script(...IDLE, host(FRAME), device(ACK), later(10, 0x02, ANSWER), host(ACK));
    expect(await exchanged("document")).toBe(hex(RESULT));
  });
});

it("keeps the answer to another command and goes on waiting for its own", async () => {
  port.script(
    ...[...IDLE, host(FRAME), device(ACK, STATUS_ANSWER), host(ACK)],
    ...[later(100, ANSWER), host(ACK)],
  );
  expect(await exchanged("document")).toBe(hex(RESULT));
  expect(await link.takePendingAnswer()).toMatchObject({ code: 0xff01 });
});

it("tells the person at the till what the port says when it does not open", async () => {
  await link.close();
  port.open = () => Promise.reject(new TransportError("порт /dev/x занят другой программой"));
  await expect(link.open()).rejects.toMatchObject({
    name: "DeviceLinkError",
    advice: "Порт /dev/x занят другой программой.",
  });
});

it("is not opened by an open that was overtaken by a close", async () => {
  await link.close();
  const opening = link.open();
  await link.close();
  await expect(opening).rejects.toThrow(DeviceLinkError);
  await expect(exchanged("read")).rejects.toThrow(DeviceLinkError);
  await link.open();
  port.script(...IDLE, host(FRAME), device(ACK, ANSWER), host(ACK));
  expect(await exchanged("read")).toBe(hex(RESULT));
});

it.each([
  ["control bytes", [ENQ, 0x02, 200]],
  ["frames of somebody else", [...STATUS_ANSWER, 0x02]],
  ["noise", [0x02, 0x03, 0x41, 0x02, ENQ, 0xff]],
])("gives up a line that never falls silent: %s", async (_what, chatter) => {
  await link.close();
  let talking = true;
  port.open = (events) => {
    const talk = (): void => {
      events.data(Uint8Array.from(chatter));
      if (talking) time.after(10, talk);
    };
    talk();
    return Promise.resolve();
  };
  port.write = () => Promise.resolve();
  await link.open();
  await expect(exchanged("read")).rejects.toThrow(DeviceLinkError);
  talking = false;
});

/** Answers every write with whatever the test chose. */
class WildPort implements Transport {
  readonly name = "wild";
  readonly written: string[] = [];
  #events: TransportEvents | null = null;
  readonly #replies: readonly Uint8Array[];

  constructor(replies: readonly Uint8Array[]) {
    this.#replies = replies;
  }

  open(events: TransportEvents): Promise<void> {
    this.#events = events;
    return Promise.resolve();
  }

  write(bytes: Uint8Array): Promise<void> {
    const reply = this.#replies[this.written.length % this.#replies.length];
    this.written.push(hex(bytes));
    if (reply && reply.length > 0) this.#events?.data(reply);
    return Promise.resolve();
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}

describe("a device that answers anything", () => {
  const reply = fc.oneof(
    fc
      .constantFrom(
        ...[[], [NAK], [ACK], [ACK, ...ANSWER], [...ANSWER], [ACK, ...broken(ANSWER)]],
        ...[[...STATUS_ANSWER], [ACK, ...OLD_ANSWER], [2, 200], [ENQ, NAK]],
      )
      .map((bytes) => Uint8Array.from(bytes)),
    fc.uint8Array({ maxLength: 8 }),
  );

  it("gets a closing command once at most, and the caller an end", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(reply, { minLength: 1, maxLength: 12 }), async (replies) => {
        time = new ManualTime();
        const wild = new WildPort(replies);
        const wildLink = new ShtrihLink({ transport: wild, time });
        await wildLink.open();
        const end = await finished(
          wildLink.exchange(request("document")).then(
            () => "answer" as const,
            (error: unknown) => (error instanceof Error ? error.name : "?"),
          ),
        );
        const sent = wild.written.filter((text) => text === hex(FRAME)).length;
        expect(sent).toBeLessThanOrEqual(1);
        if (sent === 0) expect(end).toBe("DeviceLinkError");
        expect(["answer", "DeviceLinkError", "DeviceDoubt"]).toContain(end);
      }),
      { numRuns: 60 },
    );
  }, 60_000);
});
