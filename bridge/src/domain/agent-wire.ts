/** Agent and supplier of an item on the wire: tags 1222–1226 (ФФД 1.2). */
import { z } from "zod";
import { isInn } from "./inn.ts";
import type { Agent, Supplier } from "./receipt.ts";
import type { FieldError } from "./wire-errors.ts";
import { fiscalText, oneOf, PHONE_PATTERN } from "./wire-parts.ts";

/** Tag 1222: bank payment agent, its sub-agent, payment agent, its sub-agent, attorney, commissioner, other agent. */
export const AGENT_BITS: readonly number[] = [1, 2, 4, 8, 16, 32, 64];
const BANK_AGENTS: readonly number[] = [1, 2];
const PAYMENT_AGENTS: readonly number[] = [4, 8];
/** ИНН of a supplier that has none, 1226 (order ЕД-7-20/662@). */
const NO_INN = "000000000000";
/** What one TLV may have for FF4D, its own head included. */
const MAX_TLV = 250;
const HEAD = 4;
const INN_LENGTH = 12;

const phones = z
  .array(z.string().regex(PHONE_PATTERN, "ожидается номер вида +79991234567"))
  .min(1)
  .max(5);

export const wireAgentSchema = z.strictObject({
  bits: oneOf(AGENT_BITS, `допустимы ${AGENT_BITS.join(", ")} (тег 1222)`, "Tag 1222, one bit"),
  operation: fiscalText(24, "Tag 1044").nullish(),
  phones: phones.nullish().meta({ description: "Tag 1073" }),
  receiver_phones: phones.nullish().meta({ description: "Tag 1074" }),
  transfer_operator: z
    .strictObject({
      name: fiscalText(64, "Tag 1026"),
      address: fiscalText(243, "Tag 1005"),
      inn: z.string().refine(isInn, "ИНН: 10 или 12 цифр с верными контрольными"),
      phones: phones.meta({ description: "Tag 1075" }),
    })
    .nullish(),
});

export const wireSupplierSchema = z.strictObject({
  name: fiscalText(200, "Tag 1225"),
  inn: z
    .string()
    .refine((inn) => inn === NO_INN || isInn(inn), {
      message: `ИНН: 10 или 12 цифр с верными контрольными; ${NO_INN}, если его нет`,
    })
    .meta({ description: "Tag 1226" }),
  phones: phones.nullish().meta({ description: "Tag 1171" }),
});

export function toAgent(wire: z.output<typeof wireAgentSchema>): Agent {
  return {
    bits: wire.bits,
    ...(wire.operation == null ? {} : { operation: wire.operation }),
    ...(wire.phones == null ? {} : { phones: wire.phones }),
    ...(wire.receiver_phones == null ? {} : { receiverPhones: wire.receiver_phones }),
    ...(wire.transfer_operator == null ? {} : { transferOperator: wire.transfer_operator }),
  };
}

export function toSupplier(wire: z.output<typeof wireSupplierSchema>): Supplier {
  return { name: wire.name, inn: wire.inn, phones: wire.phones ?? [] };
}

/** What 1222 demands of 1223, 1224 and 1226. @param path of the item, `items[0]` */
export function agentErrors(
  agent: Agent | undefined,
  supplier: Supplier | undefined,
  path: string,
): FieldError[] {
  if (!agent) {
    return supplier
      ? [{ field: `${path}.supplier`, message: "указывается вместе с agent (тег 1222)" }]
      : [];
  }
  const errors: FieldError[] = [];
  const needs = (present: unknown, field: string, why: string): void => {
    if (present === undefined) errors.push({ field: `${path}.${field}`, message: why });
  };
  needs(supplier, "supplier", "обязательное поле вместе с agent (теги 1224, 1226)");
  if (BANK_AGENTS.includes(agent.bits)) {
    const who = "обязательное поле для банковского платёжного агента";
    needs(agent.transferOperator, "agent.transfer_operator", who);
    needs(agent.operation, "agent.operation", who);
    needs(agent.phones, "agent.phones", who);
  }
  if (PAYMENT_AGENTS.includes(agent.bits)) {
    const who = "обязательное поле для платёжного агента";
    needs(agent.phones, "agent.phones", who);
    needs(agent.receiverPhones, "agent.receiver_phones", who);
  }
  if (agentLength(agent) > MAX_TLV) {
    errors.push({ field: `${path}.agent`, message: `данные агента (тег 1223): ${TOO_LONG}` });
  }
  if (supplier && supplierLength(supplier) > MAX_TLV) {
    errors.push({ field: `${path}.supplier`, message: `поставщик (тег 1224): ${TOO_LONG}` });
  }
  return errors;
}

const TOO_LONG = `вместе не больше ${String(MAX_TLV)} байт, сократите название, адрес или телефоны`;

/** Bytes of tag 1223: a character is a byte of CP866. */
function agentLength(agent: Agent): number {
  const operator = agent.transferOperator;
  const texts = [
    ...(agent.operation === undefined ? [] : [agent.operation.length]),
    ...lengths(agent.phones),
    ...lengths(agent.receiverPhones),
    ...(operator ? [operator.name.length, operator.address.length, INN_LENGTH] : []),
    ...lengths(operator?.phones),
  ];
  return structLength(texts);
}

/** Bytes of tag 1224. */
function supplierLength(supplier: Supplier): number {
  return structLength([supplier.name.length, ...lengths(supplier.phones)]);
}

function lengths(list: readonly string[] | undefined): number[] {
  return (list ?? []).map(({ length }) => length);
}

function structLength(members: readonly number[]): number {
  return HEAD + members.reduce((sum, length) => sum + HEAD + length, 0);
}
