/** FCh: type and name of the device. No password. */
import type { WireReader } from "../binary.ts";
import { decodeCp1251 } from "../text.ts";
import type { Command } from "./command.ts";

export interface DeviceType {
  readonly type: number;
  readonly subtype: number;
  readonly protocolVersion: number;
  readonly protocolSubversion: number;
  readonly model: number;
  readonly language: number;
  readonly name: string;
}

export const deviceType: Command<Record<string, never>, DeviceType> = {
  code: 0xfc,
  title: "device type",
  safety: "read",
  timeoutMs: 5_000,
  encodeRequest: () => new Uint8Array(0),
  decodeRequest: () => ({}),
  decodeAnswer: (reader: WireReader): DeviceType => ({
    type: reader.uint(1, "type"),
    subtype: reader.uint(1, "subtype"),
    protocolVersion: reader.uint(1, "protocol version"),
    protocolSubversion: reader.uint(1, "protocol subversion"),
    model: reader.uint(1, "model"),
    language: reader.uint(1, "language"),
    name: decodeCp1251(reader.rest()).trim(),
  }),
};
