/**
 * Text on the way to the device: CP1251 in command fields, CP866 in TLV (fiscal.md §1.2, §3.2).
 * What the device prints and what the ФН keeps must be the same letters: harmless typography is
 * simplified, any other character that one of the code pages lacks is an error.
 */
import iconv from "iconv-lite";
import {
  describeCharacter,
  refusedCharacters,
  simplifyTypography,
} from "../../domain/fiscal-text.ts";

/** Characters that the device has no letter for. */
export class UnprintableTextError extends Error {
  override readonly name = "UnprintableTextError";
}

/** Plain text for the device. @throws UnprintableTextError naming the characters */
export function fiscalText(text: string): string {
  const plain = simplifyTypography(text.normalize("NFC"));
  const refused = refusedCharacters(plain);
  if (refused.length > 0) {
    throw new UnprintableTextError(
      `касса не может напечатать ${refused.map(describeCharacter).join(", ")} в тексте «${text}»`,
    );
  }
  return plain;
}

export function encodeCp1251(text: string): Uint8Array {
  return new Uint8Array(iconv.encode(text, "win1251"));
}

/** Fields are padded with zero bytes: the text ends at the first one. */
export function decodeCp1251(bytes: Uint8Array): string {
  const end = bytes.indexOf(0);
  return iconv.decode(Buffer.from(end === -1 ? bytes : bytes.subarray(0, end)), "win1251");
}

export function encodeCp866(text: string): Uint8Array {
  return new Uint8Array(iconv.encode(text, "cp866"));
}

export function decodeCp866(bytes: Uint8Array): string {
  return iconv.decode(Buffer.from(bytes), "cp866");
}
