/** The server's key of a receipt: the same attempt always has the same uuid (RFC 9562, version 5). */
import { createHash } from "node:crypto";

/** Our own name space, once drawn at random. */
const NAMESPACE = Buffer.from("6f1d3a9c0b5e4c7e9a5d2f7c81e4b306", "hex");

/** @param operationId `order uuid:attempt` */
export function operationUuid(operationId: string): string {
  const hash = createHash("sha1").update(NAMESPACE).update(operationId).digest().subarray(0, 16);
  hash.writeUInt8((hash.readUInt8(6) & 0x0f) | 0x50, 6);
  hash.writeUInt8((hash.readUInt8(8) & 0x3f) | 0x80, 8);
  const hex = hash.toString("hex");
  const parts = [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20)];
  return [...parts, hex.slice(20)].join("-");
}
