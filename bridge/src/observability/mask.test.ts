import { describe, expect, it } from "vitest";
import { maskText, maskValue } from "./mask.ts";

describe("mask", () => {
  it.each([
    ["чек на ivan.petrov@mail.example.ru ушёл", "чек на ***@*** ушёл"],
    ["тел. +79991234567", "тел. +7***"],
    ["тел. 8 (999) 123-45-67, ждёт", "тел. +7***, ждёт"],
    ["eyJhbGciOiJFUzI1NiJ9.eyJhIjoxfQ.c2ln", "***"],
    ["ФН 9999078900012345, ФД 12, ИНН 7701234567", "ФН 9999078900012345, ФД 12, ИНН 7701234567"],
  ])("%s", (text, expected) => expect(maskText(text)).toBe(expected));

  it("hides fields by name, at any depth, and keeps what is not there", () => {
    expect(
      maskValue({ a: [{ Phone: "1", sum: 5 }], customer: { name: "Иван" }, email: null }),
    ).toEqual({ a: [{ Phone: "***", sum: 5 }], customer: "***", email: null });
  });

  it("masks what an error carries", () => {
    const masked = maskValue(new Error("to a@b.ru", { cause: new Error("c@d.ru") }));
    expect(JSON.stringify(masked)).not.toMatch(/a@b|c@d/);
    expect(masked).toMatchObject({ name: "Error", cause: { message: "***@***" } });
  });

  it("ends on a circle", () => {
    const circle: Record<string, unknown> = {};
    circle.self = circle;
    expect(() => JSON.stringify(maskValue(circle))).not.toThrow();
  });
});
