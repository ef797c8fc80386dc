/**
 * CRC-16/CCITT-FALSE: polynomial 1021h, initial FFFFh, no reflection, no final XOR. Used by
 * protocol V2, by the session message and by the container of the ФН (fiscal.md §1.3, §3.2).
 */
const TABLE = Uint16Array.from({ length: 256 }, (_, byte) => {
  let crc = byte << 8;
  for (let bit = 0; bit < 8; bit += 1) crc = crc & 0x8000 ? (crc << 1) ^ 0x1021 : crc << 1;
  return crc & 0xffff;
});

/** Give `initial` to go on over a second piece. */
export function crc16(bytes: Uint8Array, initial = 0xffff): number {
  let crc = initial;
  for (const byte of bytes) crc = ((crc << 8) & 0xffff) ^ (TABLE[(crc >> 8) ^ byte] ?? 0);
  return crc;
}
