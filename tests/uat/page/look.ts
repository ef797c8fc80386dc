/** What a person who looks at a screen would mind: English words, words that are cut off. */
import type { Page } from "playwright-core";
import { englishWords } from "../english.ts";

export interface Looked {
  /** English words. */
  readonly english: readonly string[];
  /** Words of buttons, titles and of our own screens that do not fit. */
  readonly cutOff: readonly string[];
}

/**
 * What is shown, tooltips and hints of empty fields included. No named function within: the loader
 * of TypeScript wraps those in a helper that the page does not have.
 */
export async function look(page: Page): Promise<Looked> {
  const { words, cutOff } = await page.evaluate(() => {
    const hints = [...document.querySelectorAll("[placeholder], [title]")]
      .filter((one) => one.checkVisibility({ visibilityProperty: true }))
      .flatMap((one) => [one.getAttribute("placeholder") ?? "", one.getAttribute("title") ?? ""]);
    const texts = [...document.querySelectorAll("button, .btn, h1, h2, h3, h4, [class*='kkt-']")];
    const tooWide = texts.filter((one) => {
      // names of people and addresses may be shortened, where the design says so
      if (one.closest(".text-truncate") ?? one.querySelector(".text-truncate")) return false;
      if (one.closest(".visually-hidden, .visually-hidden-focusable")) return false;
      if (one.closest("article.product") || one instanceof HTMLInputElement) return false;
      const seen = one.textContent !== "" && one.checkVisibility({ visibilityProperty: true });
      return seen && one.clientWidth > 0 && one.scrollWidth > one.clientWidth + 1;
    });
    const page = document.scrollingElement;
    return {
      words: [document.body.innerText, ...hints].join("\n"),
      cutOff: [
        ...tooWide.map((one) => (one as HTMLElement).innerText.replace(/\s+/g, " ").slice(0, 60)),
        ...(page && page.scrollWidth > page.clientWidth ? ["вся страница"] : []),
      ],
    };
  });
  return { english: englishWords(words), cutOff: [...new Set(cutOff)] };
}
