import { beforeEach, describe, expect, it } from "vitest";
import { ManualTime } from "../../domain/testing/manual-time.ts";
import { DeviceDoubt, DeviceLinkError, DeviceRefusal } from "../fiscal-device.ts";
import { closeReceipt } from "./commands/close-receipt.ts";
import { fnNumber } from "./commands/fn-number.ts";
import { openShiftPrinted } from "./commands/open-shift-printed.ts";
import { bytes } from "./commands/testing/wire.ts";
import type { LineLink, Request } from "./line-link.ts";
import { ShtrihSession } from "./session.ts";

let time: ManualTime;
let requests: Request[];

/** A session whose link gives these answers (payloads after the command code), the last for ever. */
function session(...answers: string[]): ShtrihSession {
  const exchange = (request: Request): Promise<Uint8Array> => {
    requests.push(request);
    const answer = answers[Math.min(requests.length, answers.length) - 1] ?? "";
    return Promise.resolve(answer === "" ? new Uint8Array() : bytes(answer));
  };
  return new ShtrihSession({ exchange } as unknown as LineLink, time, {
    answerMs: { FF02: 1_234 },
  });
}

const PASSWORD = { password: 30 };
const FN = "00 39393939303738393032303030303031";
const CLOSE = { ...PASSWORD, payments: [], rounding: 0, taxes: [], taxSystem: 1, text: "" };

beforeEach(() => {
  time = new ManualTime();
  requests = [];
});

describe("a session", () => {
  it("reads an answer, and waits as long as it was told to", async () => {
    expect(await session(FN).run(fnNumber, PASSWORD)).toEqual({ fn: "9999078902000001" });
    expect(requests).toMatchObject([{ code: 0xff02, safety: "read", timeoutMs: 1_234 }]);
  });

  it("turns an error byte into a refusal, in Russian", async () => {
    const outcome = session("45").run(closeReceipt, CLOSE);
    await expect(outcome).rejects.toMatchObject({
      name: "DeviceRefusal",
      command: "FF45",
      deviceCode: 0x45,
      message: "45h: сумма всех типов оплаты меньше итога чека",
    });
    await expect(session("").run(fnNumber, PASSWORD)).rejects.toThrow(DeviceLinkError);
  });

  it("repeats what was refused because the device prints, even a close", async () => {
    const outcome = session("50", "50", "00 0000000000 03000000 78563412").run(closeReceipt, CLOSE);
    await time.advance(1_000);
    expect(await outcome).toMatchObject({ fd: 3 });
    expect(requests).toHaveLength(3);
  });

  it("hands 50h on when the printing does not end", async () => {
    const outcome = session("50").run(fnNumber, PASSWORD);
    outcome.catch(() => undefined);
    await time.advance(61_000);
    await expect(outcome).rejects.toMatchObject({ deviceCode: 0x50 });
  });

  it("doubts a document whose answer does not read, and a read is only lost", async () => {
    await expect(session("00 01").run(closeReceipt, CLOSE)).rejects.toThrow(DeviceDoubt);
    await expect(session("00 01").run(fnNumber, PASSWORD)).rejects.toThrow(DeviceLinkError);
  });

  it("doubts a signature that the printer's trouble answers, not one that the content does", async () => {
    await expect(session("6b").sign(closeReceipt, CLOSE)).rejects.toThrow(DeviceDoubt);
    await expect(session("45").sign(closeReceipt, CLOSE)).rejects.toThrow(DeviceRefusal);
    await expect(session("6b").run(closeReceipt, CLOSE)).rejects.toThrow(DeviceRefusal);
  });

  it("takes errors that the caller expects for an answer", async () => {
    expect(await session("08").runUnless([0x08], fnNumber, PASSWORD)).toBeNull();
    await expect(session("09").runUnless([0x08], fnNumber, PASSWORD)).rejects.toThrow(
      DeviceRefusal,
    );
  });

  it("reads the opened shift in both forms", async () => {
    expect(await session("1e").run(openShiftPrinted, PASSWORD)).toEqual({ operator: 30 });
    expect(await session("001e").run(openShiftPrinted, PASSWORD)).toEqual({ operator: 30 });
    await expect(session("16").run(openShiftPrinted, PASSWORD)).rejects.toThrow(DeviceRefusal);
  });
});
