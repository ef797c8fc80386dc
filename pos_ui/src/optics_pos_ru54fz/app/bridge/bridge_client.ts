/** The bridge's calls that the page makes. Whatever decides money goes by POST (no caches). */
import type { BridgeReceipt } from "../receipt/receipt_types.ts";
import type { Approval, Elevated, People } from "./people.ts";
import type { BridgeSession } from "./session.ts";
import { BridgeProblem, BridgeUnreachable, NotSent } from "./problem.ts";
import { isReceipt } from "./receipt_answer.ts";
import { callBridge, type Answer, type CallOptions } from "./transport.ts";

/** The bridge answers a receipt within 15 s (200 or 202). */
const RECEIPT_TIMEOUT = 20_000;

/** The bridge derives a key from a PIN, which is slow on purpose. */
const PIN_TIMEOUT = 10_000;

/** Where the client takes its token from. */
export type TokenSource = Pick<BridgeSession, "token" | "forget">;

/** The cashier waits with the goods in hand. */
const CATALOGUE_TIMEOUT = 2_000;

/** How a receipt ended that the ФН does not tell about. */
export type Decision =
  | {
      readonly outcome: "fiscalized";
      readonly fd: number;
      /** Off the paper; counts where the ФН can't be read. `YYYY-MM-DDTHH:MM`. */
      readonly attested: { readonly fp: number; readonly date_time: string };
      readonly reason: string;
    }
  | { readonly outcome: "cancelled"; readonly reason: string };

/** What the till knows of an item; roubles. */
export interface CatalogueItem {
  /** `product.product` id. */
  readonly id: number;
  readonly name: string;
  readonly price: number;
  /** Tag 1199. */
  readonly vat: number;
}

/** The work's end, or the signal's, whichever is first. */
function unlessAborted<T>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return work;
  return new Promise((resolve, reject) => {
    const giveUp = (): void => reject(signal.reason as Error);
    if (signal.aborted) giveUp();
    else signal.addEventListener("abort", giveUp, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener("abort", giveUp));
  });
}

export class BridgeClient {
  private readonly base: string;
  private readonly session: TokenSource;

  /** @param base the bridge's address without a trailing slash, e.g. `http://127.0.0.1:8000` */
  constructor(base: string, session: TokenSource) {
    this.base = base;
    this.session = session;
  }

  /** The same calls with a person's rights; a token that has ended is a 401 and is not renewed. */
  as(elevated: Elevated): BridgeClient {
    const token = (): Promise<string> => Promise.resolve(elevated.token);
    return new BridgeClient(this.base, { token, forget: () => undefined });
  }

  /** With a token; one silent renewal when the bridge no longer knows it. */
  private async call<T>(path: string, options: CallOptions): Promise<Answer<T>> {
    for (let last = false; ; last = true) {
      const token = await unlessAborted(this.session.token(), options.signal).catch(
        (error: unknown) => {
          throw new NotSent(error);
        },
      );
      try {
        return await callBridge<T>(`${this.base}${path}`, {
          ...options,
          headers: { ...options.headers, Authorization: `Bearer ${token}` },
        });
      } catch (error) {
        const expired = error instanceof BridgeProblem && error.problem.status === 401;
        if (!expired || last) throw error;
        this.session.forget(token);
      }
    }
  }

  /**
   * Any other call of the contract.
   *
   * @param options `key`: the Idempotency-Key of a call that changes something; `timeout`: ms
   * @throws BridgeProblem, BridgeUnreachable, NotSent
   */
  post<T>(
    path: string,
    body: object,
    options: { readonly key?: string; readonly timeout?: number } = {},
  ): Promise<Answer<T>> {
    const { key, timeout } = options;
    return this.call<T>(path, {
      body: JSON.stringify(body),
      ...(key === undefined ? {} : { headers: { "Idempotency-Key": key } }),
      ...(timeout === undefined ? {} : { timeout }),
    });
  }

  /**
   * Sends a receipt, or asks after it by sending the same again.
   *
   * @param body the very text that was sent under this key before
   * @param signal ends the request when nobody waits for its answer any more
   * @throws BridgeProblem, BridgeUnreachable, NotSent
   */
  async sendReceipt(key: string, body: string, signal?: AbortSignal): Promise<BridgeReceipt> {
    const answer = await this.call<BridgeReceipt>("/v1/kkt/receipt", {
      headers: { "Idempotency-Key": key },
      body,
      timeout: RECEIPT_TIMEOUT,
      signal,
    });
    // whatever it was that answered, it was not the bridge
    if (!isReceipt(answer.body)) throw new BridgeUnreachable(new Error("no receipt"));
    return answer.body;
  }

  /** Withdraws a receipt that is still only accepted; 409 `not_withdrawable` otherwise. */
  async withdraw(key: string): Promise<void> {
    await this.call("/v1/kkt/receipt/" + encodeURIComponent(key), { method: "DELETE" });
  }

  /** The last attempt of each uuid that the bridge knows; any number of uuids, 100 a call. */
  async orderStates(uuids: readonly string[], signal?: AbortSignal): Promise<BridgeReceipt[]> {
    const receipts: BridgeReceipt[] = [];
    for (let from = 0; from < uuids.length; from += 100) {
      const { body } = await this.call<{ receipts?: unknown } | undefined>("/v1/kkt/orders/state", {
        body: JSON.stringify({ uuids: uuids.slice(from, from + 100) }),
        signal,
      });
      const told = body?.receipts;
      if (!Array.isArray(told) || !told.every(isReceipt)) {
        throw new BridgeUnreachable(new Error("no receipts"));
      }
      receipts.push(...told);
    }
    return receipts;
  }

  /**
   * A manager ends a receipt that stops the lane; as `as(manager)`.
   *
   * @param key of the receipt
   * @param operation Idempotency-Key of this decision
   * @throws BridgeProblem `document_unknown`, `document_differs`, `not_stopped`, `request_invalid`
   */
  async resolve(key: string, decision: Decision, operation: string): Promise<void> {
    const path = `/v1/kkt/receipt/${encodeURIComponent(key)}/resolve`;
    await this.post(path, decision, { key: operation, timeout: RECEIPT_TIMEOUT });
  }

  /**
   * An item of the till's own catalogue (`GET /v1/catalog`).
   *
   * @throws BridgeProblem `item_unknown`
   */
  async itemOf(barcode: string): Promise<CatalogueItem> {
    const path = `/v1/catalog?barcode=${encodeURIComponent(barcode)}`;
    const options = { method: "GET", timeout: CATALOGUE_TIMEOUT } as const;
    return (await this.call<CatalogueItem>(path, options)).body;
  }

  /** Who may do what at this till; works without Odoo. */
  async people(): Promise<People> {
    return (await this.call<People>("/v1/auth/people", { body: "{}" })).body;
  }

  /**
   * That person's rights for a few minutes.
   *
   * @param person `Person.id`
   * @throws BridgeProblem `pin_wrong` (`attempts_left`), `pin_locked`, `person_unknown`, `pin_missing`
   */
  async elevate(person: string, pin: string): Promise<Elevated> {
    const body = JSON.stringify({ person, pin });
    return (await this.call<Elevated>("/v1/auth/elevate", { body, timeout: PIN_TIMEOUT })).body;
  }

  /**
   * A manager's approval of one discount.
   *
   * @param percent the highest discount given by hand on a line of the order, at most 2 decimals
   * @throws BridgeProblem as `elevate`, and `approval_refused`, `discount_exceeds`
   */
  async approve(uuid: string, percent: number, person: string, pin: string): Promise<Approval> {
    const answer = await this.call<Approval>("/v1/approvals", {
      headers: { "Idempotency-Key": crypto.randomUUID() },
      body: JSON.stringify({ uuid, percent, person, pin }),
      timeout: PIN_TIMEOUT,
    });
    return answer.body;
  }
}
