import { expect, test } from "vitest";
import { contactOf, knownContact } from "./contact.ts";

test.each([
  [" a@b.ru ", "a@b.ru"],
  ["8 (999) 123-45-67", "+79991234567"],
  ["+995 555 123456", "+995555123456"],
  ["a@b", null],
  ["12345", null],
  ["", null],
])("%s is %s", (text, contact) => {
  expect(contactOf(text)).toBe(contact);
});

test("of a customer the e-mail comes first, and only what can be written to", () => {
  expect(knownContact({ email: "a@b.ru", phone: "+79991234567" })).toBe("a@b.ru");
  expect(knownContact({ email: "nobody", phone: "89991234567" })).toBe("+79991234567");
  expect(knownContact({ email: false })).toBeNull();
  expect(knownContact(undefined)).toBeNull();
});
