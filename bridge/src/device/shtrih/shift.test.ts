import { describe, expect, it } from "vitest";
import { ManualTime } from "../../domain/testing/manual-time.ts";
import { DeviceDoubt, DeviceLinkError } from "../fiscal-device.ts";
import { commandName } from "./commands/command.ts";
import { bytes } from "./commands/testing/wire.ts";
import type { LineLink, Request } from "./line-link.ts";
import { ShtrihSession } from "./session.ts";
import { closeShiftDocument, openShiftDocument } from "./shift.ts";

const CASHIER = { name: "Кассирова А. А.", inn: "500100732259" };
const STATUS = "00 03 00 00 01 00 1a0b161503 39393939303738393032303030303031 05000000";
const SHIFT_DOCUMENT = "00 05 00 1a0b161503 05000000 78563412 0c00";
const DOCUMENT = "00 0c00 05000000 78563412";
const MADE = { shift: 12, fd: 5, fp: 0x12345678 };

/** Answers by command; an Error is thrown. */
function stand(answers: Record<string, string | Error>): {
  session: ShtrihSession;
  asked: string[];
} {
  const asked: string[] = [];
  const exchange = (request: Request): Promise<Uint8Array> => {
    const name = commandName(request.code);
    asked.push(name);
    const answer = answers[name] ?? "37";
    return answer instanceof Error ? Promise.reject(answer) : Promise.resolve(bytes(answer));
  };
  const link = { exchange } as unknown as LineLink;
  return { session: new ShtrihSession(link, new ManualTime()), asked };
}

describe("a shift", () => {
  it("is begun, signed by the cashier, and opened", async () => {
    const { session, asked } = stand({ FF41: "00", FF0C: "00", FF0B: DOCUMENT });
    expect(await openShiftDocument(session, 30, CASHIER)).toEqual(MADE);
    expect(asked).toEqual(["FF41", "FF0C", "FF0C", "FF0B"]);
  });

  it("is closed the same way", async () => {
    const { session, asked } = stand({ FF42: "00", FF0C: "00", FF43: DOCUMENT });
    expect(await closeShiftDocument(session, 30, { name: "К", inn: null })).toEqual(MADE);
    expect(asked).toEqual(["FF42", "FF0C", "FF43"]);
  });

  it("is closed by 41h and read back where the model knows no other way", async () => {
    const { session, asked } = stand({ "41": "001e", FF01: STATUS, FF0A: SHIFT_DOCUMENT });
    expect(await closeShiftDocument(session, 30, CASHIER)).toEqual(MADE);
    expect(asked).toEqual(["FF42", "41", "FF01", "FF0A"]);
  });

  it("that was begun and refused leaves nothing open", async () => {
    const { session, asked } = stand({ FF41: "00", FF0C: "10", FF08: "00" });
    await expect(openShiftDocument(session, 30, CASHIER)).rejects.toMatchObject({
      deviceCode: 0x10,
    });
    expect(asked.at(-1)).toBe("FF08");
  });

  it("doubts only where a document may have come of it", async () => {
    const begun = stand({ FF41: "00", FF0C: new DeviceDoubt("потеряно") });
    await expect(openShiftDocument(begun.session, 30, CASHIER)).rejects.toThrow(DeviceLinkError);
    const signed = stand({ FF41: "00", FF0C: "00", FF0B: new DeviceDoubt("потеряно") });
    await expect(openShiftDocument(signed.session, 30, CASHIER)).rejects.toThrow(DeviceDoubt);
    const unread = stand({ "41": "001e", FF01: new DeviceLinkError("тихо") });
    await expect(closeShiftDocument(unread.session, 30, CASHIER)).rejects.toThrow(DeviceDoubt);
    const printed = stand({ FF41: "00", FF0C: "00", FF0B: "6b" });
    await expect(openShiftDocument(printed.session, 30, CASHIER)).rejects.toThrow(DeviceDoubt);
  });
});
