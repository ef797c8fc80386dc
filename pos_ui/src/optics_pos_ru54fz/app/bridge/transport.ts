/** One HTTP call to the bridge with a time-out over the whole of it, body included. */
import { BridgeProblem, BridgeUnreachable, problemOf } from "./problem.ts";

export interface CallOptions {
  readonly method?: "GET" | "POST" | "DELETE";
  readonly headers?: Readonly<Record<string, string>>;
  /** JSON text. */
  readonly body?: string;
  /** Milliseconds until the call is given up. */
  readonly timeout?: number;
  /** Aborted when nobody wants the answer any more. */
  readonly signal?: AbortSignal | undefined;
}

export interface Answer<T> {
  readonly status: number;
  readonly body: T;
}

/** Ordinary calls; the receipt itself waits longer, the bridge answers it within 15 s. */
const DEFAULT_TIMEOUT = 5_000;

/**
 * @returns status and parsed JSON of a 2xx answer (`undefined` for an empty one)
 * @throws BridgeProblem on any other status, BridgeUnreachable without an answer
 */
export async function callBridge<T>(url: string, options: CallOptions = {}): Promise<Answer<T>> {
  const controller = new AbortController();
  const timer = setTimeout(
    () => controller.abort(new Error("time-out")),
    options.timeout ?? DEFAULT_TIMEOUT,
  );
  const { signal } = options;
  let status: number;
  let text: string;
  try {
    const response = await fetch(url, {
      method: options.method ?? "POST",
      headers: {
        ...(options.body === undefined ? {} : { "Content-Type": "application/json" }),
        ...options.headers,
      },
      body: options.body ?? null,
      signal:
        signal === undefined ? controller.signal : AbortSignal.any([controller.signal, signal]),
      cache: "no-store",
      credentials: "omit",
    });
    status = response.status;
    text = await response.text();
  } catch (error) {
    throw new BridgeUnreachable(error);
  } finally {
    clearTimeout(timer);
  }
  if (status < 200 || status > 299) throw new BridgeProblem(problemOf(status, text));
  try {
    return { status, body: (text === "" ? undefined : JSON.parse(text)) as T };
  } catch (error) {
    throw new BridgeUnreachable(error);
  }
}
