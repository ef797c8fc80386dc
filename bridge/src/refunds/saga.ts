/**
 * Whether a refund may be made (docs/contracts.md, Refunds: the saga). Odoo alone sees what all
 * tills took back, so it reserves what this refund gives back before the register is asked. What
 * the till's own journal disproves needs no Odoo.
 */
import type { z } from "zod";
import type { Clock } from "../domain/clock.ts";
import { quantityFromMillionths, roublesFromKopecks } from "../domain/money.ts";
import type { Receipt, ReceiptKey, RefundOf } from "../domain/receipt.ts";
import { allowsNextAttempt } from "../domain/receipt-machine.ts";
import type { Journal, StoredReceipt } from "../journal/types.ts";
import type { Logger } from "../observability/logger.ts";
import { OdooRefusal, type OdooClient } from "../odoo/client.ts";
import type { OdooVersion } from "../odoo/dialogue.ts";
import { refundsAnswerSchema } from "../odoo/schemas.ts";
import { disproved } from "./own-journal.ts";
import type { Reservations } from "./reservations.ts";

/** ms for Odoo's word, an original delivered meanwhile included. */
export const ASK_WITHIN = 2_000;

export type Disproof =
  /** Refused for good; Russian. */
  | { readonly kind: "exceeds"; readonly text: string }
  /** The reference is not the original's. */
  | { readonly kind: "invalid"; readonly field: string; readonly text: string };

export type Verdict =
  | Disproof
  /** `odoo`: reserved there; `manager`: released; `journal`: by an Odoo that reserves nothing. */
  | { readonly kind: "allowed"; readonly by: "odoo" | "manager" | "journal" }
  /** To be asked again with the same key. */
  | {
      readonly kind: "not-synced";
      readonly text: string;
      readonly retryAfterSeconds: number;
      readonly releasable: boolean;
    };

export interface RefundSagaOptions {
  readonly client: Pick<OdooClient, "call">;
  readonly journal: Pick<Journal, "byFd" | "byUuid" | "refundsOf" | "get" | "onReceipt">;
  readonly reservations: Pick<Reservations, "begin" | "forget" | "settled">;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly odooVersion: () => OdooVersion;
  /** `retry_after_seconds` in ms. */
  readonly retryMs: number;
  /** The original waits for Odoo: its delivery need not wait. */
  readonly deliverNow: () => void;
}

interface Original {
  readonly row: StoredReceipt | null;
  readonly of: RefundOf;
}

export class RefundSaga {
  readonly #options: RefundSagaOptions;

  constructor(options: RefundSagaOptions) {
    this.#options = options;
  }

  /**
   * What the own journal says, at once; also right before the lane is asked, since another refund
   * may have ended while Odoo was being asked. null: nothing speaks against it.
   */
  disproof(receipt: Receipt): Disproof | null {
    const { journal } = this.#options;
    const { row, of } = this.#original(receipt);
    if (row?.fiscal == null) return null;
    if (row.fiscal.fp !== of.fp) {
      const text = `у документа ${of.fd} этого ФН другой фискальный признак`;
      return { kind: "invalid", field: "refund_of.fp", text };
    }
    if (row.receipt.type !== "sale") {
      return { kind: "exceeds", text: `Документ ${of.fd} — не чек прихода: возвращать нечего.` };
    }
    const earlier = journal.refundsOf(of.fn, of.fd).flatMap(({ receipt: { items } }) => items);
    const text = disproved(row.receipt.items, earlier, receipt.items);
    return text === null ? null : { kind: "exceeds", text };
  }

  /**
   * @param released a manager took it upon himself
   */
  async decide(key: ReceiptKey, receipt: Receipt, released: boolean): Promise<Verdict> {
    const { journal } = this.#options;
    const disproof = this.disproof(receipt);
    if (disproof !== null) return disproof;
    // an attempt that is open or done has its reservation: the lane answers with its state
    if (journal.byUuid(key.uuid).some(({ state }) => !allowsNextAttempt(state))) {
      return { kind: "allowed", by: "odoo" };
    }
    const original = this.#original(receipt);
    const verdict = await this.#ask(key, receipt, original);
    return released && verdict.kind === "not-synced" && verdict.releasable
      ? { kind: "allowed", by: "manager" }
      : verdict;
  }

  #original({ refundOf }: Receipt): Original {
    if (refundOf === null) throw new TypeError("a refund names its original");
    return { row: this.#options.journal.byFd(refundOf.fn, refundOf.fd), of: refundOf };
  }

  async #ask(key: ReceiptKey, receipt: Receipt, original: Original): Promise<Verdict> {
    const { clock, odooVersion, reservations, logger } = this.#options;
    if (odooVersion() === "old") {
      // as it was before Odoo could reserve: the own journal alone, and only of its own sales
      if (original.row !== null) return { kind: "allowed", by: "journal" };
      return this.#later(original, "Этот Odoo не сверяет возвраты чеков других касс.");
    }
    const deadline = clock.monotonic() + ASK_WITHIN;
    try {
      await reservations.settled(key.uuid, ASK_WITHIN);
      reservations.begin(key.uuid);
      const first = await this.#reserve(key, receipt, deadline);
      if (first !== "original_unknown") return this.#verdict(first);
      if (!(await this.#delivered(original.row, deadline))) return this.#unknown(original);
      reservations.begin(key.uuid);
      const second = await this.#reserve(key, receipt, deadline);
      return second === "original_unknown" ? this.#unknown(original) : this.#verdict(second);
    } catch (error) {
      logger.warn("refund_not_reserved", { uuid: key.uuid, error });
      const text =
        error instanceof OdooRefusal
          ? "Odoo ответил ошибкой на запрос о возврате."
          : "Odoo не отвечает, а без него нельзя узнать, не возвращён ли товар на другой кассе.";
      return this.#later(original, text);
    }
  }

  async #reserve(
    key: ReceiptKey,
    receipt: Receipt,
    deadline: number,
  ): Promise<{ readonly exceeds: string | null } | "original_unknown"> {
    const { client, clock } = this.#options;
    const { results } = await client.call(
      "refunds",
      { reserve: [reserveRow(key, receipt)], release: [] },
      refundsAnswerSchema,
      { timeoutMs: Math.max(1, Math.round(deadline - clock.monotonic())) },
    );
    const result = results.find(({ uuid }) => uuid === key.uuid);
    if (result === undefined) throw new Error("no word on this refund");
    if (result.status !== "reserved") this.#options.reservations.forget(key.uuid);
    if (result.status === "original_unknown") return "original_unknown";
    if (result.status === "reserved") return { exceeds: null };
    return { exceeds: refusalText(result.error ?? null) };
  }

  #verdict({ exceeds }: { readonly exceeds: string | null }): Verdict {
    return exceeds === null ? { kind: "allowed", by: "odoo" } : { kind: "exceeds", text: exceeds };
  }

  #unknown(original: Original): Verdict {
    return this.#later(original, "Odoo ещё не знает исходного чека.");
  }

  #later({ row }: Original, why: string): Verdict {
    const { retryMs } = this.#options;
    const text = `${why} Возврат можно повторить через ${minutes(retryMs)}.`;
    return {
      kind: "not-synced",
      text,
      retryAfterSeconds: Math.ceil(retryMs / 1000),
      releasable: row?.state === "fiscalized",
    };
  }

  /** Waits for the delivery of an own sale that is on its way. `false`: it is not, or takes longer. */
  #delivered(row: StoredReceipt | null, deadline: number): Promise<boolean> {
    const { journal, clock, deliverNow } = this.#options;
    if (row === null || row.legs.odoo !== "pending") return Promise.resolve(false);
    deliverNow();
    return new Promise((resolve) => {
      const done = (result: boolean): void => {
        clearTimeout(timer);
        unsubscribe();
        resolve(result);
      };
      const unsubscribe = journal.onReceipt((changed) => {
        if (changed.seq === row.seq && changed.legs.odoo === "delivered") done(true);
      });
      const timer = setTimeout(() => done(false), Math.max(0, deadline - clock.monotonic() - 300));
      if (journal.get(row.key)?.legs.odoo === "delivered") done(true);
    });
  }
}

type OdooRefused = z.output<typeof refundsAnswerSchema>["results"][number]["error"];

/** Odoo's own message is in the language of its worker; the cashier reads Russian. */
function refusalText(error: OdooRefused): string {
  switch (error?.code) {
    case "original_differs":
      return "Исходный чек в Odoo — другой документ: проверьте ФД и фискальный признак.";
    case "original_unreadable":
      return "Содержимое исходного чека в Odoo не читается: возврат оформит администратор.";
    case "row_invalid":
      return `Odoo не принял запрос о возврате: ${error.message}`;
    default:
      break;
  }
  const left = (error?.left ?? []).map(
    ({ line, qty, sum }) =>
      `позиция ${line} — ${String(qty).replace(".", ",")} на ${sum.toFixed(2).replace(".", ",")}`,
  );
  const text = "С учётом возвратов на всех кассах столько вернуть уже нельзя.";
  return left.length === 0 ? text : `${text} Осталось: ${left.slice(0, 10).join("; ")}.`;
}

/** @returns e.g. `5 мин`; under a minute in seconds */
function minutes(ms: number): string {
  return ms < 60_000 ? `${Math.ceil(ms / 1000)} с` : `${Math.ceil(ms / 60_000)} мин`;
}

function reserveRow({ uuid }: ReceiptKey, { refundOf, items }: Receipt): Record<string, unknown> {
  return {
    uuid,
    refund_of: { fn: refundOf?.fn, fd: refundOf?.fd, fp: refundOf?.fp },
    items: items.map(({ refundLine, sku, name, quantityMillionths, sumKopecks }) => ({
      line: refundLine ?? null,
      sku,
      name,
      qty: quantityFromMillionths(quantityMillionths),
      sum: roublesFromKopecks(sumKopecks),
    })),
  };
}
