/** The bridge's copy of what Odoo sells. */
import type { Statement } from "better-sqlite3";
import type { Ledger } from "./ledger.ts";
import type { CatalogueItem } from "./types.ts";

export class CatalogueShelf {
  readonly #ledger: Ledger;
  readonly #put: Statement<[CatalogueItem & { readonly at: string }]>;
  readonly #remove: Statement<[number]>;
  readonly #byBarcode: Statement<[string], CatalogueItem>;
  readonly #size: Statement<[], number>;
  readonly #ids: Statement<[], number>;

  constructor(ledger: Ledger) {
    this.#ledger = ledger;
    const { db } = ledger;
    this.#put = db.prepare(
      `INSERT OR REPLACE INTO catalogue_item
         (id, barcode, sku, name, price, vat, subject, payment_method, unit, updated_at)
       VALUES (@id, @barcode, @sku, @name, @priceKopecks, @vat, @subject, @paymentMethod, @unit,
         @at)`,
    );
    this.#remove = db.prepare("DELETE FROM catalogue_item WHERE id = ?");
    // two products with one barcode: the one that Odoo told of last
    this.#byBarcode = db.prepare(
      `SELECT id, barcode, sku, name, price AS priceKopecks, vat, subject,
         payment_method AS paymentMethod, unit
       FROM catalogue_item WHERE barcode = ? ORDER BY updated_at DESC, id DESC LIMIT 1`,
    );
    this.#size = db.prepare<[], number>("SELECT count(*) FROM catalogue_item").pluck();
    this.#ids = db.prepare<[], number>("SELECT id FROM catalogue_item").pluck();
  }

  update(items: readonly CatalogueItem[], removedIds: readonly number[], at: string): void {
    if (items.length === 0 && removedIds.length === 0) return;
    this.#ledger.write(() => {
      for (const id of removedIds) this.#remove.run(id);
      for (const item of items) this.#put.run({ ...item, at });
    });
  }

  byBarcode(barcode: string): CatalogueItem | null {
    return this.#byBarcode.get(barcode) ?? null;
  }

  ids(): readonly number[] {
    return this.#ids.all();
  }

  size(): number {
    return this.#size.get() ?? 0;
  }
}
