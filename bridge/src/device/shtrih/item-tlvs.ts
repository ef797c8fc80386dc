/** TLVs of one item, each for an FF4Dh: 2108, 1222, 1223, 1224, 1226 (ФФД 1.2). */
import type { Agent, ReceiptItem, Supplier } from "../../domain/receipt.ts";
import { tlvByte, tlvFixedString, tlvString, tlvStruct } from "./tlv.ts";

const INN_LENGTH = 12;

/** @param text how a text of the receipt becomes one of the device */
export function itemTlvs(item: ReceiptItem, text: (value: string) => string): Uint8Array[] {
  const { agent, supplier } = item;
  return [
    tlvByte(2108, item.unit),
    ...(agent ? agentTlvs(agent, text) : []),
    ...(supplier ? supplierTlvs(supplier, text) : []),
  ];
}

function agentTlvs(agent: Agent, text: (value: string) => string): Uint8Array[] {
  const operator = agent.transferOperator;
  const members = [
    ...(operator ? operator.phones.map((phone) => tlvString(1075, phone)) : []),
    ...(agent.operation === undefined ? [] : [tlvString(1044, text(agent.operation))]),
    ...(agent.phones ?? []).map((phone) => tlvString(1073, phone)),
    ...(agent.receiverPhones ?? []).map((phone) => tlvString(1074, phone)),
    ...(operator
      ? [
          tlvString(1026, text(operator.name)),
          tlvString(1005, text(operator.address)),
          tlvFixedString(1016, operator.inn, INN_LENGTH),
        ]
      : []),
  ];
  const details = members.length > 0 ? [tlvStruct(1223, ...members)] : [];
  return [tlvByte(1222, agent.bits), ...details];
}

function supplierTlvs(supplier: Supplier, text: (value: string) => string): Uint8Array[] {
  return [
    tlvStruct(
      1224,
      ...supplier.phones.map((phone) => tlvString(1171, phone)),
      tlvString(1225, text(supplier.name)),
    ),
    tlvFixedString(1226, supplier.inn, INN_LENGTH),
  ];
}
