/** Shared request of FF0Ch and FF4Dh. */
import { WireWriter, type WireReader } from "../binary.ts";

export interface SendTlvRequest {
  readonly password: number;
  /** One encoded TLV, at most {@link MAX_TLV} bytes. */
  readonly tlv: Uint8Array;
}

/**
 * Longest TLV that goes without the buffer (FF64h): the protocol names 250 bytes, but a frame of V1
 * carries 255, and command and password take six of them.
 */
export const MAX_TLV = 249;

export const passwordAndTlv = {
  encodeRequest: ({ password, tlv }: SendTlvRequest): Uint8Array =>
    new WireWriter().password(password).bytes(tlv).build(),
  decodeRequest: (reader: WireReader): SendTlvRequest => ({
    password: reader.uint(4, "password"),
    tlv: reader.rest(),
  }),
};
