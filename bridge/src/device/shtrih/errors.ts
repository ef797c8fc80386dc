/**
 * Error bytes of the ККТ and of the ФН (fiscal.md §1.5). Codes 01h–20h are read as the ФН's: the
 * older meaning belongs to devices with ЭКЛЗ, which this driver does not serve. ФН-М errors of
 * ФФД 1.2 from 32h up come moved to A0h (32h → A0h).
 */
export interface DeviceErrorName {
  /** Stable English name. */
  readonly name: string;
  /** For people, Russian. */
  readonly text: string;
}

/** The device is printing the previous document: the command was not executed. */
export const ERROR_PRINTING = 0x50;
/** Waits for «continue printing» (B0h). */
export const ERROR_WAITS_CONTINUE = 0x58;
/** ФН: no such document, or no more data. */
export const ERROR_NO_DATA = 0x08;
export const ERROR_UNKNOWN_COMMAND = 0x37;
export const ERROR_FN_UNKNOWN_COMMAND = 0x01;
/** No receipt is open. */
export const ERROR_NOTHING_TO_CANCEL = 0x55;

/**
 * Answers to a closing command that don't prove that nothing was signed: the document is made first
 * and printed afterwards, so a device that prints before it answers reports the printer's troubles,
 * or its own, for a document that exists.
 */
const MAY_FOLLOW_SIGNING: ReadonlySet<number> = new Set([
  0x03, 0x04, 0x39, 0x58, 0x5c, 0x67, 0x6a, 0x6b, 0x6c, 0x71, 0x74, 0x75, 0x76, 0x77, 0x7b, 0xc2,
  0xc8,
]);

export function mayFollowSigning(code: number): boolean {
  return MAY_FOLLOW_SIGNING.has(code);
}

const REMAP_FROM = 0xa0;
const REMAP_TO = 0x32;

const ERRORS: Readonly<Record<number, readonly [name: string, text: string]>> = {
  0x00: ["ok", "ошибок нет"],
  0x01: ["fn-unknown-command", "ФН: неизвестная команда или неверный формат"],
  0x02: ["fn-wrong-state", "ФН: неверное состояние ФН"],
  0x03: ["fn-failure", "ФН: ошибка ФН"],
  0x04: ["fn-crypto-failure", "ФН: ошибка криптографического сопроцессора"],
  0x05: ["fn-expired", "ФН: закончен срок эксплуатации ФН. Замените ФН"],
  0x06: ["fn-archive-full", "ФН: архив ФН переполнен. Замените ФН"],
  0x07: ["fn-bad-date-time", "ФН: неверные дата или время"],
  0x08: ["fn-no-data", "ФН: запрошенные данные отсутствуют"],
  0x09: ["fn-bad-parameters", "ФН: некорректные параметры команды"],
  0x10: ["fn-tlv-too-long", "ФН: превышен размер данных TLV"],
  0x11: ["fn-no-transport", "ФН: нет транспортного соединения"],
  0x12: ["fn-crypto-resource-out", "ФН: исчерпан ресурс криптопроцессора. Замените ФН"],
  0x14: ["fn-ofd-storage-full", "ФН: исчерпан ресурс хранения документов для ОФД"],
  0x15: ["fn-unsent-30-days", "ФН: документы не передавались в ОФД более 30 дней"],
  0x16: ["fn-shift-over-24h", "ФН: смена длится более 24 часов, закройте смену"],
  0x17: ["fn-clock-off", "ФН: время ККТ отличается от времени ФН более чем на 5 минут"],
  0x20: ["fn-ofd-message-rejected", "ФН: сообщение от ОФД не принято"],
  0x33: ["bad-parameters", "некорректные параметры в команде"],
  0x34: ["no-data", "нет данных"],
  0x35: ["bad-parameter-for-settings", "некорректный параметр при данных настройках"],
  0x36: ["bad-parameter-for-firmware", "некорректный параметр для данной реализации ККТ"],
  0x37: ["unsupported-command", "команда не поддерживается этой ККТ"],
  0x38: ["rom-error", "ошибка в ПЗУ"],
  0x39: ["internal-error", "внутренняя ошибка ПО ККТ"],
  0x3a: ["charge-overflow", "переполнение накопления по надбавкам в смене"],
  0x3b: ["shift-accumulator-overflow", "переполнение накопления в смене"],
  0x3c: ["wrong-serial", "ЭКЛЗ: неверный регистрационный номер"],
  0x3d: ["shift-not-open", "смена не открыта, операция невозможна"],
  0x3e: ["section-overflow", "переполнение накопления по секциям в смене"],
  0x41: ["cash-overflow", "переполнение диапазона по оплате наличными"],
  0x43: ["payment2-overflow", "переполнение диапазона по типу оплаты 2"],
  0x44: ["payment3-overflow", "переполнение диапазона по типу оплаты 3"],
  0x45: ["payment-below-total", "сумма всех типов оплаты меньше итога чека"],
  0x46: ["not-enough-cash", "не хватает наличности в кассе"],
  0x47: ["tax-overflow", "переполнение накопления по налогам в смене"],
  0x48: ["total-overflow", "переполнение итога чека"],
  0x49: ["wrong-operation-in-receipt", "операция невозможна в открытом чеке данного типа"],
  0x4a: ["receipt-open", "открыт чек, операция невозможна"],
  0x4b: ["receipt-buffer-full", "буфер чека переполнен"],
  0x4c: ["turnover-tax-overflow", "переполнение накопления по обороту налогов в смене"],
  0x4d: ["cashless-over-total", "вносимая безналичной оплатой сумма больше суммы чека"],
  0x4e: ["shift-over-24h", "смена превысила 24 часа, закройте смену"],
  0x4f: ["wrong-password", "неверный пароль оператора ККТ"],
  0x50: ["printing-previous", "идёт печать предыдущей команды"],
  0x51: ["cash-accumulator-overflow", "переполнение накоплений наличными в смене"],
  0x55: ["receipt-closed", "чек закрыт, операция невозможна"],
  0x56: ["nothing-to-repeat", "нет документа для повтора"],
  0x58: ["waiting-continue-print", "ККТ ожидает команды продолжения печати"],
  0x59: ["opened-by-other-operator", "документ открыт другим оператором"],
  0x5b: ["charge-range", "переполнение диапазона надбавок"],
  0x5c: ["voltage-low", "понижено напряжение 24 В"],
  0x5d: ["table-not-defined", "таблица не определена"],
  0x5e: ["bad-operation", "некорректная операция"],
  0x5f: ["negative-total", "отрицательный итог чека"],
  0x60: ["multiplication-overflow", "переполнение при умножении"],
  0x61: ["price-overflow", "переполнение диапазона цены"],
  0x62: ["quantity-overflow", "переполнение диапазона количества"],
  0x63: ["department-overflow", "переполнение диапазона отдела"],
  0x67: ["fn-link-lost", "нет связи с ФН"],
  0x69: ["money-overflow", "переполнение денег по обороту налогов"],
  0x6a: ["fn-power-error", "ошибка питания при ответе по I2C"],
  0x6b: ["no-receipt-paper", "нет чековой ленты"],
  0x6c: ["no-journal-paper", "нет операционного журнала"],
  0x6d: ["no-tax-amount", "не хватает денег по налогу"],
  0x70: ["fn-buffer-overflow", "переполнение буфера ФН"],
  0x71: ["cutter-failure", "ошибка отрезчика"],
  0x72: ["not-in-submode", "команда не поддерживается в данном подрежиме"],
  0x73: ["not-in-mode", "команда не поддерживается в данном режиме"],
  0x74: ["ram-error", "ошибка ОЗУ"],
  0x75: ["power-failure", "ошибка питания"],
  0x76: ["printer-no-pulses", "ошибка принтера: нет импульсов с тахогенератора"],
  0x77: ["printer-no-sensor-signal", "ошибка принтера: нет сигнала с датчиков"],
  0x78: ["firmware-changed", "замена ПО ККТ"],
  0x7a: ["field-not-editable", "поле не редактируется"],
  0x7b: ["hardware-error", "ошибка оборудования"],
  0x7c: ["date-mismatch", "не совпадает дата"],
  0x7d: ["bad-date-format", "неверный формат даты"],
  0x7e: ["bad-length", "неверное значение в поле длины"],
  0x7f: ["receipt-total-range", "переполнение диапазона итога чека"],
  0x84: ["cash-range", "переполнение наличности"],
  0x8b: ["discount-over-limit", "сумма скидки больше допустимой"],
  0x8e: ["zero-total", "нулевой итог чека"],
  0xc0: ["date-time-check", "контроль даты и времени: подтвердите дату и время"],
  0xc2: ["voltage-high", "превышение напряжения в блоке питания"],
  0xc4: ["shift-number-mismatch", "несовпадение номеров смен"],
  0xc7: ["field-locked-in-mode", "поле не редактируется в данном режиме"],
  0xc8: ["no-printer-link", "нет связи с принтером"],
};

/** Errors of the ФН-М with ФФД 1.2, before they are moved to A0h. */
const FN_M_ERRORS: Readonly<Record<number, readonly [name: string, text: string]>> = {
  0x32: ["fn-marking-forbidden", "ФН: запрещена работа с маркированными товарами"],
  0x33: ["fn-marking-sequence", "ФН: неверная последовательность команд группы Bx"],
  0x34: ["fn-marking-blocked", "ФН: работа с маркированными товарами временно заблокирована"],
  0x35: ["fn-marking-table-full", "ФН: переполнена таблица проверки кодов маркировки"],
  0x3c: ["fn-marking-missing-tag", "ФН: в блоке TLV отсутствуют необходимые реквизиты"],
  0x3e: ["fn-marking-not-checked", "ФН: в реквизите 2007 содержится не проверенный ранее КМ"],
};

/** Always answers: an unknown code keeps its number in the text. */
export function deviceErrorName(code: number): DeviceErrorName {
  const known = ERRORS[code];
  if (known) return { name: known[0], text: known[1] };
  const fnCode = code - REMAP_FROM + REMAP_TO;
  const moved = code >= REMAP_FROM && code < 0xc0 ? FN_M_ERRORS[fnCode] : undefined;
  if (moved) return { name: moved[0], text: moved[1] };
  return { name: "unknown-error", text: "неизвестная ошибка ККТ" };
}

/** `45h: сумма всех типов оплаты меньше итога чека`. */
export function deviceErrorText(code: number): string {
  return `${code.toString(16).toUpperCase().padStart(2, "0")}h: ${deviceErrorName(code).text}`;
}
