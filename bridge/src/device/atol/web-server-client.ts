/** ATOL's web server over HTTP, generations 1 and 2 (fiscal.md §2.2): one request, one answer. */
import http from "node:http";
import https from "node:https";
import type { AxiosInstance } from "axios";
import type { z } from "zod";
import { axios, AxiosError } from "../../lean/axios.ts";
import { DeviceLinkError, DeviceSetupError } from "../fiscal-device.ts";
import {
  errorAnswer,
  normalized,
  oldQueueAnswer,
  queueAnswer,
  storedAnswer,
  type SubAnswer,
  taskAnswer,
} from "./answers.ts";

export type Generation = 1 | 2;

export interface WebServerOptions {
  /** `http://127.0.0.1:16732` */
  readonly url: string;
  readonly login?: string | undefined;
  readonly password?: string | undefined;
  /** Which register, where the server has several (generation 2). */
  readonly deviceId?: string | undefined;
  /** Longest wait for one HTTP answer, ms. */
  readonly requestMs?: number;
}

/** `sent` is false only where no connection came about: then the server knows nothing of it. */
export class HttpLost extends Error {
  override readonly name = "HttpLost";
  readonly sent: boolean;
  constructor(message: string, sent: boolean, options?: ErrorOptions) {
    super(message, options);
    this.sent = sent;
  }
}

export interface QueueBlock {
  readonly uuid: string;
  /** connectionError, fnError, paperError; empty where the server does not say. */
  readonly reason: string;
}

export type Posted =
  | { readonly kind: "stored"; readonly block: QueueBlock | null }
  /** 409: the uuid is known, or the register is not connected; only GET tells which. */
  | { readonly kind: "conflict"; readonly text: string }
  /** 400: the task is wrong and was not taken. */
  | { readonly kind: "refused"; readonly text: string }
  /** 404: no such register. */
  | { readonly kind: "no-device"; readonly text: string };

const MAX_ANSWER = 8 * 1024 * 1024;
const NEVER_CONNECTED: ReadonlySet<string> = new Set([
  "ECONNREFUSED",
  "ENOTFOUND",
  "EAI_AGAIN",
  "EHOSTUNREACH",
  "ENETUNREACH",
  "EADDRNOTAVAIL",
]);

interface Answer {
  readonly status: number;
  /** undefined: no JSON. */
  readonly body: unknown;
}

export class WebServerClient {
  readonly url: string;
  readonly #deviceId: string | undefined;
  readonly #requestMs: number;
  readonly #http: AxiosInstance;
  #closed = new AbortController();
  #generation: Generation | null = null;

  constructor(options: WebServerOptions) {
    this.url = options.url.replace(/\/+$/, "");
    this.#deviceId = options.deviceId;
    this.#requestMs = options.requestMs ?? 5_000;
    this.#http = axios.create({
      baseURL: this.url,
      // what is lost on a kept connection can't be told from what was sent
      httpAgent: new http.Agent({ keepAlive: false }),
      httpsAgent: new https.Agent({ keepAlive: false }),
      proxy: false,
      maxRedirects: 0,
      maxContentLength: MAX_ANSWER,
      maxBodyLength: MAX_ANSWER,
      responseType: "text",
      transformResponse: (data: unknown) => data,
      validateStatus: () => true,
      ...(options.login === undefined
        ? {}
        : { auth: { username: options.login, password: options.password ?? "" } }),
    });
  }

  get generation(): Generation | null {
    return this.#generation;
  }

  /** Requests are possible again after `close`. */
  open(): void {
    if (this.#closed.signal.aborted) this.#closed = new AbortController();
  }

  /** Breaks off what is under way. */
  close(): void {
    this.#closed.abort();
  }

  get closed(): boolean {
    return this.#closed.signal.aborted;
  }

  /** @throws HttpLost; DeviceSetupError where something else answers, or the password is wrong */
  async detect(signal?: AbortSignal): Promise<Generation> {
    const tries = [
      [2, "/api/v2/getRequestsQueueStatus", queueAnswer],
      [1, "/stat/requests", oldQueueAnswer],
    ] as const;
    for (const [generation, path, schema] of tries) {
      const { status, body } = await this.#call("GET", path, undefined, signal);
      if (status >= 500) throw new HttpLost(`GET ${path}: ${String(status)}`, true);
      if (status === 200 && schema.safeParse(body).success) {
        this.#generation = generation;
        return generation;
      }
    }
    throw new DeviceSetupError(
      `По адресу ${this.url} отвечает не веб-сервер АТОЛ. Проверьте url в разделе [device].`,
    );
  }

  /** @throws HttpLost */
  async post(uuid: string, request: readonly unknown[]): Promise<Posted> {
    const { status, body } = await this.#call("POST", this.#path("/requests"), { uuid, request });
    if (status === 201) {
      const { data } = storedAnswer.safeParse(body);
      const block = data?.isBlocked ? { uuid: data.blockedUUID, reason: data.blockReason } : null;
      return { kind: "stored", block };
    }
    const text = descriptionOf(body);
    if (status === 409) return { kind: "conflict", text };
    if (status === 400) return { kind: "refused", text };
    if (status === 404) return { kind: "no-device", text };
    throw new HttpLost(`POST ${uuid}: ${String(status)} ${text}`, true);
  }

  /** null: the server knows no such task. @throws HttpLost */
  async get(uuid: string): Promise<readonly SubAnswer[] | null> {
    const { status, body } = await this.#call("GET", this.#taskPath(uuid));
    if (status === 404) return null;
    const parsed = status === 200 ? taskAnswer.safeParse(body) : undefined;
    if (parsed?.success) return normalized(parsed.data);
    throw new HttpLost(`GET ${uuid}: ${String(status)} ${descriptionOf(body)}`, true);
  }

  /** true: it was still waiting and will not be run. @throws HttpLost */
  async cancel(uuid: string): Promise<boolean> {
    const { status } = await this.#call("DELETE", this.#taskPath(uuid));
    return status >= 200 && status < 300;
  }

  /** null: the queue runs. @throws HttpLost */
  async queueBlock(): Promise<QueueBlock | null> {
    if (this.#generation === 1) {
      const answer = await this.#ask("/stat/requests", oldQueueAnswer);
      return answer.is_blocked ? { uuid: answer.block_request_uuid, reason: "" } : null;
    }
    const answer = await this.#ask("/getRequestsQueueStatus", queueAnswer);
    return answer.isBlocked ? { uuid: answer.blockedUUID, reason: answer.blockReason } : null;
  }

  async #ask<T>(path: string, schema: z.ZodType<T>): Promise<T> {
    const { status, body } = await this.#call("GET", this.#path(path));
    const parsed = status === 200 ? schema.safeParse(body) : undefined;
    if (parsed?.success) return parsed.data;
    throw new HttpLost(`GET ${path}: ${String(status)} ${descriptionOf(body)}`, true);
  }

  #taskPath(uuid: string): string {
    return this.#path(`/requests/${encodeURIComponent(uuid)}`);
  }

  #path(path: string): string {
    if (this.#generation === null) throw new DeviceLinkError("веб-сервер АТОЛ ещё не опознан");
    if (this.#generation === 1) return path;
    const device =
      this.#deviceId === undefined ? "" : `?deviceID=${encodeURIComponent(this.#deviceId)}`;
    return `/api/v2${path}${device}`;
  }

  async #call(
    method: "GET" | "POST" | "DELETE",
    url: string,
    data?: unknown,
    signal?: AbortSignal,
  ): Promise<Answer> {
    const signals = [this.#closed.signal, AbortSignal.timeout(this.#requestMs)];
    if (signal) signals.push(signal);
    try {
      const { status, data: text } = await this.#http.request<unknown>({
        method,
        url,
        data,
        signal: AbortSignal.any(signals),
      });
      if (status === 401) {
        throw new DeviceSetupError(
          "Веб-сервер АТОЛ не принял имя и пароль. Проверьте login и password в разделе [device].",
        );
      }
      return { status, body: typeof text === "string" ? json(text) : undefined };
    } catch (error) {
      if (!(error instanceof AxiosError)) throw error;
      const code = error.code ?? "";
      throw new HttpLost(`${method} ${url}: ${error.message}`, !NEVER_CONNECTED.has(code), {
        cause: error,
      });
    }
  }
}

function json(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

function descriptionOf(body: unknown): string {
  const parsed = errorAnswer.safeParse(body);
  return parsed.success ? parsed.data.error.description : "";
}
