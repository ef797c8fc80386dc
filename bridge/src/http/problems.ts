/**
 * Every refusal of the HTTP door: RFC 9457 problems with a stable `code`. What people read is
 * Russian; programs read `code` alone.
 */
import type { FieldError } from "../domain/wire-errors.ts";

export interface ProblemKind {
  readonly status: number;
  readonly title: string;
  readonly detail: string;
}

const kind = (status: number, title: string, detail: string): ProblemKind => ({
  status,
  title,
  detail,
});

export const PROBLEMS = {
  body_invalid: kind(400, "Тело запроса не читается", "Ожидается JSON в кодировке UTF-8."),
  idempotency_key_missing: kind(
    400,
    "Нет ключа идемпотентности",
    "Заголовок Idempotency-Key обязателен: «<uuid заказа>:<номер попытки>».",
  ),
  idempotency_key_malformed: kind(
    400,
    "Неверный ключ идемпотентности",
    "Заголовок Idempotency-Key должен иметь вид «<uuid заказа>:<номер попытки>», попытки с 1.",
  ),
  certificate_invalid: kind(
    401,
    "Сертификат браузера не принят",
    "Сертификат этого браузера неверен или выдан не для этой кассы. Привяжите браузер заново.",
  ),
  certificate_expired: kind(
    401,
    "Сертификат браузера истёк",
    "Срок сертификата этого браузера истёк. Откройте кассу при работающем Odoo.",
  ),
  certificate_revoked: kind(
    401,
    "Сертификат браузера отозван",
    "Администратор отозвал доступ этого браузера к кассе.",
  ),
  proof_invalid: kind(401, "Подпись браузера не принята", "Подпись не подходит к сертификату."),
  nonce_unknown: kind(
    401,
    "Вызов уже использован или устарел",
    "Запросите новый вызов: он действует один раз и 60 секунд.",
  ),
  token_invalid: kind(401, "Токен не принят", "Токен отсутствует или неверен. Получите новый."),
  token_expired: kind(401, "Токен истёк", "Срок токена истёк. Получите новый."),
  origin_forbidden: kind(
    403,
    "Страница не допущена",
    "Эта страница не входит в список разрешённых ([http] origins).",
  ),
  scope_insufficient: kind(
    403,
    "Недостаточно прав",
    "Для этого действия нужны права старшего по кассе или администратора.",
  ),
  pin_wrong: kind(403, "ПИН неверен", "ПИН неверен."),
  pin_missing: kind(
    403,
    "У сотрудника нет ПИН",
    "У этого сотрудника нет ПИН: его задаёт администратор в Odoo.",
  ),
  person_unknown: kind(403, "Сотрудник не найден", "Этого сотрудника нет в списке кассы."),
  approval_refused: kind(
    403,
    "Нет права разрешать скидку",
    "Скидку разрешает управляющий или администратор.",
  ),
  approval_needed: kind(
    403,
    "Нужно разрешение управляющего",
    "Такая скидка требует разрешения управляющего.",
  ),
  approval_invalid: kind(
    403,
    "Разрешение не подходит",
    "Разрешение на скидку не принято: запросите новое.",
  ),
  not_found: kind(404, "Нет такого адреса", "Такого адреса у моста нет."),
  receipt_unknown: kind(404, "Чек не найден", "Чека с таким ключом в журнале нет."),
  operation_unknown: kind(404, "Операция не найдена", "Операции с таким ключом в журнале нет."),
  item_unknown: kind(404, "Товар не найден", "Товара с таким штрихкодом в копии каталога нет."),
  document_unknown: kind(404, "Документ не найден", "Документ этого чека из ФН ещё не прочитан."),
  method_not_allowed: kind(405, "Метод не поддерживается", "Этот адрес такого метода не знает."),
  order_owned_by_another: kind(
    409,
    "Заказ открыт в другом окне",
    "Этот заказ уже оформляет другая вкладка или другой браузер.",
  ),
  attempt_open: kind(
    409,
    "Предыдущая попытка не завершена",
    "По этому заказу уже есть чек или попытка с неизвестным исходом.",
  ),
  attempt_out_of_order: kind(
    409,
    "Неверный номер попытки",
    "Попытки считаются подряд, новая — только после отказа или отмены прошлой.",
  ),
  lane_busy: kind(409, "Касса занята", "Касса ещё оформляет другой чек."),
  not_withdrawable: kind(
    409,
    "Чек нельзя отозвать",
    "Отозвать можно только чек, который ещё не начал закрываться.",
  ),
  receipt_cancelled: kind(409, "Чек отменён", "Чек отменён, фискального документа нет."),
  shift_open: kind(409, "Смена уже открыта", "Смена уже открыта."),
  shift_closed: kind(409, "Смена закрыта", "Смена закрыта."),
  shift_expired: kind(409, "Смена дольше 24 часов", "Смена дольше 24 часов: снимите Z-отчёт."),
  refund_original_not_synced: kind(
    409,
    "Оригинал возврата ещё не в Odoo",
    "Odoo ещё не знает чека, по которому оформляется возврат. Повторите позже.",
  ),
  sync_in_progress: kind(409, "Доставка уже идёт", "Доставка уже идёт, дождитесь её окончания."),
  not_stopped: kind(409, "Касса не остановлена", "Этот чек кассу не останавливает."),
  document_differs: kind(
    409,
    "Документ не от этого чека",
    "Указанный документ в ФН не похож на этот чек: вид, сумма или смена другие.",
  ),
  operation_in_doubt: kind(
    409,
    "Исход прошлой операции неизвестен",
    "Исход прошлой операции ещё читается из ФН. Повторите через несколько секунд.",
  ),
  paper_out: kind(503, "Нет бумаги", "В кассе кончилась бумага."),
  cover_open: kind(503, "Открыта крышка", "Крышка кассы открыта."),
  body_too_large: kind(413, "Запрос слишком велик", "Тело запроса больше 1 МиБ."),
  content_type_unsupported: kind(
    415,
    "Тип содержимого не поддерживается",
    "Ожидается Content-Type: application/json.",
  ),
  receipt_invalid: kind(422, "Чек составлен неверно", "Исправьте указанные поля чека."),
  request_invalid: kind(422, "Запрос составлен неверно", "Исправьте указанные поля запроса."),
  refund_exceeds: kind(
    422,
    "Возврат больше оставшегося",
    "По этому чеку осталось возвратить меньше, чем указано.",
  ),
  discount_exceeds: kind(422, "Скидка больше разрешённой", "Такая скидка не разрешена никому."),
  marking_disabled: kind(
    422,
    "Маркировка не включена",
    "Коды маркировки не принимаются ([features] marking).",
  ),
  idempotency_key_reused: kind(
    422,
    "Ключ уже использован",
    "Этот ключ уже использован с другим содержимым запроса.",
  ),
  device_refused: kind(422, "Касса отказала", "Касса не приняла чек; фискального документа нет."),
  rate_limited: kind(429, "Слишком много запросов", "Слишком много запросов, повторите позже."),
  pin_locked: kind(
    429,
    "Ввод ПИН временно закрыт",
    "ПИН введён неверно слишком много раз. Повторите позже.",
  ),
  overloaded: kind(
    429,
    "Касса перегружена",
    "Касса занята чеками; остальные запросы примет через несколько секунд.",
  ),
  internal_error: kind(500, "Внутренняя ошибка", "Внутренняя ошибка моста; подробности в журнале."),
  not_ready: kind(503, "Мост не готов", "Мост ещё не готов к продаже."),
  buffer_full: kind(
    503,
    "Буфер переполнен",
    "Буфер переполнен: касса ждёт связи с ОФД. Продажа возобновится сама.",
  ),
  device_unavailable: kind(
    503,
    "Касса недоступна",
    "Нет связи с кассой. Проверьте питание и кабель.",
  ),
  lane_stopped: kind(
    503,
    "Касса остановлена",
    "Исход прошлого чека неизвестен; касса ждёт, пока он не будет прочитан из ФН.",
  ),
  maintenance: kind(
    503,
    "Касса на обслуживании",
    "Касса на обслуживании: новые чеки не принимаются.",
  ),
  storage_full: kind(
    503,
    "Журнал не записывается",
    "Диск кассы полон или защищён от записи: чек не начат.",
  ),
  catching_up: kind(
    503,
    "Касса читает ФН",
    "Журнал восстановлен из копии; касса дочитывает документы из ФН.",
  ),
  shutting_down: kind(503, "Мост останавливается", "Мост останавливается, повторите через минуту."),
} as const satisfies Record<string, ProblemKind>;

export type ProblemCode = keyof typeof PROBLEMS;

export interface ProblemOptions {
  /** Replaces the catalogue's text, Russian. */
  readonly detail?: string;
  /** Replaces the catalogue's status. */
  readonly status?: number;
  readonly errors?: readonly FieldError[];
  /** The receipt as it stands, wire form. */
  readonly receipt?: unknown;
  /** Seconds; also the header Retry-After. */
  readonly retryAfterSeconds?: number;
  readonly extra?: Readonly<Record<string, unknown>>;
}

/** Thrown anywhere below the HTTP door, answered by the error handler. */
export class Problem extends Error {
  override readonly name = "Problem";
  readonly code: ProblemCode;
  readonly options: ProblemOptions;

  constructor(code: ProblemCode, options: ProblemOptions = {}) {
    super(code);
    this.code = code;
    this.options = options;
  }

  get status(): number {
    return this.options.status ?? PROBLEMS[this.code].status;
  }

  /** The answer's body. */
  toBody(): Record<string, unknown> {
    const { title, detail } = PROBLEMS[this.code];
    const { options } = this;
    return {
      type: `urn:opticserp:problem:${this.code}`,
      title,
      status: this.status,
      detail: options.detail ?? detail,
      code: this.code,
      ...(options.errors === undefined ? {} : { errors: options.errors }),
      ...(options.receipt === undefined ? {} : { receipt: options.receipt }),
      ...(options.retryAfterSeconds === undefined
        ? {}
        : { retry_after_seconds: options.retryAfterSeconds }),
      ...options.extra,
    };
  }
}
