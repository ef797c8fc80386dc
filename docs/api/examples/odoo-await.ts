/**
 * The npm package `odoo-await` (XML-RPC; Odoo 22 ends it). Right for scripts. It tells a refusal's
 * words, neither its class nor its context: where a program must know why, use `json2.ts`. XML-RPC
 * has no numbers above 2147483647, and half of all fiscal signs are: read the JSON fields as text
 * (`content_text`, `data_text`), as the examples do.
 */
import OdooAwait from "odoo-await";
import { OdooError, type Arguments, type Odoo } from "./odoo.ts";

export class OverOdooAwait implements Odoo {
  readonly #odoo: OdooAwait;

  private constructor(odoo: OdooAwait) {
    this.#odoo = odoo;
  }

  /** @param access `password` may be an API key. @throws OdooError for a wrong one */
  static async connect(access: {
    readonly url: string;
    readonly database: string;
    readonly login: string;
    readonly password: string;
  }): Promise<OverOdooAwait> {
    const odoo = new OdooAwait({
      baseUrl: access.url,
      db: access.database,
      username: access.login,
      password: access.password,
    });
    let uid: unknown;
    try {
      uid = await odoo.connect();
    } catch (error) {
      throw new OdooError(error instanceof Error ? error.message : String(error));
    }
    if (typeof uid !== "number") throw new OdooError("Odoo refused the login");
    return new OverOdooAwait(odoo);
  }

  async call<T>(model: string, method: string, args: Arguments = {}): Promise<T> {
    const { ids, ...kwargs } = args;
    try {
      return (await this.#odoo.execute_kw(model, method, [ids ? [ids] : [], kwargs])) as T;
    } catch (error) {
      throw new OdooError(error instanceof Error ? error.message : String(error));
    }
  }
}
