import { describe, expect, it } from "vitest";
import { ManualTime } from "../../domain/testing/manual-time.ts";
import { DeviceDoubt, DeviceLinkError } from "../fiscal-device.ts";
import { readDocument } from "./archive.ts";
import { hex } from "./binary.ts";
import { commandName } from "./commands/command.ts";
import { bytes } from "./commands/testing/wire.ts";
import type { LineLink, Request } from "./line-link.ts";
import { ShtrihSession } from "./session.ts";
import { tlvByte, tlvString, tlvStruct } from "./tlv.ts";

const UUID = "7f0c2c5e-2b1e-4d5e-9b1a-0c7f3f6d1a11";
/** A sale of 7001.00, FD 5. */
const FOUND = "00 03 00 1a0b161503 05000000 78563412 01 c4ae0a0000";
const SHIFT = tlvByte(1038, 12);
const RECEIPT_NO = tlvByte(1042, 7);
const MARKER = tlvStruct(1084, tlvString(1085, "ORDER"), tlvString(1086, UUID));

/** FF3Ah that announces so many bytes. */
function announced(length: number): string {
  return `00 0300 ${hex(Uint8Array.of(length & 0xff, length >> 8))}`;
}

const block = (...parts: Uint8Array[]): string => `00 ${parts.map(hex).join("")}`;

/** Answers by command, in turn; the last one for ever. */
function session(answers: Record<string, readonly (string | Error)[]>): ShtrihSession {
  const asked = new Map<string, number>();
  const exchange = (request: Request): Promise<Uint8Array> => {
    const name = commandName(request.code);
    const list = answers[name] ?? [];
    const count = asked.get(name) ?? 0;
    asked.set(name, count + 1);
    const answer = list[Math.min(count, list.length - 1)] ?? "37";
    return answer instanceof Error ? Promise.reject(answer) : Promise.resolve(bytes(answer));
  };
  return new ShtrihSession({ exchange } as unknown as LineLink, new ManualTime());
}

const read = (blocks: readonly (string | Error)[], length: number) =>
  readDocument(session({ FF0A: [FOUND], FF3A: [announced(length)], FF3B: blocks }), 30, 5);

const WHOLE = SHIFT.length + RECEIPT_NO.length + MARKER.length;

describe("a document of the archive", () => {
  it("is read in full, with its marker", async () => {
    const document = await read([block(SHIFT), block(RECEIPT_NO), block(MARKER), "08"], WHOLE);
    expect(document).toEqual({
      documentType: 3,
      ticketReceived: false,
      dateTime: "2026-11-22T21:03",
      fd: 5,
      fp: 0x12345678,
      operation: 1,
      sumKopecks: 700_100,
      shift: 12,
      receipt: 7,
      marker: UUID,
      tlvReadable: true,
    });
  });

  it("without a marker is somebody else's only when it was read in full", async () => {
    const foreign = SHIFT.length + RECEIPT_NO.length;
    const blocks = [block(SHIFT, RECEIPT_NO), "08"];
    expect(await read(blocks, foreign)).toMatchObject({ marker: null, tlvReadable: true });
    // some models count the structure's own head
    expect(await read(blocks, foreign + 4)).toMatchObject({ marker: null, tlvReadable: true });
    expect(await read(blocks, WHOLE)).toMatchObject({
      marker: null,
      tlvReadable: false,
      shift: 12,
    });
    expect(await read([block(SHIFT), block()], WHOLE)).toMatchObject({ tlvReadable: false });
  });

  it("is ours by its marker, whatever else is missing", async () => {
    expect(await read([block(MARKER), "08"], WHOLE)).toMatchObject({
      marker: UUID,
      tlvReadable: true,
    });
  });

  it("is known by its archive data alone where the TLV is gone or no TLV", async () => {
    const gone = session({ FF0A: [FOUND], FF3A: ["08"] });
    expect(await readDocument(gone, 30, 5)).toMatchObject({ tlvReadable: false, marker: null });
    expect(await read(["00 ff"], 1)).toMatchObject({ tlvReadable: false, sumKopecks: 700_100 });
  });

  it("is begun again after a lost block, and given up after three", async () => {
    const lost = new DeviceDoubt("потеряно");
    const blocks = [block(SHIFT), lost, block(SHIFT, RECEIPT_NO, MARKER)];
    expect(await read(blocks, WHOLE)).toMatchObject({ marker: UUID });
    await expect(read([lost], WHOLE)).rejects.toThrow(DeviceLinkError);
  });

  it("is null where the ФН has none of that number", async () => {
    expect(await readDocument(session({ FF0A: ["08"] }), 30, 5)).toBeNull();
  });
});
