/**
 * TLV of the ФФД (fiscal.md §3.2): `tag2 LE | len2 LE | value`; strings CP866, VLN little-endian
 * without leading zeros, FVLN = decimal point byte + VLN, STLV nested. Reading tolerates tags that
 * we don't know: their value stays bytes.
 */
import { WireFormatError, WireReader } from "./binary.ts";
import { decodeCp866, encodeCp866 } from "./text.ts";

export interface Tlv {
  readonly tag: number;
  readonly value: Uint8Array;
}

export function encodeTlv(tag: number, value: Uint8Array): Uint8Array {
  if (value.length > 0xffff)
    throw new WireFormatError(`tag ${String(tag)}: value over 65535 bytes`);
  const bytes = new Uint8Array(4 + value.length);
  const view = new DataView(bytes.buffer);
  view.setUint16(0, tag, true);
  view.setUint16(2, value.length, true);
  bytes.set(value, 4);
  return bytes;
}

/** String, CP866. */
export function tlvString(tag: number, text: string): Uint8Array {
  return encodeTlv(tag, encodeCp866(text));
}

/** String of fixed length, padded with spaces (ИНН: tags 1203, 1228). */
export function tlvFixedString(tag: number, text: string, length: number): Uint8Array {
  return tlvString(tag, text.padEnd(length, " "));
}

/** One byte (tag 2108 and other enumerations). */
export function tlvByte(tag: number, value: number): Uint8Array {
  return encodeTlv(tag, Uint8Array.of(value));
}

/** Unix time of a day at 00:00:00, the wall time taken as UTC (fiscal.md §3.2). @param date `YYYY-MM-DD` */
export function tlvUnixTime(tag: number, date: string): Uint8Array {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setUint32(0, Date.parse(`${date}T00:00:00Z`) / 1000, true);
  return encodeTlv(tag, bytes);
}

/** Nested structure. */
export function tlvStruct(tag: number, ...members: readonly Uint8Array[]): Uint8Array {
  return encodeTlv(tag, Buffer.concat(members));
}

/** Unsigned, little-endian, no more bytes than needed (zero takes one). */
export function encodeVln(value: number): Uint8Array {
  if (!Number.isSafeInteger(value) || value < 0) {
    throw new WireFormatError(`VLN: ${String(value)} is no unsigned integer`);
  }
  const bytes: number[] = [];
  let rest = value;
  do {
    bytes.push(rest % 256);
    rest = Math.floor(rest / 256);
  } while (rest > 0);
  return Uint8Array.from(bytes);
}

/** @throws WireFormatError over 2^53 - 1 */
export function decodeVln(bytes: Uint8Array): number {
  let value = 0;
  for (let i = bytes.length - 1; i >= 0; i -= 1) value = value * 256 + (bytes[i] ?? 0);
  if (!Number.isSafeInteger(value)) throw new WireFormatError("VLN: value over 2^53 - 1");
  return value;
}

/** `value` × 10^-`decimals`. */
export function encodeFvln(value: number, decimals: number): Uint8Array {
  return Uint8Array.of(decimals, ...encodeVln(value));
}

/** Exact decimal text, e.g. `1.000000`; trailing zeros stay as the device wrote them. */
export function decodeFvln(bytes: Uint8Array): string {
  const decimals = bytes[0];
  if (decimals === undefined) throw new WireFormatError("FVLN: empty");
  if (decimals > 15) throw new WireFormatError(`FVLN: ${String(decimals)} decimal places`);
  const digits = String(decodeVln(bytes.subarray(1))).padStart(decimals + 1, "0");
  if (decimals === 0) return digits;
  return `${digits.slice(0, -decimals)}.${digits.slice(-decimals)}`;
}

/** The value in units of 10^-`decimals`. @throws WireFormatError where it is finer or too large */
export function decodeFvlnUnits(bytes: Uint8Array, decimals: number): number {
  const text = decodeFvln(bytes);
  const [whole = "0", fraction = ""] = text.split(".");
  const kept = fraction.slice(0, decimals).padEnd(decimals, "0");
  if (/[1-9]/.test(fraction.slice(decimals))) {
    throw new WireFormatError(`FVLN: ${text} has over ${String(decimals)} decimal places`);
  }
  const units = Number(whole + kept);
  if (!Number.isSafeInteger(units)) throw new WireFormatError(`FVLN: ${text} is too large`);
  return units;
}

/** @throws WireFormatError where a length runs past the end */
export function decodeTlvList(bytes: Uint8Array): Tlv[] {
  const reader = new WireReader(bytes);
  const list: Tlv[] = [];
  while (reader.remaining > 0) {
    const tag = reader.uint(2, "TLV tag");
    const length = reader.uint(2, `TLV ${String(tag)} length`);
    list.push({ tag, value: reader.bytes(length, `TLV ${String(tag)}`) });
  }
  return list;
}

/** First item with this tag. */
export function findTlv(list: readonly Tlv[], tag: number): Uint8Array | null {
  return list.find((item) => item.tag === tag)?.value ?? null;
}

/** String of the first item with this tag. */
export function findTlvString(list: readonly Tlv[], tag: number): string | null {
  const value = findTlv(list, tag);
  return value === null ? null : decodeCp866(value);
}

/** Unsigned integer of the first item with this tag. */
export function findTlvUint(list: readonly Tlv[], tag: number): number | null {
  const value = findTlv(list, tag);
  return value === null ? null : decodeVln(value);
}
