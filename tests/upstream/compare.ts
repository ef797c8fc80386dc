/** Which of Odoo's own tests fail with our addons and not without them, by name. Pure. */

export interface NamedFailure {
  /** As Odoo's log names it: `TestUi.test_01_pos_basic_order`, subtests with what follows. */
  readonly test: string;
}

/** Class and method, without a subtest's parameters; null for what is no test (a set-up). */
export function testName(failure: NamedFailure): string | null {
  return /^(\w+\.\w+)/.exec(failure.test)?.[1] ?? null;
}

/** Distinct names, sorted; a broken set-up keeps its whole text. */
export function names(failures: readonly NamedFailure[]): readonly string[] {
  return [...new Set(failures.map((failure) => testName(failure) ?? failure.test))].sort();
}

/** Odoo's `--test-tags` for exactly these tests. */
export function tagsOf(tests: readonly string[]): readonly string[] {
  return tests.filter((test) => /^\w+\.\w+$/.test(test)).map((test) => `/point_of_sale:${test}`);
}

export interface Upstream {
  readonly at: string;
  readonly seconds: number;
  readonly passed: number;
  readonly skipped: number;
  /** With our addons, in the whole run. */
  readonly first: readonly string[];
  /** Of those, in a second run of them alone: what a loaded machine made fail is gone. */
  readonly again: readonly string[];
  /** Of the latter, on stock Odoo beside it. */
  readonly stock: readonly string[];
}

/** What our addons break. */
export const ours = ({ again, stock }: Upstream): readonly string[] =>
  again.filter((test) => !stock.includes(test));

export function markdown(run: Upstream): string {
  const broken = ours(run);
  const list = (tests: readonly string[]) =>
    tests.length === 0 ? ["нет"] : tests.map((test) => `- ${test}`);
  return [
    "# Тесты самого Odoo POS с нашими модулями, без кассы",
    "",
    `**${broken.length === 0 ? "Отличий нет" : "ЕСТЬ отличия"}** · ${run.at} · ${run.seconds.toFixed(0)} с · пройдено ${run.passed}, пропущено ${run.skipped}`,
    "",
    "`--test-tags /point_of_sale`; установлены pos_hr, pos_sale, pos_loyalty, pos_online_payment.",
    "",
    "## Не прошли с нашими модулями, но проходят без них",
    "",
    ...list(broken),
    "",
    "## Не прошли в полном прогоне",
    "",
    ...list(run.first),
    "",
    "## Не прошли и при повторе",
    "",
    ...list(run.again),
    "",
    "## Не прошли и в Odoo без наших модулей",
    "",
    ...list(run.stock),
    "",
  ].join("\n");
}
