/** What the cashier reads when the device refuses: plain Russian and the one next step. */
import { atolReason, unknownAtolText } from "../device/atol/reasons.ts";
import {
  DeviceLinkError,
  type DeviceRefusal,
  isPaperMissing,
  type PaperState,
} from "../device/fiscal-device.ts";
import type { Reason } from "../journal/types.ts";

/** `content`: this receipt will always be refused. `state`: the device has to be put right first. */
export type RefusalKind = "content" | "state";

interface DeviceReason {
  readonly kind: RefusalKind;
  readonly text: string;
}

const CODE_BAD_PARAMETERS = 0x33;
const CODE_NO_PAPER = 0x6b;
export const CODE_PAPER_OUT_PRINTING = 0x58;
export const CODE_PRINTING = 0x50;
const CODE_SHIFT_EXPIRED = 0x4e;

const state = (text: string): DeviceReason => ({ kind: "state", text });
const content = (text: string): DeviceReason => ({ kind: "content", text });

/** By error byte of the protocol; 01h–20h in their ФН meaning (fiscal.md §1.5). */
export const DEVICE_REASONS: Readonly<Record<number, DeviceReason>> = {
  0x01: state("ФН не понял команду кассы. Вызовите техника."),
  0x02: state("ФН в неподходящем состоянии. Выключите и включите кассу и повторите."),
  0x03: state("Отказ ФН. Выключите и включите кассу; если не помогло — вызовите техника."),
  0x04: state("Отказ криптопроцессора ФН. Вызовите техника, ФН нужно заменить."),
  0x05: state("Срок действия ФН истёк. Замените ФН."),
  0x06: state("Архив ФН переполнен. Замените ФН."),
  0x07: state("Дата или время кассы не подходят ФН. Проверьте часы кассы."),
  0x08: state("ФН не нашёл запрошенных данных. Повторите."),
  0x09: content("ФН не принял данные чека. Проверьте позиции и оплату."),
  0x10: content("Реквизиты чека слишком велики для ФН. Сократите названия или разделите чек."),
  0x11: state("Нет связи кассы с ОФД. Проверьте настройку ОФД."),
  0x12: state("Ресурс ФН исчерпан. Замените ФН."),
  0x14: state("Память ФН для ОФД заполнена. Восстановите связь с ОФД."),
  0x15: state("Чеки не переданы в ОФД больше 30 дней, ФН заблокирован. Восстановите связь с ОФД."),
  0x16: state("Смена длится больше 24 часов. Закройте смену (Z-отчёт) и повторите."),
  0x17: state("Часы кассы расходятся с ФН больше чем на 5 минут. Исправьте время кассы."),
  0x20: state("ФН отверг ответ ОФД. Сообщите администратору."),
  0x33: content("Касса не приняла данные чека. Проверьте позиции и оплату."),
  0x34: state("У кассы нет запрошенных данных. Повторите."),
  0x35: state("Настройки кассы не подходят для этого чека. Вызовите техника."),
  0x36: state("Прошивка кассы не поддерживает этот чек. Вызовите техника."),
  0x37: state("Касса не поддерживает эту команду. Вызовите техника."),
  0x39: state("Внутренняя ошибка кассы. Выключите и включите кассу."),
  0x3d: state("Смена не открыта. Откройте смену и повторите."),
  0x45: content("Сумма оплаты меньше суммы чека. Проверьте оплату."),
  0x46: state("В кассе недостаточно наличных. Внесите наличные и повторите."),
  0x49: state(
    "В открытом на кассе чеке операция невозможна. Аннулируйте чек на кассе и повторите.",
  ),
  0x4a: state("На кассе уже открыт чек. Аннулируйте его на кассе и повторите."),
  0x4b: content("Чек слишком длинный для кассы. Разделите его на несколько."),
  0x4e: state("Смена длится больше 24 часов. Закройте смену (Z-отчёт) и повторите."),
  0x4f: state("Касса не приняла пароль оператора. Вызовите техника."),
  0x50: state("Касса печатает предыдущий документ. Подождите и повторите."),
  0x55: state("Чек на кассе уже закрыт. Повторите."),
  0x56: state("Нет документа для повтора."),
  0x58: state("Касса ждёт продолжения печати. Вставьте бумагу и повторите."),
  0x59: state("Чек на кассе открыт другим оператором. Аннулируйте его и повторите."),
  0x5e: content("Касса не приняла операцию. Проверьте позиции чека."),
  0x67: state("Нет связи кассы с ФН. Выключите и включите кассу."),
  0x6a: state("Нет питания ФН. Выключите и включите кассу."),
  0x6b: state("Нет бумаги. Вставьте чековую ленту и повторите."),
  0x71: state("Ошибка отрезчика. Освободите отрезчик и повторите."),
  0x72: state("Касса занята печатью. Проверьте бумагу и повторите."),
  0x73: state("Касса в режиме, где продажа невозможна. Проверьте смену и повторите."),
  0x75: state("Ошибка питания кассы. Проверьте блок питания."),
  0x7b: state("Ошибка оборудования кассы. Выключите и включите кассу; вызовите техника."),
  0x7d: state("Неверная дата на кассе. Исправьте дату кассы."),
};

/** Reason codes of ours that blame the receipt itself. */
const CONTENT_CODES: ReadonlySet<string> = new Set(["tax_system_not_allowed"]);

export function refusalReason({
  deviceCode,
  message,
}: Pick<DeviceRefusal, "deviceCode" | "message">): Reason {
  const text = deviceText(deviceCode);
  // 33h is what a driver says itself of content that it can't send, and why
  const saysMore = deviceCode === CODE_BAD_PARAMETERS || knownReason(deviceCode) === undefined;
  return { code: "device_refused", text: saysMore ? `${text} (${message})` : text, deviceCode };
}

/** Error bytes, or codes of ATOL's driver from 1000 up. */
function knownReason(deviceCode: number): DeviceReason | undefined {
  return DEVICE_REASONS[deviceCode] ?? atolReason(deviceCode);
}

function deviceText(deviceCode: number): string {
  const known = knownReason(deviceCode)?.text ?? unknownAtolText(deviceCode);
  const hex = deviceCode.toString(16).toUpperCase().padStart(2, "0");
  return known ?? `Касса ответила ошибкой ${hex}h. Сообщите администратору.`;
}

/** Tells HTTP whether editing the receipt can help (422) or the device must be put right (503). */
export function refusalKind(reason: Reason): RefusalKind {
  if (reason.deviceCode !== undefined) return knownReason(reason.deviceCode)?.kind ?? "state";
  return CONTENT_CODES.has(reason.code) ? "content" : "state";
}

/** Reasons that the lane itself gives. */
export const REASONS = {
  withdrawn: { code: "withdrawn", text: "Чек отозван до печати." },
  screenGone: {
    code: "screen_gone",
    text: "Экран кассира перестал ждать чек, он отменён. Откройте заказ и нажмите «Подтвердить» ещё раз.",
  },
  restarted: {
    code: "restart_before_close",
    text: "Программа кассы перезапущена до печати, чек отменён. Откройте заказ и нажмите «Подтвердить» ещё раз.",
  },
  answerLost: {
    code: "answer_lost",
    text: "Ответ кассы потерян. Не пробивайте чек заново: программа проверяет ФН.",
  },
  notDone: {
    code: "not_done",
    text: "ФН проверен: чек не оформлен. Откройте заказ и нажмите «Подтвердить» ещё раз.",
  },
  unstable: {
    code: "device_unstable",
    text: "Связь с кассой трижды прервалась во время чека, он отменён. Проверьте кабель и повторите.",
  },
  internal: {
    code: "internal_error",
    text: "Внутренняя ошибка программы кассы, чек отменён. Сообщите администратору.",
  },
  noPaper: {
    code: "paper_out",
    text: deviceText(CODE_NO_PAPER),
    deviceCode: CODE_NO_PAPER,
  },
  coverOpen: { code: "cover_open", text: "Открыта крышка кассы. Закройте её и повторите." },
  shiftExpired: {
    code: "shift_expired",
    text: deviceText(CODE_SHIFT_EXPIRED),
    deviceCode: CODE_SHIFT_EXPIRED,
  },
  otherInn: {
    code: "device_unavailable",
    text: "ККТ зарегистрирована на другой ИНН. Продажа запрещена, вызовите администратора.",
  },
  taxSystem: {
    code: "tax_system_not_allowed",
    text: "Касса не зарегистрирована с этой системой налогообложения.",
  },
  noLink: {
    code: "device_unavailable",
    text: "Нет связи с кассой. Проверьте, что касса включена и кабель подключён.",
  },
  notYet: {
    code: "device_unavailable",
    text: "Касса ещё не подключена. Подождите.",
  },
  operationNotDone: {
    code: "not_done",
    text: "Ответ кассы потерян, команда не выполнена. Повторите.",
  },
  operationInDoubt: {
    code: "operation_in_doubt",
    text: "Ответ кассы потерян, а фискального документа у этой операции нет. Проверьте по ленте, выполнена ли она.",
  },
  operationUnknown: {
    code: "operation_unknown",
    text: "Операции с таким ключом в журнале нет.",
  },
  keyReused: {
    code: "idempotency_key_reused",
    text: "Этот ключ уже использован для другой операции.",
  },
  shiftDue: {
    code: "shift_expired",
    text: "Смена вот-вот достигнет 24 часов. Закройте смену (Z-отчёт) и повторите.",
    deviceCode: CODE_SHIFT_EXPIRED,
  },
  clockDevice: {
    code: "clock_device",
    text: "Часы кассы расходятся с верными на 5 минут, ФН откажет в чеке. Закройте смену: часы исправятся при открытии новой. Если смена не закрывается, вызовите техника.",
  },
  catchingUp: {
    code: "catching_up",
    text: "Журнал восстановлен из копии: программа дочитывает документы из ФН. Подождите.",
  },
  notStopped: {
    code: "not_stopped",
    text: "Этот чек не останавливает кассу: решать вручную нечего.",
  },
  receiptUnknown: { code: "receipt_unknown", text: "Такого чека в журнале нет." },
  documentUnknown: {
    code: "document_unknown",
    text: "В ФН нет документа с этим номером, либо он не читается. Проверьте номер ФД.",
  },
  documentDiffers: {
    code: "document_unknown",
    text: "Документ с этим номером не похож на чек: другой тип, операция или сумма.",
  },
  attestationNeeded: {
    code: "request_invalid",
    text: "ФН с этим документом сейчас не прочитать. Укажите с чека ФД, ФП и дату с временем.",
  },
  shuttingDown: { code: "shutting_down", text: "Программа кассы останавливается." },
  notStarted: { code: "shutting_down", text: "Программа кассы ещё не запущена." },
  inDoubt: {
    code: "in_doubt",
    text: "Исход последнего чека проверяется по ФН. Подождите.",
  },
  laneBusy: { code: "lane_busy", text: "Касса занята другим чеком. Подождите." },
  shiftOpen: { code: "shift_open", text: "Смена уже открыта." },
  shiftClosed: { code: "shift_closed", text: "Смена уже закрыта." },
  shiftInDoubt: {
    code: "in_doubt",
    text: "Ответ кассы на команду смены потерян. Проверьте состояние смены, когда связь вернётся.",
  },
} as const satisfies Readonly<Record<string, Reason>>;

/** Why nothing can be printed now; null when it can. */
export function paperReason(paper: PaperState): Reason | null {
  if (paper === "cover-open") return REASONS.coverOpen;
  return isPaperMissing(paper) ? REASONS.noPaper : null;
}

/** No device now: in the words of the line itself where it has some. */
export function linkReason(error: unknown): Reason {
  const advice = error instanceof DeviceLinkError ? error.advice : null;
  return advice === null ? REASONS.noLink : { code: REASONS.noLink.code, text: advice };
}

/** Why a person must decide; by the code of the recovery rule. */
export const ALARM_TEXTS = {
  fn_differs: "В кассе другой ФН: исход последнего чека не проверить. Верните прежний ФН.",
  fd_went_back: "Номера документов в ФН пошли назад. Вызовите администратора.",
  document_missing: "ФН не отдаёт документ, который в нём есть. Вызовите администратора.",
  too_many_documents: "На кассе пробито слишком много чужих документов. Вызовите администратора.",
  marker_contradicts: "Чек в ФН отличается от заказа. Вызовите администратора.",
  answer_contradicts: "Ответ кассы не сходится с ФН. Вызовите администратора.",
  ambiguous: "В ФН несколько похожих чеков, нужный не определить. Вызовите администратора.",
} as const;
