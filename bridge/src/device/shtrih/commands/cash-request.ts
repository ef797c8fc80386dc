/** Shared by 50h and 51h. */
import { WireWriter, type WireReader } from "../binary.ts";

export interface CashRequest {
  readonly password: number;
  /** Kopecks. */
  readonly sum: number;
}

export interface CashAnswer {
  readonly operator: number;
  /** Running number of the slip. */
  readonly document: number;
}

export const passwordAndSum = {
  encodeRequest: ({ password, sum }: CashRequest): Uint8Array =>
    new WireWriter().password(password).money(sum, "sum").build(),
  decodeRequest: (reader: WireReader): CashRequest => ({
    password: reader.uint(4, "password"),
    sum: reader.uint(5, "sum"),
  }),
};

export function cashAnswer(reader: WireReader): CashAnswer {
  return { operator: reader.uint(1, "operator"), document: reader.uint(2, "document number") };
}
