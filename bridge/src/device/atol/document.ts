/** getFnDocument: the bytes of the document while the ФН has them, else its short record. */
import { z } from "zod";
import type { ArchivedDocument, FoundDocument } from "../fiscal-device.ts";
import { archivedDocument } from "../shtrih/archived-document.ts";
import { WireFormatError } from "../shtrih/binary.ts";
import { decodeTlvList, findTlv, findTlvUint, type Tlv } from "../shtrih/tlv.ts";
import type { documentResult } from "./answers.ts";
import { DOCUMENT_TYPES } from "./names.ts";

type DocumentResult = z.infer<typeof documentResult>;

/** The head of a short record (fiscal.md §2.3); money in roubles, the sign in hex. */
const shortTags = z.object({
  "1012": z.string(),
  "1040": z.int(),
  "1077": z.string(),
  "1054": z.int().nullish(),
  "1020": z.number().nullish(),
  "1038": z.int().nullish(),
});

/** null: no bytes, or they do not read as TLV. */
export function archivedOf({ documentTLV, rawData }: DocumentResult): ArchivedDocument | null {
  if (!rawData) return null;
  const raw = Buffer.from(rawData, "base64");
  try {
    const { type, members } = unwrapped(raw);
    const documentType = DOCUMENT_TYPES[documentTLV.fiscalDocumentType] ?? type;
    const fd = findTlvUint(members, 1040);
    const time = findTlvUint(members, 1012);
    const sign = findTlv(members, 1077);
    if (documentType === null || fd === null || time === null || !sign || sign.length < 4) {
      return null;
    }
    return {
      documentType,
      fd,
      fp: Buffer.from(sign).readUInt32BE(sign.length - 4),
      dateTime: new Date(time * 1000).toISOString().slice(0, 16),
      ...archivedDocument(members, raw),
    };
  } catch (error) {
    if (error instanceof WireFormatError) return null;
    throw error;
  }
}

/** Some versions send the document's own structure around its members. */
function unwrapped(raw: Uint8Array): { type: number | null; members: readonly Tlv[] } {
  const list = decodeTlvList(raw);
  const [only] = list;
  const wrapped = list.length === 1 && only && Object.values(DOCUMENT_TYPES).includes(only.tag);
  return wrapped
    ? { type: only.tag, members: decodeTlvList(only.value) }
    : { type: null, members: list };
}

export function foundOf(document: ArchivedDocument, ticketReceived: boolean): FoundDocument {
  const { documentType, dateTime, fd, fp, operation, sumKopecks, shift, receipt, marker } =
    document;
  const known = { documentType, dateTime, fd, fp, operation, sumKopecks, shift, receipt, marker };
  return { ...known, ticketReceived, tlvReadable: true };
}

/** What is left after 30 days. null: it says too little. */
export function shortOf(
  { documentTLV }: DocumentResult,
  ticketReceived: boolean,
): FoundDocument | null {
  const documentType = DOCUMENT_TYPES[documentTLV.fiscalDocumentType];
  const tags = shortTags.safeParse(documentTLV);
  if (documentType === undefined || !tags.success) return null;
  const { data } = tags;
  return {
    documentType,
    ticketReceived,
    dateTime: data["1012"].slice(0, 16),
    fd: data["1040"],
    fp: Number.parseInt(data["1077"].slice(-8), 16),
    operation: data["1054"] ?? null,
    sumKopecks: data["1020"] == null ? null : Math.round(data["1020"] * 100),
    shift: data["1038"] ?? null,
    receipt: null,
    marker: null,
    tlvReadable: false,
  };
}
