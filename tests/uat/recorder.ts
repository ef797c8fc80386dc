/** Keeps what a scenario does: each step with what was seen and a picture of the screen. */
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { englishWords } from "./english.ts";
import { look } from "./page/look.ts";
import type { Fact, Scaled, Step } from "./protocol.ts";

/** What a step sees; every line is a comparison and goes into the protocol. */
export class Seen {
  readonly facts: Fact[] = [];

  check(text: string, ok: boolean): void {
    this.facts.push({ text, ok });
    console.log(`        ${ok ? "ok  " : "FAIL"} ${text}`);
  }

  equal(what: string, seen: unknown, wanted: unknown): void {
    const same = JSON.stringify(seen) === JSON.stringify(wanted);
    const shown = typeof seen === "string" ? `«${seen}»` : JSON.stringify(seen);
    this.check(`${what}: ${shown}${same ? "" : `, а ждали ${JSON.stringify(wanted)}`}`, same);
  }

  /** `measured` ≤ `limit`, both in `unit`. */
  atMost(what: string, measured: number, limit: number, unit: string): void {
    const shown = measured.toFixed(measured < 10 ? 2 : 1).replace(".", ",");
    this.check(`${what}: ${shown} ${unit} (не больше ${limit})`, measured <= limit);
  }

  matches(what: string, text: string, pattern: RegExp): void {
    this.check(`${what}: «${text.replace(/\s+/g, " ").trim()}»`, pattern.test(text));
  }

  /** Nothing in the text is English but what `english.ts` allows. */
  russian(what: string, text: string): void {
    const words = englishWords(text);
    const said = words.length === 0 ? "по-русски" : `осталось английское: ${words.join(", ")}`;
    this.check(`${what}: ${said}`, words.length === 0 && /[А-Яа-яЁё]/.test(text));
  }
}

export class Recorder {
  readonly steps: Step[] = [];
  readonly notes: string[] = [];
  readonly scaled: Scaled[] = [];
  readonly #folder: string;
  readonly #id: string;
  readonly #parts: number;
  #page: Page | null = null;
  readonly #undo: (() => Promise<unknown>)[] = [];

  /**
   * @param folder of the protocol; pictures go into its folder `id`
   * @param parts of the requirement, which steps prove
   */
  constructor(folder: string, id: string, parts: number) {
    this.#folder = folder;
    this.#id = id;
    this.#parts = parts;
    mkdirSync(join(folder, id), { recursive: true });
  }

  /** The screen that pictures are taken of from now on. */
  watch(page: Page | null): void {
    this.#page = page;
  }

  /** Ended with the scenario, whatever becomes of it. */
  undo(step: () => Promise<unknown>): void {
    this.#undo.push(step);
  }

  async end(): Promise<void> {
    for (const step of this.#undo.reverse()) {
      await step().catch((error: unknown) => console.error(error));
    }
  }

  note(text: string): void {
    this.notes.push(text);
  }

  /**
   * One step. What goes wrong in it is written down with the screen as it was, and ends the
   * scenario; a wrong fact alone does not.
   *
   * @param proves parts of the requirement, counted from 1
   * @throws StepFailed when the action threw
   */
  async step(
    what: string,
    expected: string,
    action: (see: Seen) => Promise<unknown>,
    proves: readonly number[] = [],
  ): Promise<void> {
    const stray = proves.find((part) => part < 1 || part > this.#parts);
    if (stray !== undefined) throw new Error(`scenario ${this.#id} has no part ${stray}`);
    const number = this.steps.length + 1;
    console.log(`    ${this.#id}.${number} ${what}`);
    const see = new Seen();
    const from = performance.now();
    let failure: unknown = null;
    try {
      await action(see);
    } catch (error) {
      failure = error ?? new Error("unknown");
    }
    await this.#look(see);
    const message = failure === null ? null : textOf(failure);
    if (message !== null) console.log(`        FAIL ${message}`);
    const pictures = await this.#picture(number);
    if (pictures.length === 0 && !this.#isAway()) see.check("Снимка экрана нет", false);
    this.steps.push({
      what,
      expected,
      seen: see.facts,
      proves,
      pictures,
      failure: message,
      seconds: (performance.now() - from) / 1000,
    });
    if (failure !== null) throw new StepFailed(what, { cause: failure });
  }

  /** The scenario has left the POS, as a cashier who closes the browser. */
  #isAway(): boolean {
    return this.#page?.url() === "about:blank";
  }

  /** Every screen of every step is Russian and fits; told only where it is not so. */
  async #look(see: Seen): Promise<void> {
    const page = this.#page;
    if (page === null || page.isClosed() || this.#isAway()) return;
    try {
      const { english, cutOff, overlaps, tooPale, focusLost } = await look(page);
      if (english.length > 0) see.check(`На экране английское: ${english.join(", ")}`, false);
      if (cutOff.length > 0) see.check(`На экране не помещается: ${cutOff.join("; ")}`, false);
      if (overlaps.length > 0) see.check(`Перекрыто: ${overlaps.join("; ")}`, false);
      if (tooPale.length > 0) see.check(`Бледно: ${tooPale.join("; ")}`, false);
      if (focusLost) see.check("Клавиатура не достаёт до открытого окна", false);
    } catch (error) {
      // a page that goes to another address just now: the next step looks again
      console.log(`        not looked at: ${textOf(error)}`);
    }
  }

  async #picture(number: number): Promise<readonly string[]> {
    const page = this.#page;
    if (page === null || page.isClosed() || this.#isAway()) return [];
    const name = `${this.#id}/${String(number).padStart(2, "0")}.png`;
    try {
      // a fade is shown as it ends
      const path = join(this.#folder, name);
      await page.screenshot({ path, timeout: 20_000, animations: "disabled" });
      return [name];
    } catch (error) {
      console.log(`        no picture: ${textOf(error)}`);
      return [];
    }
  }
}

/** The step has written down what went wrong. */
export class StepFailed extends Error {
  override readonly name = "StepFailed";
}

/** Without the colours and the call log of Playwright. */
export function textOf(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  // eslint-disable-next-line no-control-regex
  return text.replace(/\u001b\[\d+m/g, "").trim();
}
