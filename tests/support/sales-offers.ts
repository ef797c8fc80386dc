/** What a shop may have beside its price list: rounding, a promotion, a code, sales orders. */
import type { OdooClient } from "@opticserp/fixtures/data/odoo-client.ts";
import type { CatalogueItem } from "@opticserp/fixtures/data/catalogue.ts";
import type { PosPage } from "@opticserp/fixtures/stand/pos-page.ts";

/** The code that a customer names, and what it takes off. */
export const PROMO = { code: "ОЧКИ7", percent: 7 } as const;
/** Taken off the cheapest piece by itself, in an order of at least `from` roubles. */
export const PROMOTION = { percent: 15, from: 5000 } as const;

/** Cash is rounded to whole roubles; only downwards is what the register takes. */
export async function roundCash(
  odoo: OdooClient,
  posConfigId: number,
  method: "DOWN" | "HALF-UP",
): Promise<void> {
  const account = (code: string, name: string, type: string) =>
    odoo.ensure("account.account", [["code", "=", code]], { code, name, account_type: type });
  const rounding = await odoo.create("account.cash.rounding", {
    name: method === "DOWN" ? "До рубля вниз" : "До ближайшего рубля",
    rounding: 1,
    rounding_method: method,
    strategy: "add_invoice_line",
    profit_account_id: await account("919001", "Округление, доход", "income_other"),
    loss_account_id: await account("919002", "Округление, расход", "expense"),
  });
  await odoo.write("pos.config", [posConfigId], {
    cash_rounding: true,
    rounding_method: rounding,
    only_round_cash_method: true,
  });
}

/** A promotion that applies by itself and a code that is named at the till. */
export async function addPromotions(odoo: OdooClient, posConfigId: number): Promise<void> {
  const reward = (percent: number, off: "order" | "cheapest") => [
    0,
    0,
    {
      reward_type: "discount",
      discount: percent,
      discount_mode: "percent",
      discount_applicability: off,
      description: `Скидка ${percent} %`,
    },
  ];
  const common = { applies_on: "current", pos_ok: true, pos_config_ids: [[6, 0, [posConfigId]]] };
  await odoo.create("loyalty.program", {
    ...common,
    name: "Скидка недели",
    program_type: "promotion",
    trigger: "auto",
    rule_ids: [[0, 0, { minimum_amount: PROMOTION.from, reward_point_amount: 1 }]],
    reward_ids: [reward(PROMOTION.percent, "cheapest")],
  });
  await odoo.create("loyalty.program", {
    ...common,
    name: "По коду",
    program_type: "promo_code",
    trigger: "with_code",
    rule_ids: [[0, 0, { mode: "with_code", code: PROMO.code, reward_point_amount: 1 }]],
    reward_ids: [reward(PROMO.percent, "order")],
  });
}

/** A price list that takes a share off everything, beside the shop's own. */
export async function addPriceList(
  odoo: OdooClient,
  posConfigId: number,
  name: string,
  percent: number,
): Promise<void> {
  const [currency] = await odoo.search("res.currency", [["name", "=", "RUB"]]);
  const list = (values: object) =>
    odoo.create("product.pricelist", { currency_id: currency, ...values });
  const own = await list({ name: "Розница" });
  const other = await list({
    name,
    item_ids: [
      [0, 0, { applied_on: "3_global", compute_price: "percentage", percent_price: percent }],
    ],
  });
  await odoo.write("pos.config", [posConfigId], {
    use_pricelist: true,
    available_pricelist_ids: [[6, 0, [own, other]]],
    pricelist_id: own,
  });
}

/** A way to pay later, for buyers whom the shop trusts. */
export async function sellOnCredit(
  odoo: OdooClient,
  posConfigId: number,
  name: string,
): Promise<void> {
  const method = await odoo.create("pos.payment.method", {
    name,
    split_transactions: true,
    kkt_payment_type: "credit",
  });
  await odoo.write("pos.config", [posConfigId], { payment_method_ids: [[4, method]] });
}

/** A product with a sale tax of its own. */
export async function addTaxedProduct(
  odoo: OdooClient,
  product: { readonly name: string; readonly roubles: number },
  tax: { readonly name: string; readonly percent: number; readonly vatCode: string | false },
): Promise<void> {
  const taxId = await odoo.create("account.tax", {
    name: tax.name,
    amount: tax.percent,
    amount_type: "percent",
    type_tax_use: "sale",
    price_include_override: "tax_included",
    kkt_vat_code: tax.vatCode,
  });
  await odoo.create("product.template", {
    name: product.name,
    type: "consu",
    available_in_pos: true,
    list_price: product.roubles,
    taxes_id: [[6, 0, [taxId]]],
  });
}

/** Down payments of a POS are sold with a product of their own. */
export async function allowDownPayments(odoo: OdooClient, posConfigId: number): Promise<void> {
  const sku = "DOWN-PAYMENT";
  await odoo.ensure("product.template", [["default_code", "=", sku]], {
    name: "Аванс по заказу",
    default_code: sku,
    type: "service",
    available_in_pos: true,
    list_price: 0,
    taxes_id: [[6, 0, []]],
  });
  const [product] = await odoo.search("product.product", [["default_code", "=", sku]]);
  await odoo.write("pos.config", [posConfigId], { down_payment_product_id: product });
}

/** Odoo shows sales orders to those who sell only, at the till, too. */
export async function showSalesOrders(odoo: OdooClient, login: string): Promise<void> {
  const group = await odoo.ref("sales_team.group_sale_salesman_all_leads");
  const users = await odoo.search("res.users", [["login", "=", login]]);
  await odoo.write("res.users", users, { group_ids: [[4, group]] });
}

/** A confirmed sales order of one piece each; @returns its id and name */
export async function addSalesOrder(
  odoo: OdooClient,
  customer: { readonly name: string; readonly phone: string },
  items: readonly CatalogueItem[],
): Promise<{ id: number; name: string }> {
  const partner = await odoo.ensure("res.partner", [["name", "=", customer.name]], customer);
  const lines = [];
  for (const { sku } of items) {
    const [product] = await odoo.search("product.product", [["default_code", "=", sku]]);
    lines.push([0, 0, { product_id: product, product_uom_qty: 1 }]);
  }
  const id = await odoo.create("sale.order", {
    partner_id: partner,
    // in the company's currency, as the till sells
    pricelist_id: false,
    order_line: lines,
  });
  await odoo.call("sale.order", "action_confirm", [[id]]);
  const [order] = await odoo.read<{ id: number; name: string }>(
    "sale.order",
    [["id", "=", id]],
    ["name"],
  );
  return { id, name: order?.name ?? "" };
}

/** Order of Odoo's own choices (`pos_sale`, "What do you want to do?"). */
const CHOICES = { settle: 0, percentage: 1, amount: 2 } as const;

const LIST_TRIES = 3;
const LIST_WITHIN_MS = 25_000;

/** On the product screen: the list of sales orders, one of them, and what to do with it. */
export async function chooseSalesOrder(
  { page }: PosPage,
  name: string,
  choice: keyof typeof CHOICES,
): Promise<void> {
  const row = page.locator(".o_list_view .o_data_row").filter({ hasText: name }).first();
  // on a busy machine Odoo's first answer may come after the page gave it up: the list stays empty
  for (let tries = 1; ; tries += 1) {
    await page.locator(".more-btn").click();
    await page.locator(".modal-content button").filter({ hasText: /Заказ/ }).first().click();
    try {
      await row.waitFor({ timeout: LIST_WITHIN_MS });
      break;
    } catch (error) {
      if (tries === LIST_TRIES) throw error;
      while ((await page.locator(".o_dialog").count()) > 0) {
        await page.keyboard.press("Escape");
        await page.waitForTimeout(200);
      }
    }
  }
  await row.click();
  await page.locator(".selection-item").nth(CHOICES[choice]).click();
}
