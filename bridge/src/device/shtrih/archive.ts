/** Reading the ФН's archive: FF0Ah, and while it is kept the whole document (FF3Ah, FF3Bh). */
import { DeviceDoubt, DeviceLinkError, type FoundDocument } from "../fiscal-device.ts";
import { WireFormatError } from "./binary.ts";
import { findDocument, RECEIPT_TYPES } from "./commands/find-document.ts";
import { readDocumentBlock } from "./commands/read-document-block.ts";
import { startReadingDocument } from "./commands/start-reading-document.ts";
import { ERROR_NO_DATA } from "./errors.ts";
import type { ShtrihSession } from "./session.ts";
import { decodeTlvList, findTlv, findTlvString, findTlvUint, type Tlv } from "./tlv.ts";

const TRIES = 3;
/** Tag and length of the structure itself, which some models count and do not send. */
const HEAD = 4;

/** null: no such document. @throws DeviceLinkError, DeviceRefusal */
export async function readDocument(
  session: ShtrihSession,
  password: number,
  fd: number,
): Promise<FoundDocument | null> {
  const found = await session.runUnless([ERROR_NO_DATA], findDocument, { password, fd });
  if (!found) return null;
  const isReceipt = RECEIPT_TYPES.includes(found.documentType);
  const read = isReceipt ? await readTlv(session, password, fd) : null;
  const tlv = read && read.tlv;
  const marker = tlv && markerOf(tlv);
  return {
    documentType: found.documentType,
    ticketReceived: found.ticketReceived,
    dateTime: found.dateTime,
    fd: found.fd,
    fp: found.fp,
    operation: "operation" in found ? found.operation : null,
    sumKopecks: "sum" in found ? found.sum : null,
    shift: "shift" in found ? found.shift : tlv && findTlvUint(tlv, 1038),
    receipt: tlv && findTlvUint(tlv, 1042),
    marker,
    // a part that lacks the marker does not say that the document does
    tlvReadable: read !== null && (read.whole || marker !== null),
  };
}

export interface ReadTlv {
  /** As the ФН gave it. */
  readonly bytes: Uint8Array;
  /** The document's members. */
  readonly tlv: readonly Tlv[];
  /** As many bytes came as the ФН had announced. */
  readonly whole: boolean;
}

/** null: the ФН no longer has the document in full, or it does not read as TLV. */
export async function readTlv(
  session: ShtrihSession,
  password: number,
  fd: number,
): Promise<ReadTlv | null> {
  for (let attempt = 1; ; attempt += 1) {
    const start = await session.runUnless([ERROR_NO_DATA], startReadingDocument, { password, fd });
    if (!start) return null;
    try {
      const bytes = await readBlocks(session, password, start.length);
      const whole = bytes.length + HEAD >= start.length;
      return { bytes, tlv: parse(bytes, start.type), whole };
    } catch (error) {
      if (error instanceof WireFormatError) return null;
      // a block's answer was lost: the device has moved on, so from the beginning
      if (!(error instanceof DeviceDoubt)) throw error;
      if (attempt === TRIES) throw new DeviceLinkError(error.message, { cause: error });
    }
  }
}

async function readBlocks(
  session: ShtrihSession,
  password: number,
  length: number,
): Promise<Uint8Array> {
  const blocks: Uint8Array[] = [];
  let size = 0;
  while (size < length) {
    const block = await session.runUnless([ERROR_NO_DATA], readDocumentBlock, { password });
    if (!block || block.tlv.length === 0) break;
    blocks.push(block.tlv);
    size += block.tlv.length;
  }
  return Buffer.concat(blocks);
}

/** Some models send the document's own structure around its members. */
function parse(bytes: Uint8Array, type: number): readonly Tlv[] {
  const list = decodeTlvList(bytes);
  const [only] = list;
  return list.length === 1 && only?.tag === type ? decodeTlvList(only.value) : list;
}

/** Tag 1086 in 1084. */
export function markerOf(list: readonly Tlv[]): string | null {
  const structure = findTlv(list, 1084);
  if (!structure) return null;
  try {
    return findTlvString(decodeTlvList(structure), 1086);
  } catch (error) {
    if (error instanceof WireFormatError) return null;
    throw error;
  }
}
