/** 15h: parameters of an interface. */
import type { WireReader } from "../binary.ts";
import { WireWriter } from "../binary.ts";
import type { Command } from "./command.ts";

export interface GetPortRequest {
  readonly password: number;
  /** 0 the serial port, 1 and above the others of the model. */
  readonly port: number;
}

export interface PortParameters {
  /** 0–9: 2400 … 921600. */
  readonly baudCode: number;
  /** Byte time-out: 0–150 ms as they are, above in steps (fiscal.md §1.2). */
  readonly timeoutCode: number;
}

export const getPort: Command<GetPortRequest, PortParameters> = {
  code: 0x15,
  title: "get port parameters",
  safety: "read",
  timeoutMs: 5_000,
  encodeRequest: ({ password, port }) =>
    new WireWriter().password(password).uint(port, 1, "port").build(),
  decodeRequest: (reader: WireReader): GetPortRequest => ({
    password: reader.uint(4, "password"),
    port: reader.uint(1, "port"),
  }),
  decodeAnswer: (reader: WireReader): PortParameters => ({
    baudCode: reader.uint(1, "baud code"),
    timeoutCode: reader.uint(1, "time-out code"),
  }),
};
