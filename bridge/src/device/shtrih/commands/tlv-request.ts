/** Shared request of FF0Ch and FF4Dh. */
import { WireWriter, type WireReader } from "../binary.ts";

export interface SendTlvRequest {
  readonly password: number;
  /** One encoded TLV, at most {@link MAX_TLV} bytes. */
  readonly tlv: Uint8Array;
}

/** Longest TLV that goes without the buffer (FF64h). */
export const MAX_TLV = 250;

export const passwordAndTlv = {
  encodeRequest: ({ password, tlv }: SendTlvRequest): Uint8Array =>
    new WireWriter().password(password).bytes(tlv).build(),
  decodeRequest: (reader: WireReader): SendTlvRequest => ({
    password: reader.uint(4, "password"),
    tlv: reader.rest(),
  }),
};
