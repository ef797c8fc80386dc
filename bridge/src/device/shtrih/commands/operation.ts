/** FF46h: an item of the receipt, version 2. */
import { WireFormatError, WireWriter, type WireReader } from "../binary.ts";
import { decodeCp1251, encodeCp1251 } from "../text.ts";
import { vatOfRateByte } from "../vat-map.ts";
import { ANSWER_MS, type Command, emptyAnswer } from "./command.ts";

const MAX_NAME = 128;
/** FF×5: the device computes it, or it is not given. */
const NOT_GIVEN = Uint8Array.of(0xff, 0xff, 0xff, 0xff, 0xff);
const NOT_GIVEN_VALUE = 0xffffffffff;

export interface OperationRequest {
  readonly password: number;
  /** Tag 1054: 1 sale, 2 sale return, 3 buy, 4 buy return. */
  readonly op: number;
  /** Millionths. */
  readonly quantity: number;
  /** Kopecks. */
  readonly price: number;
  /** Kopecks; null = the device multiplies. */
  readonly sum: number | null;
  /** Kopecks of VAT; null = the device computes. */
  readonly tax: number | null;
  /** Rate byte, see `vat-map.ts`. */
  readonly rate: number;
  readonly department: number;
  /** Tag 1214. */
  readonly paymentMethod: number;
  /** Tag 1212. */
  readonly subject: number;
  readonly name: string;
}

/** As the command line shows it: with tag 1199 beside the rate byte. */
export interface DecodedOperation extends OperationRequest {
  readonly vat: number | null;
}

export const operation: Command<OperationRequest, Record<string, never>> = {
  code: 0xff46,
  title: "operation V2",
  safety: "build",
  timeoutMs: ANSWER_MS,
  encodeRequest(request) {
    const name = encodeCp1251(request.name);
    if (name.length > MAX_NAME) {
      throw new WireFormatError(
        `name: ${String(name.length)} bytes, ${String(MAX_NAME)} are allowed`,
      );
    }
    const writer = new WireWriter()
      .password(request.password)
      .uint(request.op, 1, "op")
      .uint(request.quantity, 6, "quantity")
      .money(request.price, "price");
    for (const sum of [request.sum, request.tax]) {
      if (sum === null) writer.bytes(NOT_GIVEN);
      else writer.money(sum, "sum");
    }
    return writer
      .uint(request.rate, 1, "rate")
      .uint(request.department, 1, "department")
      .uint(request.paymentMethod, 1, "payment method")
      .uint(request.subject, 1, "subject")
      .bytes(name)
      .build();
  },
  decodeRequest(reader: WireReader): DecodedOperation {
    const password = reader.uint(4, "password");
    const op = reader.uint(1, "op");
    const quantity = reader.uint(6, "quantity");
    const price = reader.uint(5, "price");
    const sum = optional(reader.uint(5, "sum"));
    const tax = optional(reader.uint(5, "tax"));
    const rate = reader.uint(1, "rate");
    const vat = vatOfRateByte(rate);
    const department = reader.uint(1, "department");
    const paymentMethod = reader.uint(1, "payment method");
    const subject = reader.uint(1, "subject");
    const name = decodeCp1251(reader.rest());
    return {
      password,
      op,
      quantity,
      price,
      sum,
      tax,
      rate,
      vat,
      department,
      paymentMethod,
      subject,
      name,
    };
  },
  decodeAnswer: emptyAnswer,
};

function optional(value: number): number | null {
  return value === NOT_GIVEN_VALUE ? null : value;
}
