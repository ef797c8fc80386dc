/** Rows that Odoo itself refused, each with a pause of its own: 5 s, doubled up to 5 min. */
const FIRST = 5_000;
const CEILING = 300_000;
/** Forgotten rows are only asked for sooner. */
const MOST = 1_000;

export class RefusedRows {
  readonly #rows = new Map<string, { readonly tries: number; readonly due: number }>();

  get size(): number {
    return this.#rows.size;
  }

  add(key: string, now: number): void {
    const tries = (this.#rows.get(key)?.tries ?? 0) + 1;
    this.#rows.set(key, { tries, due: now + Math.min(CEILING, FIRST * 2 ** (tries - 1)) });
    if (this.#rows.size > MOST) this.#rows.delete(this.#rows.keys().next().value!);
  }

  remove(key: string): void {
    this.#rows.delete(key);
  }

  /** All are due. */
  clear(): void {
    this.#rows.clear();
  }

  isDue(key: string, now: number): boolean {
    return (this.#rows.get(key)?.due ?? 0) <= now;
  }

  /** ms of the earliest; Infinity if there is none. A row that is overdue was given up elsewhere. */
  nextDue(now: number): number {
    const ahead = [...this.#rows.values()].filter(({ due }) => due > now);
    return Math.min(Infinity, ...ahead.map(({ due }) => due));
  }
}
