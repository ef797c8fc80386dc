/** What a person who looks at a screen would mind: English, words cut off, words hard to read. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { englishWords } from "../english.ts";

export interface Looked {
  /** English words. */
  readonly english: readonly string[];
  /** Words of buttons, titles and of our own screens that do not fit. */
  readonly cutOff: readonly string[];
  /** Buttons of the bar on top that lie over each other. */
  readonly overlaps: readonly string[];
  /** Words of our own screens with a contrast below WCAG's AA, and how much there is. */
  readonly tooPale: readonly string[];
  /** A dialog is open, and the keyboard does not reach it. */
  readonly focusLost: boolean;
}

const SCRIPT = readFileSync(join(import.meta.dirname, "in-page.mjs"), "utf8");

/** Colours and dialogs take so long to change, ms; only what stays is minded. */
const CHANGING_MS = 700;
const LOOKS = 4;

async function lookOnce(page: Page): Promise<Looked> {
  const seen = await page.evaluate<Omit<Looked, "english"> & { readonly words: string }>(SCRIPT);
  const { words, ...rest } = seen;
  return { english: englishWords(words), ...rest };
}

const isWell = ({ english, cutOff, overlaps, tooPale, focusLost }: Looked): boolean =>
  english.length + cutOff.length + overlaps.length + tooPale.length === 0 && !focusLost;

/** What is shown, tooltips and hints of empty fields included. */
export async function look(page: Page): Promise<Looked> {
  let looked = await lookOnce(page);
  for (let again = 1; again < LOOKS && !isWell(looked); again += 1) {
    await page.waitForTimeout(CHANGING_MS);
    looked = await lookOnce(page);
  }
  return looked;
}
