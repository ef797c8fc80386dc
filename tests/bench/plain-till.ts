/** A point of sale as Odoo has it out of the box, beside those with a till, in the same database. */
import type { LoadedShop } from "@opticserp/fixtures/data/load.ts";
import type { OdooClient } from "@opticserp/fixtures/data/odoo-client.ts";
import { PEOPLE } from "@opticserp/fixtures/data/shop.ts";

export const PLAIN_NAME = "Касса без ККТ";
export const PLAIN_CARD = "Карта без ККТ";

/** Same company, products and cashiers; payment methods of its own. @returns its `pos.config` id */
export async function createPlainTill(odoo: OdooClient, shop: LoadedShop): Promise<number> {
  const method = async (name: string, code: string, type: "cash" | "bank") => {
    const journal = { name, code, type, company_id: shop.companyId };
    const journalId = await odoo.create("account.journal", journal);
    const values = { name, journal_id: journalId, company_id: shop.companyId };
    return odoo.create("pos.payment.method", values);
  };
  const cashiers = PEOPLE.filter(({ role }) => role === "cashier");
  return odoo.create("pos.config", {
    name: PLAIN_NAME,
    company_id: shop.companyId,
    payment_method_ids: [
      [
        6,
        0,
        [
          await method("Наличные без ККТ", "NALB", "cash"),
          await method(PLAIN_CARD, "EKVB", "bank"),
        ],
      ],
    ],
    limit_categories: false,
    module_pos_hr: true,
    basic_employee_ids: [[6, 0, cashiers.map(({ login }) => shop.employees[login])]],
    iface_print_auto: false,
  });
}
