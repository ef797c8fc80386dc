/** A receipt as requests to the device. Pure: everything that can be refused here is refused before
 * the first byte is sent. */
import { RECEIPT_KINDS } from "../../domain/receipt-kind.ts";
import type {
  Cashier,
  Correction,
  Customer,
  Payment,
  Receipt,
  ReceiptItem,
  ReceiptType,
} from "../../domain/receipt.ts";
import { DeviceRefusal } from "../fiscal-device.ts";
import { type CloseReceiptRequest, PAYMENT_SLOTS } from "./commands/close-receipt.ts";
import { commandName } from "./commands/command.ts";
import { closeReceipt } from "./commands/close-receipt.ts";
import type { OpenReceiptRequest } from "./commands/open-receipt.ts";
import { operation, type OperationRequest } from "./commands/operation.ts";
import { sendOperationTlv } from "./commands/send-operation-tlv.ts";
import { sendTlv } from "./commands/send-tlv.ts";
import { MAX_TLV } from "./commands/tlv-request.ts";
import { itemTlvs } from "./item-tlvs.ts";
import { fiscalText, UnprintableTextError } from "./text.ts";
import { tlvByte, tlvFixedString, tlvString, tlvStruct, tlvUnixTime } from "./tlv.ts";
import { rateByteOf } from "./vat-map.ts";

export interface ReceiptPlan {
  readonly open: OpenReceiptRequest;
  /** TLVs of the document, one FF0Ch each; one over {@link MAX_TLV} goes through the buffer (FF64h). */
  readonly documentTlvs: readonly Uint8Array[];
  readonly items: readonly {
    readonly operation: OperationRequest;
    /** TLVs of the item, one FF4Dh each. */
    readonly tlvs: readonly Uint8Array[];
    /** Marking code to be checked and bound; null for most goods. */
    readonly mark: string | null;
  }[];
  readonly close: CloseReceiptRequest;
}

export interface PlanOptions {
  readonly password: number;
  /** Bits of tag 1055 allowed by the registration. */
  readonly taxSystems: number;
}

/** Name of the user's requisite 1085 that carries the order's uuid. */
export const MARKER_NAME = "ORDER";

const BAD_PARAMETERS = 0x33;
const INN_LENGTH = 12;
const MAX_NAME = 128;
/** 8Dh: 0 sale, 2 sale return; +80h for their corrections (fiscal.md §1.4). */
const OPEN_TYPES: Readonly<Record<ReceiptType, number>> = {
  sale: 0x00,
  refund: 0x02,
  sale_correction: 0x80,
  refund_correction: 0x82,
};
/** Slots of FF45h, counted from 1. */
const SLOTS: Readonly<Record<Payment["method"], number>> = {
  cash: 1,
  electronic: 2,
  prepaid: 14,
  credit: 15,
  other: 16,
};

/** @throws DeviceRefusal (33h) naming what the device could not take */
export function planReceipt(receipt: Receipt, options: PlanOptions): ReceiptPlan {
  return {
    open: { password: options.password, type: OPEN_TYPES[receipt.type] },
    documentTlvs: [
      ...cashierTlvs(receipt.cashier),
      ...customerTlvs(receipt.customer),
      ...correctionTlvs(receipt.correction),
      markerTlv(receipt.order.uuid),
    ],
    items: receipt.items.map((item) => ({
      operation: planItem(item, RECEIPT_KINDS[receipt.type].operation, options.password),
      tlvs: itemTlvs(item, (value) => text(sendOperationTlv.code, value)).map((tlv) =>
        checked(sendOperationTlv.code, tlv),
      ),
      mark: item.mark ?? null,
    })),
    close: planClose(receipt, options),
  };
}

/** Tags 1021 and 1203. */
export function cashierTlvs(cashier: Cashier): Uint8Array[] {
  const tlvs = [tlvString(1021, text(sendTlv.code, cashier.name))];
  if (cashier.inn !== null) tlvs.push(tlvFixedString(1203, cashier.inn, INN_LENGTH));
  return tlvs;
}

/** The closing request alone; the same receipt always gives the same bytes. */
export function planClose(receipt: Receipt, options: PlanOptions): CloseReceiptRequest {
  const payments = new Array<number>(PAYMENT_SLOTS).fill(0);
  for (const payment of receipt.payments) {
    const index = SLOTS[payment.method] - 1;
    payments[index] = (payments[index] ?? 0) + payment.kopecks;
  }
  return {
    password: options.password,
    payments,
    rounding: 0,
    // the device computes them: six slots could not hold 5, 7 and 22 %
    taxes: [],
    taxSystem: taxSystemBit(receipt.taxSystem, options.taxSystems),
    text: "",
  };
}

function taxSystemBit(asked: number | null, allowed: number): number {
  const single = allowed > 0 && (allowed & (allowed - 1)) === 0;
  if (asked === null) {
    if (single) return allowed;
    refuse(
      closeReceipt.code,
      "в чеке не указана система налогообложения (тег 1055), а касса зарегистрирована с несколькими",
    );
  }
  if ((asked & allowed) === 0) {
    refuse(
      closeReceipt.code,
      `касса не зарегистрирована с системой налогообложения ${String(asked)} (тег 1055)`,
    );
  }
  return asked;
}

/** Tags 1008 (e-mail wins over phone) and 1256 {1227, 1228}. */
function customerTlvs(customer: Customer | null): Uint8Array[] {
  if (!customer) return [];
  const code = sendTlv.code;
  const tlvs: Uint8Array[] = [];
  const contact = customer.email ?? customer.phone;
  if (contact !== null) tlvs.push(tlvString(1008, text(code, contact)));
  const members: Uint8Array[] = [];
  if (customer.name !== null) members.push(tlvString(1227, text(code, customer.name)));
  if (customer.inn !== null) members.push(tlvFixedString(1228, customer.inn, INN_LENGTH));
  if (members.length > 0) tlvs.push(tlvStruct(1256, ...members));
  return tlvs;
}

function markerTlv(uuid: string): Uint8Array {
  return tlvStruct(1084, tlvString(1085, MARKER_NAME), tlvString(1086, uuid));
}

/** Tags 1173, 1174 {1178, 1179} and 1192. */
function correctionTlvs(correction: Correction | null): Uint8Array[] {
  if (!correction) return [];
  const { basis, date, number, wrongFp } = correction;
  const members = [tlvUnixTime(1178, date)];
  if (number !== null) members.push(tlvString(1179, text(sendTlv.code, number)));
  return [
    tlvByte(1173, basis === "self" ? 0 : 1),
    tlvStruct(1174, ...members),
    ...(wrongFp === null ? [] : [tlvString(1192, String(wrongFp))]),
  ];
}

function planItem(item: ReceiptItem, op: number, password: number): OperationRequest {
  const name = text(operation.code, item.name);
  if (name.length > MAX_NAME) {
    refuse(operation.code, `наименование «${item.name}» длиннее ${String(MAX_NAME)} знаков`);
  }
  return {
    password,
    op,
    quantity: item.quantityMillionths,
    price: item.priceKopecks,
    sum: item.sumKopecks,
    tax: null,
    rate: rateByteOf(item.vat),
    department: 0,
    paymentMethod: item.paymentMethod,
    subject: item.subject,
    name,
  };
}

function text(command: number, value: string): string {
  try {
    return fiscalText(value);
  } catch (error) {
    if (error instanceof UnprintableTextError) refuse(command, error.message);
    throw error;
  }
}

function checked(command: number, tlv: Uint8Array): Uint8Array {
  if (tlv.length > MAX_TLV) {
    const tag = (tlv[0] ?? 0) + (tlv[1] ?? 0) * 256;
    refuse(
      command,
      `реквизит ${String(tag)}: ${String(tlv.length)} байт, касса принимает не более ${String(MAX_TLV)}`,
    );
  }
  return tlv;
}

function refuse(command: number, message: string): never {
  throw new DeviceRefusal(commandName(command), BAD_PARAMETERS, message);
}
