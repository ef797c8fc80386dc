/** The dead letter queue of the Odoo leg: rows that the receiver itself refused too often. */
import type { Statement } from "better-sqlite3";
import type { ReceiptKey } from "../domain/receipt.ts";
import type { Ledger } from "./ledger.ts";
import { SELECT_RECEIPT, toStoredReceipt, type ReceiptRow } from "./rows.ts";
import type { DeadReceipt, StoredReceipt } from "./types.ts";

export class DeadLetters {
  readonly #ledger: Ledger;
  readonly #limit: number;
  readonly #byKey: Statement<[string, number], ReceiptRow>;
  readonly #dead: Statement<[number, number], ReceiptRow>;
  readonly #count: Statement<[], number>;
  readonly #refuse: Statement<[number, string, number]>;
  readonly #bury: Statement<[number, string, string, number]>;
  readonly #retry: Statement<[number]>;
  readonly #settle: Statement<[string, string, number]>;

  /** @param limit refusals that make a row dead */
  constructor(ledger: Ledger, limit: number) {
    this.#ledger = ledger;
    this.#limit = limit;
    const { db } = ledger;
    this.#byKey = db.prepare(`${SELECT_RECEIPT} WHERE uuid = ? AND attempt = ?`);
    this.#dead = db.prepare(
      `${SELECT_RECEIPT} WHERE odoo_leg = 'dead' AND seq < ? ORDER BY seq LIMIT ?`,
    );
    this.#count = db
      .prepare<[], number>("SELECT count(*) FROM receipt WHERE odoo_leg = 'dead'")
      .pluck();
    this.#refuse = db.prepare("UPDATE receipt SET odoo_refusals = ?, odoo_error = ? WHERE seq = ?");
    this.#bury = db.prepare(
      `UPDATE receipt SET odoo_leg = 'dead', odoo_refusals = ?, odoo_error = ?, dead_at = ?
       WHERE seq = ?`,
    );
    this.#retry = db.prepare(
      "UPDATE receipt SET odoo_leg = 'pending', odoo_refusals = 0, dead_at = NULL WHERE seq = ?",
    );
    this.#settle = db.prepare(
      "UPDATE receipt SET odoo_leg = 'delivered', odoo_at = ?, odoo_settled = ? WHERE seq = ?",
    );
  }

  countRefusal(key: ReceiptKey, error: string, at: string): void {
    const row = this.#ledger.write(() => {
      const before = this.#byKey.get(key.uuid, key.attempt);
      if (before?.odoo_leg !== "pending") return null;
      const refusals = before.odoo_refusals + 1;
      const leg = refusals >= this.#limit ? "dead" : "pending";
      if (leg === "dead") this.#bury.run(refusals, error, at, before.seq);
      else this.#refuse.run(refusals, error, before.seq);
      this.#ledger.event("receipt.odoo_refused", key, { error, refusals, leg }, at);
      if (leg === "dead") this.#ledger.event("dlq.added", key, { error, refusals }, at);
      return this.#ledger.row(before.seq);
    });
    if (row) this.#ledger.tell(row);
  }

  list({
    beforeSeq,
    limit,
  }: {
    readonly beforeSeq?: number;
    readonly limit: number;
  }): readonly DeadReceipt[] {
    return this.#dead.all(beforeSeq ?? Number.MAX_SAFE_INTEGER, limit).map((row) => ({
      row: toStoredReceipt(row),
      // a bridge of schema 1.1 kept neither
      error: row.odoo_error ?? "",
      deadAt: row.dead_at ?? row.fiscalized_at ?? row.accepted_at,
    }));
  }

  count(): number {
    return this.#count.get() ?? 0;
  }

  retry(key: ReceiptKey, by: string, at: string): StoredReceipt | null {
    return this.#raise(key, (seq) => {
      this.#retry.run(seq);
      this.#ledger.event("dlq.retried", key, { by }, at);
    });
  }

  settle(key: ReceiptKey, reason: string, by: string, at: string): StoredReceipt | null {
    return this.#raise(key, (seq) => {
      this.#settle.run(at, JSON.stringify({ reason, by }), seq);
      this.#ledger.event("dlq.settled", key, { reason, by }, at);
    });
  }

  #raise(key: ReceiptKey, change: (seq: number) => void): StoredReceipt | null {
    const row = this.#ledger.write(() => {
      const before = this.#byKey.get(key.uuid, key.attempt);
      if (before?.odoo_leg !== "dead") return null;
      change(before.seq);
      return this.#ledger.row(before.seq);
    });
    if (row) this.#ledger.tell(row);
    return row;
  }
}
