/** The way for programs: `POST /json/2/<model>/<method>` with an API key as bearer. */
import { OdooError, TIMEOUT_MS, type Arguments, type Odoo } from "./odoo.ts";

export interface Json2Access {
  /** `https://odoo.example.ru` */
  readonly url: string;
  /** Needed where one address serves several databases. */
  readonly database: string;
  /** Preferences ▸ Account Security ▸ New API Key; it acts with its user's rights. */
  readonly apiKey: string;
}

interface Refusal {
  readonly name?: string;
  readonly message?: string;
  readonly context?: Record<string, unknown>;
}

export class Json2 implements Odoo {
  readonly #access: Json2Access;

  constructor(access: Json2Access) {
    this.#access = access;
  }

  async call<T>(model: string, method: string, args: Arguments = {}): Promise<T> {
    const { url, database, apiKey } = this.#access;
    const response = await fetch(`${url}/json/2/${model}/${method}`, {
      method: "POST",
      headers: {
        Authorization: `Bearer ${apiKey}`,
        "Content-Type": "application/json",
        "X-Odoo-Database": database,
      },
      body: JSON.stringify(args),
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    if (response.ok) return (await response.json()) as T;
    const refusal = (await response.json().catch(() => ({}))) as Refusal;
    throw new OdooError(
      refusal.message ?? `HTTP ${response.status}`,
      refusal.name,
      refusal.context ?? {},
    );
  }
}
