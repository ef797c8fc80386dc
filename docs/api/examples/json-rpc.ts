/**
 * JSON-RPC 2.0 controllers: one POST a call, named params, no batches. Errors come with HTTP 200:
 * read `error`. Two of them matter to integrators: `/web/dataset/call_kw` (any model's methods, in
 * the session of a user who logged in) and `/kkt/v1/<method>` (a till's own calls).
 */
import { OdooError, TIMEOUT_MS, type Arguments, type Odoo } from "./odoo.ts";

interface Answer<T> {
  readonly result?: T;
  readonly error?: {
    readonly message: string;
    readonly data?: {
      readonly name?: string;
      readonly message?: string;
      readonly context?: Record<string, unknown>;
    };
  };
}

interface Posted<T> {
  readonly result: T;
  readonly headers: Headers;
}

async function post<T>(
  url: string,
  params: unknown,
  headers: Readonly<Record<string, string>>,
): Promise<Posted<T>> {
  const response = await fetch(url, {
    method: "POST",
    headers: { "Content-Type": "application/json", ...headers },
    body: JSON.stringify({ jsonrpc: "2.0", id: 1, params }),
    signal: AbortSignal.timeout(TIMEOUT_MS),
  });
  if (!response.ok) throw new OdooError(`HTTP ${response.status}`);
  const { result, error } = (await response.json()) as Answer<T>;
  if (error) {
    const { name, message, context } = error.data ?? {};
    throw new OdooError(message ?? error.message, name, context ?? {});
  }
  return { result: result as T, headers: response.headers };
}

/** A user who logged in with a password; the session lives in a cookie. */
export class JsonRpcSession implements Odoo {
  readonly #url: string;
  readonly #cookie: string;

  private constructor(url: string, cookie: string) {
    this.#url = url;
    this.#cookie = cookie;
  }

  /** @throws OdooError `odoo.exceptions.AccessDenied` for a wrong login or password */
  static async login(access: {
    readonly url: string;
    readonly database: string;
    readonly login: string;
    readonly password: string;
  }): Promise<JsonRpcSession> {
    const { url, database, login, password } = access;
    const params = { db: database, login, password };
    const { headers } = await post(`${url}/web/session/authenticate`, params, {});
    const cookie = headers.getSetCookie().find((text) => text.startsWith("session_id="));
    if (!cookie) throw new OdooError("Odoo gave no session");
    return new JsonRpcSession(url, cookie.split(";", 1)[0]!);
  }

  async call<T>(model: string, method: string, args: Arguments = {}): Promise<T> {
    const { ids, ...kwargs } = args;
    const params = { model, method, args: ids ? [ids] : [], kwargs };
    const url = `${this.#url}/web/dataset/call_kw/${model}/${method}`;
    return (await post<T>(url, params, { Cookie: this.#cookie })).result;
  }
}

/** A till's own calls, for a bridge of one's own or a test of one (docs/contracts.md). */
export class TillCalls {
  readonly #url: string;
  readonly #headers: Readonly<Record<string, string>>;

  /** @param credential `<till code>.<secret>`, as the till's form shows it once */
  constructor(access: {
    readonly url: string;
    readonly database: string;
    readonly credential: string;
  }) {
    this.#url = access.url;
    this.#headers = {
      Authorization: `Bearer ${access.credential}`,
      "X-Odoo-Database": access.database,
    };
  }

  async call<T>(method: string, params: Readonly<Record<string, unknown>>): Promise<T> {
    return (await post<T>(`${this.#url}/kkt/v1/${method}`, params, this.#headers)).result;
  }
}
