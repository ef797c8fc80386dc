/** A document of the ФН whole: TLV of FF3Ah, FF3Bh → `ArchivedDocument`. */
import type { ArchivedDocument, ArchivedItem } from "../fiscal-device.ts";
import { markerOf, readTlv } from "./archive.ts";
import { WireFormatError } from "./binary.ts";
import { findDocument } from "./commands/find-document.ts";
import { ERROR_NO_DATA } from "./errors.ts";
import type { ShtrihSession } from "./session.ts";
import {
  decodeFvlnUnits,
  decodeTlvList,
  findTlv,
  findTlvString,
  findTlvUint,
  type Tlv,
} from "./tlv.ts";

/** Digits of a quantity after the point, as the domain counts. */
const QUANTITY_DECIMALS = 6;
/** Receipt-level sums that belong to one code of tag 1199; the other rates stand in 1115. */
const VAT_BY_TAG: Readonly<Record<number, number>> = {
  1102: 1,
  1103: 2,
  1104: 5,
  1105: 6,
  1106: 3,
  1107: 4,
};

/** null: no such document, or its TLV is gone or incomplete. @throws DeviceLinkError, DeviceRefusal */
export async function readArchivedDocument(
  session: ShtrihSession,
  password: number,
  fd: number,
): Promise<ArchivedDocument | null> {
  const found = await session.runUnless([ERROR_NO_DATA], findDocument, { password, fd });
  if (!found) return null;
  const read = await readTlv(session, password, fd);
  if (!read?.whole) return null;
  try {
    return { ...archivedDocument(read.tlv, read.bytes), ...headOf(found) };
  } catch (error) {
    if (error instanceof WireFormatError) return null;
    throw error;
  }
}

type Head = Pick<ArchivedDocument, "documentType" | "fd" | "fp" | "dateTime">;

function headOf({ documentType, fd, fp, dateTime }: Head): Head {
  return { documentType, fd, fp, dateTime };
}

/** What the members say. @throws WireFormatError */
export function archivedDocument(
  tlv: readonly Tlv[],
  raw: Uint8Array,
): Omit<ArchivedDocument, keyof Head> {
  const sum = (tag: number): number => findTlvUint(tlv, tag) ?? 0;
  return {
    shift: findTlvUint(tlv, 1038),
    receipt: findTlvUint(tlv, 1042),
    operation: findTlvUint(tlv, 1054),
    sumKopecks: findTlvUint(tlv, 1020),
    payments: {
      cash: sum(1031),
      electronic: sum(1081),
      prepaid: sum(1215),
      credit: sum(1216),
      other: sum(1217),
    },
    vat: vatOf(tlv),
    items: tlv.filter(({ tag }) => tag === 1059).map(({ value }) => itemOf(decodeTlvList(value))),
    marker: markerOf(tlv),
    raw: Buffer.from(raw).toString("base64"),
  };
}

function vatOf(tlv: readonly Tlv[]): ArchivedDocument["vat"] {
  const vat: Partial<Record<number, number>> = {};
  for (const [tag, code] of Object.entries(VAT_BY_TAG)) {
    const sum = findTlvUint(tlv, Number(tag));
    if (sum !== null) vat[code] = sum;
  }
  for (const lines of tlv.filter(({ tag }) => tag === 1115)) {
    for (const line of decodeTlvList(lines.value).filter(({ tag }) => tag === 1119)) {
      const members = decodeTlvList(line.value);
      const code = findTlvUint(members, 1199);
      if (code !== null) vat[code] = (vat[code] ?? 0) + (findTlvUint(members, 1120) ?? 0);
    }
  }
  return vat;
}

function itemOf(item: readonly Tlv[]): ArchivedItem {
  const quantity = findTlv(item, 1023);
  return {
    name: findTlvString(item, 1030) ?? "",
    quantityMillionths: quantity === null ? 0 : decodeFvlnUnits(quantity, QUANTITY_DECIMALS),
    priceKopecks: findTlvUint(item, 1079) ?? 0,
    sumKopecks: findTlvUint(item, 1043) ?? 0,
    vat: findTlvUint(item, 1199) ?? 0,
    vatKopecks: findTlvUint(item, 1200),
  };
}
