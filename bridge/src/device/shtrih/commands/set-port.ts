/**
 * 14h: parameters of an interface. The first byte that comes after it decides between protocol V1 and
 * V2 (fiscal.md §1.3), so it is also the way from one to the other.
 */
import type { WireReader } from "../binary.ts";
import { WireWriter } from "../binary.ts";
import { type Command, emptyAnswer } from "./command.ts";
import type { GetPortRequest, PortParameters } from "./get-port.ts";

export type SetPortRequest = GetPortRequest & PortParameters;

export const setPort: Command<SetPortRequest, Record<string, never>> = {
  code: 0x14,
  title: "set port parameters",
  safety: "read",
  timeoutMs: 5_000,
  encodeRequest: ({ password, port, baudCode, timeoutCode }) =>
    new WireWriter()
      .password(password)
      .uint(port, 1, "port")
      .uint(baudCode, 1, "baud code")
      .uint(timeoutCode, 1, "time-out code")
      .build(),
  decodeRequest: (reader: WireReader): SetPortRequest => ({
    password: reader.uint(4, "password"),
    port: reader.uint(1, "port"),
    baudCode: reader.uint(1, "baud code"),
    timeoutCode: reader.uint(1, "time-out code"),
  }),
  decodeAnswer: emptyAnswer,
};
