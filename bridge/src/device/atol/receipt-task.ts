/** A receipt as one JSON task. Pure: what can be refused here is refused before anything is sent. */
import type { Agent, Cashier, Receipt, ReceiptItem, Supplier } from "../../domain/receipt.ts";
import { DeviceRefusal } from "../fiscal-device.ts";
import { fiscalText, UnprintableTextError } from "../shtrih/text.ts";
import {
  AGENTS,
  PAYMENT_METHODS,
  PAYMENT_TYPES,
  RECEIPT_TYPES,
  TAX_TYPES,
  TAXATION_TYPES,
} from "./names.ts";

export type JsonTask = Readonly<Record<string, unknown>> & { readonly type: string };

/** Name of the user's requisite 1085 that carries the order's uuid. */
const MARKER_NAME = "ORDER";
/** Said of content that a driver can't send, as by every driver. */
const BAD_PARAMETERS = 0x33;
const MAX_NAME = 128;

/**
 * @param taxSystems bits of tag 1055 allowed by the registration
 * @throws DeviceRefusal (33h) naming what the device could not take
 */
export function receiptTask(receipt: Receipt, taxSystems: number): JsonTask {
  const type = RECEIPT_TYPES[receipt.type];
  return {
    type,
    taxationType: taxationType(type, receipt.taxSystem, taxSystems),
    electronically: receipt.electronicOnly,
    // a fault of the paper must not break off a receipt that the ФН takes
    ignoreNonFiscalPrintErrors: true,
    operator: operator(receipt.cashier),
    ...clientInfo(type, receipt),
    ...correction(receipt),
    items: [
      ...receipt.items.map((item) => position(type, item, receipt.type)),
      ...wrongSign(receipt),
      { type: "userAttribute", name: MARKER_NAME, value: receipt.order.uuid, print: false },
    ],
    payments: receipt.payments.map(({ method, kopecks }) => ({
      type: PAYMENT_TYPES[method],
      sum: kopecks / 100,
    })),
  };
}

/** Tags 1021 and 1203. */
export function operator(cashier: Cashier): Record<string, string> {
  return {
    name: text("operator", cashier.name),
    ...(cashier.inn === null ? {} : { vatin: cashier.inn }),
  };
}

function taxationType(type: string, asked: number | null, allowed: number): string {
  const single = allowed > 0 && (allowed & (allowed - 1)) === 0;
  const bit = asked ?? (single ? allowed : null);
  if (bit === null) {
    refuse(
      type,
      "в чеке не указана система налогообложения (тег 1055), а касса зарегистрирована с несколькими",
    );
  }
  const word = (bit & allowed) === 0 ? undefined : TAXATION_TYPES[bit];
  if (word === undefined) {
    refuse(type, `касса не зарегистрирована с системой налогообложения ${String(bit)} (тег 1055)`);
  }
  return word;
}

function clientInfo(type: string, { customer, electronicOnly }: Receipt): Record<string, unknown> {
  const contact = customer?.email ?? customer?.phone ?? null;
  if (electronicOnly && contact === null) {
    refuse(type, "для чека без бумаги нужен телефон или электронная почта покупателя");
  }
  const info = {
    ...(contact === null ? {} : { emailOrPhone: text(type, contact) }),
    ...(customer?.name ? { name: text(type, customer.name) } : {}),
    ...(customer?.inn ? { vatin: customer.inn } : {}),
  };
  return Object.keys(info).length === 0 ? {} : { clientInfo: info };
}

/** Tags 1173, 1174{1178, 1179}. */
function correction({ correction: given }: Receipt): Record<string, unknown> {
  if (!given) return {};
  return {
    correctionType: given.basis,
    correctionBaseDate: given.date.replaceAll("-", "."),
    ...(given.number === null ? {} : { correctionBaseNumber: given.number }),
  };
}

/** Tag 1192: ФП of the wrong receipt. */
function wrongSign({ correction: given }: Receipt): Record<string, unknown>[] {
  const fp = given?.wrongFp ?? null;
  if (fp === null) return [];
  return [{ type: "additionalAttribute", value: String(fp), print: false }];
}

function position(
  type: string,
  item: ReceiptItem,
  receiptType: Receipt["type"],
): Record<string, unknown> {
  const name = text(type, item.name);
  if (name.length > MAX_NAME) {
    refuse(type, `наименование «${item.name}» длиннее ${String(MAX_NAME)} знаков`);
  }
  return {
    type: "position",
    name,
    price: item.priceKopecks / 100,
    quantity: item.quantityMillionths / 1_000_000,
    amount: item.sumKopecks / 100,
    department: 1,
    measurementUnit: item.unit,
    paymentMethod: PAYMENT_METHODS[item.paymentMethod - 1],
    paymentObject: item.subject,
    tax: { type: TAX_TYPES[item.vat] },
    ...(item.agent ? { agentInfo: agentInfo(type, item.agent) } : {}),
    ...(item.supplier ? { supplierInfo: supplierInfo(type, item.supplier) } : {}),
    ...(item.mark === undefined ? {} : { imcParams: imcParams(item.mark, receiptType) }),
  };
}

/** Tags 1222, 1223. */
function agentInfo(type: string, agent: Agent): Record<string, unknown> {
  const { operation, phones, receiverPhones, transferOperator } = agent;
  const paying = {
    ...(operation === undefined ? {} : { operation: text(type, operation) }),
    ...(phones === undefined ? {} : { phones }),
  };
  return {
    agents: AGENTS.filter((_word, bit) => (agent.bits & (1 << bit)) !== 0),
    ...(Object.keys(paying).length === 0 ? {} : { payingAgent: paying }),
    ...(receiverPhones === undefined
      ? {}
      : { receivePaymentsOperator: { phones: receiverPhones } }),
    ...(transferOperator === undefined
      ? {}
      : {
          moneyTransferOperator: {
            name: text(type, transferOperator.name),
            address: text(type, transferOperator.address),
            vatin: transferOperator.inn,
            phones: transferOperator.phones,
          },
        }),
  };
}

/** Tags 1224, 1226. */
function supplierInfo(type: string, supplier: Supplier): Record<string, unknown> {
  return { name: text(type, supplier.name), vatin: supplier.inn, phones: supplier.phones };
}

/** Tag 1163; the driver finds out the kind of the code, the status is «sold» or «returned» piece. */
function imcParams(mark: string, receiptType: Receipt["type"]): Record<string, unknown> {
  const returned = receiptType === "refund" || receiptType === "refund_correction";
  return {
    imcType: "auto",
    imc: Buffer.from(mark, "utf8").toString("base64"),
    itemEstimatedStatus: returned ? "itemPieceReturn" : "itemPieceSold",
    imcModeProcessing: 0,
  };
}

function text(type: string, value: string): string {
  try {
    return fiscalText(value);
  } catch (error) {
    if (error instanceof UnprintableTextError) refuse(type, error.message);
    throw error;
  }
}

function refuse(type: string, message: string): never {
  throw new DeviceRefusal(type, BAD_PARAMETERS, message);
}
