/** What every example needs of Odoo, whichever way leads there. */

/** A domain of Odoo: conditions, and the operators "&", "|", "!" before them. */
export type Domain = readonly (string | readonly [string, string, unknown])[];

/** Named arguments of a method. `ids`: the records that it is called on. */
export interface Arguments {
  readonly ids?: readonly number[];
  readonly [name: string]: unknown;
}

export interface Odoo {
  /** @throws OdooError where Odoo refuses; Error where nobody answers in time */
  call<T>(model: string, method: string, args?: Arguments): Promise<T>;
}

/** Odoo answered, and the answer is no. Programs read `exception` and `context`. */
export class OdooError extends Error {
  override readonly name = "OdooError";
  /** Python class, such as `odoo.exceptions.AccessError`; "" where the way does not tell. */
  readonly exception: string;
  /** What the refusal carries besides its words; {} where the way does not tell. */
  readonly context: Readonly<Record<string, unknown>>;

  constructor(message: string, exception = "", context: Record<string, unknown> = {}) {
    super(message);
    this.exception = exception;
    this.context = context;
  }
}

/** Every call to another machine has an end, ms. */
export const TIMEOUT_MS = 30_000;

/** Odoo's times are UTC without a zone: `2026-11-22 18:03:00`. */
export function instant(odooTime: string): Date {
  return new Date(`${odooTime.replace(" ", "T")}Z`);
}

/** The other way round, for domains. */
export function odooTime(moment: Date): string {
  return moment.toISOString().slice(0, 19).replace("T", " ");
}

/** Roubles of an answer as whole kopecks: sums are never made of floats. */
export function kopecks(roubles: number): number {
  return Math.round(roubles * 100);
}
