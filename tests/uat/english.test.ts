import { describe, expect, it } from "vitest";
import { englishWords } from "./english.ts";

describe("English that is left", () => {
  it.each([
    ["Refund Initiated", ["Refund", "Initiated"]],
    ["1002 (Refund)", ["Refund"]],
    ["Обслуживает: Served by", ["Served", "by"]],
    ["30% discount off on 5 490,00 руб", ["discount", "off", "on"]],
    ["Чек Чек Order Order", ["Order"]],
    ["- or -", ["or"]],
    ["«Refund» — Refund", ["Refund"]],
  ])("%s", (text, words) => expect(englishWords(text)).toEqual(words));

  it.each([
    "Оправа «Онега» ON-08 детская, касса T1, заказ S00012, чек 261-1-000001",
    "E-mail покупателя: anna.ochkova@example.com, PIN, QR-код, X-отчёт и Z-отчёт, F5",
    "Проверка чека: www.nalog.gov.ru, http://127.0.0.1:8000/odoo",
    "Работает на Odoo",
  ])("not in: %s", (text) => expect(englishWords(text)).toEqual([]));
});
