/**
 * What is watched at a till and when it alarms (requirements, Alert thresholds): pure rules over one
 * reading. An alert never stops a sale; what stops one says so by itself.
 */
import type { AlertCode } from "../http/schemas/status.ts";

export type AlertLevel = "p1" | "p2" | "p3";

export interface Finding {
  readonly level: AlertLevel;
  /** Russian. */
  readonly text: string;
}

/** What the rules look at. `null`: not known now, and what was found before stays. */
export interface Reading {
  /** ms UTC. */
  readonly now: number;
  readonly buffer: {
    readonly level: number;
    readonly capacity: number;
    /** ISO UTC. */
    readonly oldestAt: string | null;
    readonly odooPending: number;
  };
  readonly fn: {
    /** Last day of the ФН, `YYYY-MM-DD`. */
    readonly expires: string;
    readonly documentsLeft: number | null;
    /** Wall time of the register now and of the oldest document the ОФД lacks. */
    readonly wallTime: string;
    readonly oldestUnsent: string | null;
  } | null;
  readonly shift: {
    readonly state: "open" | "closed" | "expired";
    /** ISO UTC; null while it is not known. */
    readonly openedAt: string | null;
  } | null;
  /** ms */
  readonly odooDriftMs: number | null;
  readonly deviceDriftMs: number | null;
  /** Why the lane is stopped, Russian; `null`: it is not. */
  readonly laneStopped: string | null;
  /** What the ФН said of the ОФД's ticket, Russian. */
  readonly ticketRejected: string | null;
  readonly breaker: "closed" | "open" | "half_open";
  readonly dead: number;
  /** ISO UTC of the last document that differs from what was asked for. */
  readonly mismatchAt: string | null;
  /** What the lease says of itself. */
  readonly leaseLost: Finding | null;
  /** Why the disk takes no commit, Russian; `null`: it does. */
  readonly storageTrouble: string | null;
}

export interface Limits {
  readonly shiftDueMs: number;
  readonly bufferOldestP2Ms: number;
  readonly bufferOldestP1Ms: number;
}

const SECOND = 1_000;
const DAY = 86_400_000;
/** A mismatch is looked at within a day; its event stays for ever. */
const MISMATCH_SHOWN = DAY;

type Rule = (reading: Reading, limits: Limits) => Finding | null | "unknown";

const p1 = (text: string): Finding => ({ level: "p1", text });
const p2 = (text: string): Finding => ({ level: "p2", text });
const p3 = (text: string): Finding => ({ level: "p3", text });

/** The first step that `value` has reached. */
function steps(
  value: number,
  table: readonly (readonly [from: number, found: () => Finding])[],
): Finding | null {
  return table.find(([from]) => value >= from)?.[1]() ?? null;
}

const share = (part: number): Rule => {
  const percent = String(Math.round(part * 100));
  return ({ buffer: { level, capacity } }) =>
    level >= capacity * part && level > 0
      ? p2(
          `Буфер заполнен на ${percent} %: ${String(level)} из ${String(capacity)} чеков ждут ОФД.`,
        )
      : null;
};

export const RULES: Readonly<Record<AlertCode, Rule>> = {
  buffer_80: share(0.8),
  buffer_90: share(0.9),
  buffer_full: ({ buffer: { level, capacity } }) =>
    level >= capacity
      ? p1(`Буфер переполнен (${String(level)} из ${String(capacity)}): продажи ждут связи с ОФД.`)
      : null,

  buffer_oldest: ({ now, buffer: { oldestAt } }, limits) => {
    if (oldestAt === null) return null;
    const age = now - Date.parse(oldestAt);
    const text = `Самый старый чек без подтверждения ОФД ждёт ${hours(age)}.`;
    return steps(age, [
      [limits.bufferOldestP1Ms, () => p1(text)],
      [limits.bufferOldestP2Ms, () => p2(text)],
    ]);
  },

  fn_documents: ({ fn }) => {
    if (fn === null || fn.documentsLeft === null) return "unknown";
    const left = fn.documentsLeft;
    if (left <= 0) return p1("Память ФН исчерпана: продажи невозможны. Замените ФН.");
    return left < 100 ? p2(`В ФН осталось ${String(left)} документов. Замените ФН.`) : null;
  },

  fn_expires: ({ now, fn }) => {
    if (fn === null) return "unknown";
    const days = daysLeft(fn.expires, now);
    if (days < 0) return null;
    const text = `Срок ФН заканчивается ${russianDate(fn.expires)}.`;
    if (days <= 3) return p2(`${text} Замените ФН.`);
    return days <= 30 ? p3(text) : null;
  },

  fn_expired: ({ now, fn }) => {
    if (fn === null) return "unknown";
    return daysLeft(fn.expires, now) < 0
      ? p1(`Срок ФН закончился ${russianDate(fn.expires)}. Замените ФН.`)
      : null;
  },

  fn_oldest_unsent: ({ fn }) => {
    if (fn === null) return "unknown";
    if (fn.oldestUnsent === null) return null;
    // both are wall time of the register, so no zone is needed
    const days = (wallMs(fn.wallTime) - wallMs(fn.oldestUnsent)) / DAY;
    const text =
      `Документ ждёт отправки в ОФД ${String(Math.floor(days))} дн. из 30: ` +
      "на 31-й день ФН заблокируется.";
    return steps(days, [
      [25, () => p1(text)],
      [10, () => p2(text)],
      [3, () => p3(text)],
    ]);
  },

  shift_due: ({ now, shift }, { shiftDueMs }) => {
    if (shift === null) return "unknown";
    const { state, openedAt } = shift;
    if (state === "closed") return null;
    const expired = (): Finding =>
      p2("Смена дольше 24 часов: снимите Z-отчёт, продажи остановлены.");
    if (state === "expired") return expired();
    if (openedAt === null) return "unknown";
    const age = now - Date.parse(openedAt);
    return steps(age, [
      [DAY, expired],
      [shiftDueMs, () => p3(`Смена открыта ${hours(age)}: снимите Z-отчёт до 24 часов.`)],
    ]);
  },

  clock_odoo: ({ odooDriftMs }) => {
    if (odooDriftMs === null) return "unknown";
    const text = `Часы кассы расходятся с Odoo на ${seconds(odooDriftMs)}.`;
    return steps(Math.abs(odooDriftMs), [
      [10 * SECOND, () => p2(text)],
      [5 * SECOND, () => p3(text)],
    ]);
  },

  clock_device: ({ deviceDriftMs }) => {
    if (deviceDriftMs === null) return "unknown";
    const text =
      `Часы ККТ расходятся с кассой на ${seconds(deviceDriftMs)}; ` +
      "мост поправит их между сменами.";
    return steps(Math.abs(deviceDriftMs), [
      [300 * SECOND, () => p1(`${text} ФН не принимает документы при расхождении от 5 минут.`)],
      [180 * SECOND, () => p2(text)],
      [60 * SECOND, () => p3(text)],
    ]);
  },

  storage_full: ({ storageTrouble }) =>
    storageTrouble === null ? null : p1(`Касса не продаёт: ${storageTrouble}`),

  lane_stopped: ({ laneStopped }) =>
    laneStopped === null ? null : p1(`Касса остановлена: ${laneStopped}`),

  ofd_rejected: ({ ticketRejected }) =>
    ticketRejected === null
      ? null
      : p1(`ФН не принимает ответ ОФД: ${ticketRejected}. Документы дальше не уходят.`),

  dlq: ({ dead }) =>
    dead > 10 ? p3(`Odoo не принимает ${String(dead)} чеков: разберите список непринятых.`) : null,

  odoo_backlog: ({ buffer: { odooPending, capacity } }) => {
    const text = `${String(odooPending)} чеков ждут передачи в Odoo. Продажи продолжаются.`;
    return steps(odooPending, [
      [capacity, () => p1(text)],
      [capacity * 0.8, () => p2(text)],
    ]);
  },

  breaker_open: ({ breaker }) =>
    breaker === "closed" ? null : p3("Нет связи с ОФД: чеки копятся в буфере и уйдут сами."),

  document_mismatch: ({ now, mismatchAt }) =>
    mismatchAt !== null && now - Date.parse(mismatchAt) < MISMATCH_SHOWN
      ? p2("Документ в ФН отличается от запрошенного чека: проверьте журнал событий.")
      : null,

  lease_lost: ({ leaseLost }) => leaseLost,
};

/** Whole days from `now` to the end of that day; negative once it is over. */
export function daysLeft(date: string, now: number): number {
  const end = Date.parse(`${date}T23:59:59Z`);
  return Math.floor((end - now) / DAY);
}

/** Wall time without zone as if it were UTC: good for differences only. */
function wallMs(wall: string): number {
  return Date.parse(`${wall.length === 16 ? `${wall}:00` : wall}Z`);
}

function russianDate(date: string): string {
  return date.split("-").reverse().join(".");
}

function hours(ms: number): string {
  const minutes = Math.floor(ms / 60_000);
  return `${String(Math.floor(minutes / 60))} ч ${String(minutes % 60).padStart(2, "0")} мин`;
}

function seconds(ms: number): string {
  return `${String(Math.round(Math.abs(ms) / SECOND))} с`;
}
