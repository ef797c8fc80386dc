/**
 * Runs inside the page, as text: no TypeScript, whose loader would put helpers in. Its value is what
 * `look.ts` returns to the recorder.
 */
/* global document, getComputedStyle, HTMLInputElement */
(() => {
  const OURS = "[class*='kkt-']";
  const visible = (element) =>
    element.checkVisibility({ visibilityProperty: true, opacityProperty: true }) &&
    element.getClientRects().length > 0;
  const words = (element) => element.innerText.replace(/\s+/g, " ").trim().slice(0, 60);

  const hints = [...document.querySelectorAll("[placeholder], [title]")]
    .filter(visible)
    .flatMap((one) => [one.getAttribute("placeholder") ?? "", one.getAttribute("title") ?? ""]);

  /** Names of people and addresses may be shortened, where the design says so. */
  const mayBeCut = (element) =>
    element instanceof HTMLInputElement ||
    element.closest(".text-truncate, article.product, .visually-hidden") !== null ||
    element.closest(".visually-hidden-focusable") !== null ||
    element.querySelector(".text-truncate") !== null;
  const cutOff = [...document.querySelectorAll(`button, .btn, h1, h2, h3, h4, ${OURS}`)].filter(
    (one) =>
      one.innerText !== "" &&
      !mayBeCut(one) &&
      visible(one) &&
      one.clientWidth > 0 &&
      one.scrollWidth > one.clientWidth + 1,
  );

  const colour = (text) => {
    const [r, g, b, a = 1] = (text.match(/[\d.]+/g) ?? []).map(Number);
    return text.startsWith("rgb") ? { rgb: [r, g, b], a } : null;
  };
  const over = (top, bottom) =>
    top.rgb.map((value, index) => value * top.a + bottom[index] * (1 - top.a));
  /** What shines through from below; null where a picture or an unknown colour lies. */
  const ground = (element) => {
    const layers = [];
    for (let one = element; one !== null; one = one.parentElement) {
      const style = getComputedStyle(one);
      const layer = colour(style.backgroundColor);
      if (layer === null || style.backgroundImage !== "none") return null;
      layers.push(layer);
      if (layer.a === 1) break;
    }
    return layers.reverse().reduce((below, layer) => over(layer, below), [255, 255, 255]);
  };
  const light = (rgb) => {
    const [r, g, b] = rgb
      .map((value) => value / 255)
      .map((value) => (value <= 0.03928 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const ratio = (one, other) => {
    const [low, high] = [light(one), light(other)].sort((a, b) => a - b);
    return (high + 0.05) / (low + 0.05);
  };
  const tooPale = [...document.querySelectorAll(`${OURS}, ${OURS} *`)].flatMap((one) => {
    const own = [...one.childNodes].some(({ nodeType, data }) => nodeType === 3 && data.trim());
    if (!own || !visible(one) || one.closest(":disabled, .disabled, [aria-disabled=true]"))
      return [];
    const style = getComputedStyle(one);
    const [below, text] = [ground(one), colour(style.color)];
    if (below === null || text === null) return [];
    const size = parseFloat(style.fontSize);
    // WCAG 2: 24 px, or 18.66 px and bold, is large
    const large = size >= 24 || (size >= 18.66 && Number(style.fontWeight) >= 700);
    const found = ratio(over(text, below), below);
    return found < (large ? 3 : 4.5) - 0.005 ? [`${words(one)} (${found.toFixed(2)} : 1)`] : [];
  });

  /** The bar on top is where most stands side by side. */
  const bar = [...document.querySelectorAll(".pos-topheader .btn, .pos-topheader .input-group")]
    .filter(visible)
    .map((one) => ({ one, box: one.getBoundingClientRect() }));
  const overlaps = bar.flatMap(({ one, box }, index) =>
    bar.slice(index + 1).flatMap(({ one: other, box: next }) => {
      const wide = Math.min(box.right, next.right) - Math.max(box.left, next.left);
      const high = Math.min(box.bottom, next.bottom) - Math.max(box.top, next.top);
      const apart = wide < 3 || high < 3 || one.contains(other) || other.contains(one);
      return apart ? [] : [`${words(one)} / ${words(other)}`];
    }),
  );

  const dialogs = [...document.querySelectorAll(".modal")].filter(visible);
  const top = dialogs.at(-1);

  const page = document.scrollingElement;
  return {
    words: [document.body.innerText, ...hints].join("\n"),
    cutOff: [...new Set(cutOff.map(words))].concat(
      page !== null && page.scrollWidth > page.clientWidth ? ["вся страница"] : [],
    ),
    overlaps,
    tooPale: [...new Set(tooPale)],
    // keys go nowhere, or to what lies below
    focusLost: top !== undefined && !top.contains(document.activeElement),
  };
})();
