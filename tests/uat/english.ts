/**
 * English that is left on a screen. What may be Latin stands here, in one place, with the reason;
 * everything else that a person sees is Russian. Pure.
 */

/** Words that are written so in Russian too, or that nobody translates. */
const ALLOWED: readonly (readonly [word: string, why: string])[] = [
  ["Odoo", "the program's name; its login page says that it is powered by it"],
  ["OpticsERP", "the program's name"],
  ["PIN", "so on every keypad"],
  ["QR", "so on every receipt"],
  ["IoT", "a device's name"],
  ["Box", "a device's name: IoT Box"],
  ["EAN", "the barcode's name"],
  ["SKU", "so in the trade"],
  ["VIP", "so in the trade"],
  ["mail", "e-mail"],
  ["email", "e-mail"],
  ["SMS", "so on every telephone"],
  ["Telegram", "a service's name"],
  ["Enter", "a key's name"],
  ["Administrator", "a person's name: Odoo gives it to the first user"],
];

/** Shapes of names and addresses, whatever is in them. */
const SHAPES: readonly (readonly [shape: RegExp, why: string])[] = [
  [/[\w.+-]+@[\w-]+(?:\.[\w-]+)*/g, "e-mail addresses"],
  [/https?:\/\/\S+|\b(?:[a-z0-9-]+\.)+(?:ru|com|org)\b/gi, "addresses, nalog.gov.ru"],
  [/\b[A-Z]{1,4}-?\d[\w/-]*/g, "models, SKUs, tills and orders: ON-08, T1, S00012, F5"],
  [/\b\d[\w/.-]*/g, "numbers with letters: 261-1-000001, 48x24"],
  [/«[^»]*»/g, "names of goods and of companies in quotes"],
];

/** Longer than a key or a unit, or one of the short words of a sentence. */
const WORD = /[A-Za-z]{3,}|\b(?:or|on|of|in|by|to|no|is|at|as|if|we)\b/gi;

/** @returns each English word that has no business there, once */
export function englishWords(text: string): readonly string[] {
  let rest = text;
  for (const [shape] of SHAPES) rest = rest.replace(shape, " ");
  const allowed = new Set(ALLOWED.map(([word]) => word.toLowerCase()));
  const words = rest.match(WORD) ?? [];
  return [...new Set(words)].filter((word) => !allowed.has(word.toLowerCase()));
}
