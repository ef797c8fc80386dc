/** Shared request of FF0Ch and FF4Dh. */
export interface SendTlvRequest {
  readonly password: number;
  /** One encoded TLV, at most {@link MAX_TLV} bytes. */
  readonly tlv: Uint8Array;
}

/** Longest TLV that goes without the buffer (FF64h). */
export const MAX_TLV = 250;
