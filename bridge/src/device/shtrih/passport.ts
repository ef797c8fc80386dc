/** What the device is and whether it may be used: read at every `connect`. */
import type { DeviceInfo, DeviceProtocol } from "../fiscal-device.ts";
import { DeviceRefusal, DeviceSetupError } from "../fiscal-device.ts";
import { deviceType } from "./commands/device-type.ts";
import { extendedQuery, type ModelParameters } from "./commands/extended-query.ts";
import { fiscalizationParameter } from "./commands/fiscalization-parameter.ts";
import { fnExpiry } from "./commands/fn-expiry.ts";
import { fnNumber } from "./commands/fn-number.ts";
import { fullStatus } from "./commands/full-status.ts";
import { readTable, type TableValue } from "./commands/read-table.ts";
import { writeTable } from "./commands/write-table.ts";
import type { ShtrihSession } from "./session.ts";
import { decodeTlvList, findTlvString, findTlvUint, type Tlv } from "./tlv.ts";
import { rateInName, VAT_ROWS } from "./vat-map.ts";

export interface Passport {
  readonly info: DeviceInfo;
  readonly parameters: ModelParameters | null;
  /** The device turns 20 % into 22 % by itself (table 17, field 71) and would not let us change it. */
  readonly replacesVat20: boolean;
}

/** Tables of the settings, fiscal.md §1.4, §1.6, §3.0. */
const TABLE_MODE = 1;
const FIELD_TAXES_BY_HOST = 14;
const TABLE_VAT = 6;
const FIELD_VAT_NAME = 2;
const TABLE_REGIONAL = 17;
const FIELD_VAT_REPLACEMENT = 71;
const REPLACE_20_BY_22 = 1;
const REPLACE_NOTHING = 2;
const TABLE_FN = 18;
/** Where F7h does not tell the number: by the model, «Штрих-Мобайл» has its own (fiscal.md §3.0). */
const TABLE_OFD = 19;
const TABLE_OFD_MOBILE = 15;
const TABLE_NETWORK = 21;
const FIELD_OFD_BY = 2;
const OFD_BY_DEVICE = 1;

/** @throws DeviceSetupError with every reason in one text */
export async function readPassport(
  session: ShtrihSession,
  password: number,
  protocol: DeviceProtocol,
  signal?: AbortSignal,
): Promise<Passport> {
  const reader = new PassportReader(session, password, signal);
  const type = await reader.optional(() => session.run(deviceType, {}));
  const parameters = await reader.optional(() => session.run(extendedQuery, { type: 1 }));
  const status = await reader.step(() => session.run(fullStatus, { password }));
  const { fn } = await reader.step(() => session.run(fnNumber, { password }));
  const { expires } = await reader.step(() => session.run(fnExpiry, { password }));

  const problems = [...(await reader.taxProblems()), ...(await reader.vatProblems())];
  const registration = await reader.registration();
  if (registration.rnm === "" || registration.inn === "") {
    problems.push("касса не зарегистрирована: нет регистрационного номера или ИНН");
  }
  if (problems.length > 0) {
    throw new DeviceSetupError(`Касса настроена неверно: ${problems.join("; ")}.`);
  }
  const info: DeviceInfo = {
    fn,
    ...registration,
    model: type?.name ?? "Штрих-М",
    serial: (await reader.text(TABLE_FN, 1)) || String(status.serial),
    fnExpires: expires,
    ofd: await reader.ofd(parameters?.ofdTable ?? usualOfdTable(type?.name ?? "")),
    ofdBy: await reader.ofdBy(),
    protocol,
  };
  return { info, parameters, replacesVat20: await reader.stopVatReplacement() };
}

export function usualOfdTable(model: string): number {
  return /МОБАЙЛ|MOBILE/i.test(model) ? TABLE_OFD_MOBILE : TABLE_OFD;
}

class PassportReader {
  readonly #session: ShtrihSession;
  readonly #password: number;
  readonly #signal: AbortSignal | undefined;

  constructor(session: ShtrihSession, password: number, signal: AbortSignal | undefined) {
    this.#session = session;
    this.#password = password;
    this.#signal = signal;
  }

  async step<T>(work: () => Promise<T>): Promise<T> {
    this.#signal?.throwIfAborted();
    return work();
  }

  /** null where the device refuses: older models lack some commands and fields. */
  async optional<T>(work: () => Promise<T>): Promise<T | null> {
    try {
      return await this.step(work);
    } catch (error) {
      if (error instanceof DeviceRefusal) return null;
      throw error;
    }
  }

  field(table: number, field: number, row = 1): Promise<TableValue | null> {
    return this.optional(() =>
      this.#session.run(readTable, { password: this.#password, table, row, field }),
    );
  }

  async text(table: number, field: number): Promise<string> {
    return (await this.field(table, field))?.text.trim() ?? "";
  }

  /** Table 1 field 14: the device must compute the taxes (fr_drv_ng#318). */
  async taxProblems(): Promise<string[]> {
    const taxes = await this.field(TABLE_MODE, FIELD_TAXES_BY_HOST);
    return taxes === null || taxes.number === 0
      ? []
      : ["налоги должна считать касса (таблица 1, поле 14 = 0)"];
  }

  /** Table 6: every row must mean the rate that we send it for. */
  async vatProblems(): Promise<string[]> {
    const problems: string[] = [];
    for (const { tableRow, rate } of VAT_ROWS) {
      const name = (await this.field(TABLE_VAT, FIELD_VAT_NAME, tableRow))?.text ?? null;
      if (name !== null && rateInName(name) === rate) continue;
      const expected = rate === "none" ? "без НДС" : rate.includes("/") ? rate : `${rate} %`;
      const found = name === null ? "строки нет" : `в кассе «${name.trim()}»`;
      problems.push(
        `таблица 6, строка ${String(tableRow)}: ${found}, нужна ставка НДС «${expected}»`,
      );
    }
    return problems;
  }

  async registration(): Promise<
    Pick<DeviceInfo, "inn" | "rnm" | "userName" | "address" | "taxSystems">
  > {
    const taxSystems = (await this.field(TABLE_FN, 5))?.number ?? 0;
    return {
      inn: (await this.text(TABLE_FN, 2)) || (await this.parameter(1018)),
      rnm: (await this.text(TABLE_FN, 3)) || (await this.parameter(1037)),
      userName: (await this.text(TABLE_FN, 7)) || (await this.parameter(1048)),
      address: (await this.text(TABLE_FN, 9)) || (await this.parameter(1009)),
      taxSystems: taxSystems || (findTlvUint(await this.#parameters(1062), 1062) ?? 0),
    };
  }

  /** FF60h: the last registration's requisite, where table 18 does not have it. */
  async parameter(tag: number): Promise<string> {
    return findTlvString(await this.#parameters(tag), tag)?.trim() ?? "";
  }

  async #parameters(tag: number): Promise<readonly Tlv[]> {
    const answer = await this.optional(() =>
      this.#session.run(fiscalizationParameter, {
        password: this.#password,
        registration: 1,
        tag,
      }),
    );
    return answer ? decodeTlvList(answer.tlv) : [];
  }

  async ofd(table: number): Promise<DeviceInfo["ofd"]> {
    const host = await this.text(table, 1);
    const port = (await this.field(table, 2))?.number ?? 0;
    if (host === "" || port === 0) return null;
    const seconds = (await this.field(table, 3))?.number ?? 0;
    return { host, port, timeoutMs: (seconds || 60) * 1000 };
  }

  /** Table 21 field 2; models without the field have no network of their own. */
  async ofdBy(): Promise<DeviceInfo["ofdBy"]> {
    const field = await this.field(TABLE_NETWORK, FIELD_OFD_BY);
    return field?.number === OFD_BY_DEVICE ? "device" : "bridge";
  }

  /**
   * Since 2026 the firmware may turn 20 % into 22 % by itself (fr_drv_ng#328). The codes that we
   * send are the ones to be signed, so this is switched off. @returns true if it is still on
   */
  async stopVatReplacement(): Promise<boolean> {
    const field = { table: TABLE_REGIONAL, row: 1, field: FIELD_VAT_REPLACEMENT };
    const before = await this.field(field.table, field.field);
    if (before?.number !== REPLACE_20_BY_22) return false;
    const value = new Uint8Array(before.value.length / 2);
    value[0] = REPLACE_NOTHING;
    await this.optional(() =>
      this.#session.run(writeTable, { password: this.#password, ...field, value }),
    );
    return (await this.field(field.table, field.field))?.number === REPLACE_20_BY_22;
  }
}
