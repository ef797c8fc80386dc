/** Colours of our own: what is written over what, by WCAG 2's contrast AA. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";

const root = new URL("../src", import.meta.url).pathname;

const COLOUR = "#(?:[0-9a-f]{6}|[0-9a-f]{3})";
const PAIR = new RegExp(
  `background(?:-color)?: (${COLOUR});\\s*(?:[\\w-]+: [^;]+;\\s*)*?\\bcolor: (${COLOUR});`,
  "gi",
);
const ON_WHITE = new RegExp(`^\\s*color: (${COLOUR})(?: !important)?;`, "gim");

/** 0–255 each. */
function channels(hex: string): readonly number[] {
  const digits = hex.slice(1);
  const full = digits.length === 3 ? [...digits].map((one) => one + one).join("") : digits;
  return [0, 2, 4].map((at) => parseInt(full.slice(at, at + 2), 16));
}

function luminance(hex: string): number {
  const [r = 0, g = 0, b = 0] = channels(hex)
    .map((value) => value / 255)
    .map((value) => (value <= 0.03928 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4));
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

function contrast(one: string, other: string): number {
  const [low = 0, high = 0] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (high + 0.05) / (low + 0.05);
}

const sheets = readdirSync(root, { recursive: true, encoding: "utf8" })
  .filter((name) => name.endsWith(".scss"))
  .map((name) => ({ name, text: readFileSync(join(root, name), "utf8") }));

test("the ratio is WCAG's", () => {
  expect(contrast("#fff", "#000")).toBeCloseTo(21);
  expect(contrast("#777777", "#fff")).toBeCloseTo(4.48, 2);
});

test("text over its own ground has 4.5 : 1 or more", () => {
  const pairs = sheets.flatMap(({ name, text }) =>
    [...text.matchAll(PAIR)].map(([, ground = "", colour = ""]) => ({ name, ground, colour })),
  );
  expect(pairs.length).toBeGreaterThanOrEqual(4);
  for (const { name, ground, colour } of pairs) {
    expect(contrast(ground, colour), `${name}: ${colour} on ${ground}`).toBeGreaterThanOrEqual(4.5);
  }
});

test("a colour without a ground of its own is read on white", () => {
  const alone = sheets.flatMap(({ name, text }) =>
    [...text.replace(PAIR, "").matchAll(ON_WHITE)].map(([, colour = ""]) => ({ name, colour })),
  );
  for (const { name, colour } of alone) {
    expect(contrast("#fff", colour), `${name}: ${colour}`).toBeGreaterThanOrEqual(4.5);
  }
});
