/** FF60h: a parameter of a registration by its tag. */
import { WireWriter, type WireReader } from "../binary.ts";
import type { Command } from "./command.ts";

export interface FiscalizationParameterRequest {
  readonly password: number;
  /** 1 = the first registration. */
  readonly registration: number;
  readonly tag: number;
}

export interface FiscalizationParameter {
  readonly tlv: Uint8Array;
}

export const fiscalizationParameter: Command<
  FiscalizationParameterRequest,
  FiscalizationParameter
> = {
  code: 0xff60,
  title: "fiscalization parameter",
  safety: "read",
  timeoutMs: 10_000,
  encodeRequest: ({ password, registration, tag }) =>
    new WireWriter()
      .password(password)
      .uint(registration, 1, "registration")
      .uint(tag, 2, "tag")
      .build(),
  decodeRequest: (reader: WireReader): FiscalizationParameterRequest => ({
    password: reader.uint(4, "password"),
    registration: reader.uint(1, "registration"),
    tag: reader.uint(2, "tag"),
  }),
  decodeAnswer: (reader) => ({ tlv: reader.rest() }),
};
