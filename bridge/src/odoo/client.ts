/** JSON-RPC 2.0 to the bridge's controllers in Odoo (docs/contracts.md, Bridge ↔ Odoo). */
import { Agent as HttpAgent } from "node:http";
import { Agent as HttpsAgent } from "node:https";
import type { AxiosInstance } from "axios";
import { z } from "zod";
import { axios } from "../lean/axios.ts";

/** Odoo could not be reached, or answered something that is not Odoo. The call may have arrived. */
export class OdooUnreachable extends Error {
  override readonly name: string = "OdooUnreachable";
}

/** HTTP 404: an older addon, or something in between that is not Odoo. */
export class OdooMethodMissing extends OdooUnreachable {
  override readonly name = "OdooMethodMissing";
}

/** Odoo took the call and did not answer in time: it may be slow rather than gone. */
export class OdooTimeout extends OdooUnreachable {
  override readonly name = "OdooTimeout";
}

/** Odoo answered an error of its own. */
export class OdooRefusal extends Error {
  override readonly name = "OdooRefusal";
  /** Python class, e.g. `odoo.exceptions.AccessDenied`. */
  readonly exception: string;
  constructor(exception: string, message: string) {
    super(message);
    this.exception = exception;
  }

  /** The credential is not (or no longer) good. */
  get isAccessDenied(): boolean {
    return this.exception === "odoo.exceptions.AccessDenied";
  }
}

export interface OdooClientOptions {
  readonly url: string;
  readonly database: string;
  /** `<till code>.<secret>` */
  readonly credential: string;
}

export interface CallOptions {
  /** From the first byte sent to the last one read, ms. */
  readonly timeoutMs: number;
  readonly signal?: AbortSignal;
}

const MEGABYTE = 1024 * 1024;
/** Bytes; an answer is a few kilobytes. */
const MOST_ANSWER = 4 * MEGABYTE;
/** Bytes; a batch of orders with their blobs. */
const MOST_REQUEST = 64 * MEGABYTE;

const answerSchema = z.union([
  z.object({ result: z.unknown(), error: z.undefined().optional() }),
  z.object({
    error: z.object({
      message: z.string().default(""),
      data: z.object({ name: z.string().default(""), message: z.string().default("") }).optional(),
    }),
  }),
]);

export class OdooClient {
  readonly #axios: AxiosInstance;
  readonly #agents: readonly [HttpAgent, HttpsAgent];
  #id = 0;

  constructor({ url, database, credential }: OdooClientOptions) {
    // one connection in keeping is enough for a till, and a stale one is dropped by its time-out
    const agent = { keepAlive: true, maxSockets: 4, maxFreeSockets: 1, timeout: 60_000 };
    this.#agents = [new HttpAgent(agent), new HttpsAgent(agent)];
    this.#axios = axios.create({
      baseURL: `${url}/kkt/v1/`,
      headers: { Authorization: `Bearer ${credential}`, "X-Odoo-Database": database },
      httpAgent: this.#agents[0],
      httpsAgent: this.#agents[1],
      maxContentLength: MOST_ANSWER,
      maxBodyLength: MOST_REQUEST,
      maxRedirects: 0,
      proxy: false,
      responseType: "text",
      transitional: { forcedJSONParsing: false, silentJSONParsing: false },
      validateStatus: () => true,
    });
  }

  /**
   * @param schema of `result`
   * @throws OdooUnreachable, OdooRefusal
   */
  async call<T extends z.ZodType>(
    method: string,
    params: unknown,
    schema: T,
    { timeoutMs, signal }: CallOptions,
  ): Promise<z.output<T>> {
    const text = await this.#post(method, params, timeoutMs, signal);
    const result = schema.safeParse(resultOf(method, text));
    if (result.success) return result.data;
    const issue = result.error.issues[0];
    throw new OdooUnreachable(
      `${method}: unexpected answer at ${issue?.path.join(".") ?? ""}: ${issue?.message ?? ""}`,
    );
  }

  /** Drops the connections kept. */
  close(): void {
    for (const agent of this.#agents) agent.destroy();
  }

  async #post(
    method: string,
    params: unknown,
    timeoutMs: number,
    signal: AbortSignal | undefined,
  ): Promise<string> {
    this.#id += 1;
    // axios' own time-out does not cover a peer that accepts and dribbles; this one covers all
    const deadline = AbortSignal.timeout(timeoutMs);
    try {
      const response = await this.#axios.post<string>(
        method,
        { jsonrpc: "2.0", id: this.#id, params },
        {
          timeout: timeoutMs,
          signal: signal === undefined ? deadline : AbortSignal.any([deadline, signal]),
        },
      );
      if (response.status === 200) return response.data;
      if (response.status === 404) throw new OdooMethodMissing(`${method}: HTTP 404`);
      throw new OdooUnreachable(`${method}: HTTP ${response.status}`);
    } catch (error) {
      if (error instanceof OdooUnreachable) throw error;
      if (deadline.aborted) {
        throw new OdooTimeout(`${method}: no answer within ${timeoutMs} ms`);
      }
      const code = axios.isAxiosError(error) ? (error.code ?? error.message) : String(error);
      throw new OdooUnreachable(`${method}: ${code}`);
    }
  }
}

function resultOf(method: string, text: string): unknown {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    throw new OdooUnreachable(`${method}: the answer is no JSON`);
  }
  const answer = answerSchema.safeParse(json);
  if (!answer.success) throw new OdooUnreachable(`${method}: the answer is no JSON-RPC`);
  if (answer.data.error !== undefined) {
    const { message, data } = answer.data.error;
    throw new OdooRefusal(data?.name ?? "", data?.message || message);
  }
  return "result" in answer.data ? answer.data.result : undefined;
}
