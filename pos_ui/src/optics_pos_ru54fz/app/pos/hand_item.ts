/**
 * Goods that nobody knows are sold on the product that the shop has for them: the line keeps the
 * typed name, the barcode and who typed it, the accountant gets an incident.
 */
import { PosOrderline } from "@point_of_sale/app/models/pos_order_line";
import { patch } from "@web/core/utils/patch";
import { _t } from "@web/core/l10n/translation";
import type { PosOrder } from "@point_of_sale/app/models/pos_order";
import type { ProductProduct } from "@point_of_sale/app/models/product_product";
import type { TaxRecord } from "../../@types/pos_models.d.ts";
import type { CatalogueItem } from "../bridge/bridge_client.ts";
import { KktHandItemDialog } from "../components/hand_item/hand_item_dialog.ts";
import { taxChoices, type TaxChoice, type TypedItem } from "../receipt/hand_item.ts";
import { vatLabel } from "../receipt/vat_text.ts";
import { isRefund } from "./line_kind.ts";
import { setLineAmount } from "./line_price.ts";
import type { PosTill } from "./pos_till.ts";

interface Models {
  readonly "product.template": {
    getAll(): readonly { readonly taxes_id?: readonly TaxRecord[] }[];
  };
  readonly "account.tax": { getAll(): readonly TaxRecord[] };
}

interface Line {
  readonly kkt_name?: string | false;
  readonly refunded_orderline_id?: Line;
  full_product_name: string;
}

/** What the shop sells such goods on; undefined: it does not. */
const productOf = (kkt: PosTill): ProductProduct | undefined =>
  kkt.pos.config.kkt_hand_product_id || undefined;

function choicesOf(kkt: PosTill): readonly TaxChoice<TaxRecord>[] {
  const models = kkt.pos.models as unknown as Models;
  const ofProducts = models["product.template"].getAll().flatMap(({ taxes_id }) => taxes_id ?? []);
  const taxes = [...ofProducts, ...models["account.tax"].getAll()];
  return taxChoices(
    taxes.map((tax) => ({ code: tax.kkt_vat_code ? Number(tax.kkt_vat_code) : null, tax })),
  );
}

/** Whether an order may get such goods now. */
export const canEnterByHand = (kkt: PosTill): boolean => {
  const order = kkt.pos.getOrder() as PosOrder | undefined;
  return productOf(kkt) !== undefined && !(order && (isRefund(order) || kkt.isLocked(order)));
};

async function add(
  kkt: PosTill,
  product: ProductProduct,
  item: TypedItem,
  tax: TaxRecord | null,
  barcode: string,
): Promise<void> {
  const line = (await kkt.pos.addLineToCurrentOrder(
    {
      product_id: product,
      product_tmpl_id: product.product_tmpl_id,
      price_unit: item.price / 100,
      qty: item.quantity,
      tax_ids: tax === null ? [] : [["link", tax]],
      kkt_name: item.name,
      kkt_barcode: barcode,
      kkt_entered_by: kkt.cashierName,
    },
    {},
    false,
  )) as PosOrderline | undefined;
  if (line === undefined) return;
  line.setFullProductName();
  // what was typed is what the buyer pays, also where Odoo's prices are without the tax
  setLineAmount(line.order_id, line, Math.round(item.price * item.quantity));
}

/**
 * Asks the cashier for it.
 *
 * @param known what the till's own catalogue says of the barcode, null when nothing
 */
export function enterByHand(kkt: PosTill, barcode: string, known: CatalogueItem | null): void {
  const product = productOf(kkt);
  if (product === undefined) return;
  const choices = choicesOf(kkt);
  const vat = known !== null && choices.some(({ code }) => code === known.vat) ? known.vat : null;
  kkt.pos.dialog.add(KktHandItemDialog, {
    why:
      known === null
        ? _t(
            "Neither this till nor Odoo knows the barcode %s. Type what the price tag says; the accountant sees it later.",
            barcode,
          )
        : _t(
            "The till's catalogue has the barcode %s, this page does not. Check it against the price tag; the accountant sees it later.",
            barcode,
          ),
    start: {
      name: known?.name ?? "",
      price: known === null ? "" : known.price.toFixed(2).replace(".", ","),
      quantity: "1",
      vat,
    },
    rates: choices.map(({ code }) => ({ code, label: vatLabel(code) })),
    done: (item: TypedItem) => {
      const choice = choices.find(({ code }) => code === item.vat);
      void add(kkt, product, item, choice?.tax ?? null, barcode);
    },
  });
}

/** A refund's line is made by Odoo of a few fields only. */
export function keepTypedNames(refund: PosOrder): void {
  for (const line of refund.lines) {
    const { kkt_name, kkt_barcode } = line.refunded_orderline_id ?? {};
    if (!kkt_name) continue;
    line.update({ kkt_name, kkt_barcode: kkt_barcode || false });
    line.setFullProductName();
  }
}

const additions: ThisType<PosOrderline & Line> & object = {
  /** Odoo names a line by its product, also when the order comes back from the disk. */
  setFullProductName() {
    super.setFullProductName();
    const name = this.kkt_name || "";
    if (name !== "") this.full_product_name = name;
  },

  get orderDisplayProductName() {
    const shown = super.orderDisplayProductName as object;
    return this.kkt_name ? { ...shown, name: this.kkt_name } : shown;
  },
};

patch(PosOrderline.prototype, additions);
