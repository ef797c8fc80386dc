/**
 * A barcode that the browser does not know: the till's own catalogue, then Odoo within 2 s, then by
 * hand; where the shop sells nothing by hand it is said plainly, with what to do.
 */
import { BarcodeReader } from "@point_of_sale/app/services/barcode_reader_service";
import { ProductScreen } from "@point_of_sale/app/screens/product_screen/product_screen";
import type { PosStore } from "@point_of_sale/app/services/pos_store";
import { patch } from "@web/core/utils/patch";
import { _t } from "@web/core/l10n/translation";
import { KktTroubleDialog } from "../components/trouble_dialog/trouble_dialog.ts";
import type { CatalogueItem } from "../bridge/bridge_client.ts";
import { canEnterByHand, enterByHand } from "./hand_item.ts";
import type { PosTill } from "./pos_till.ts";
import { moneyText } from "./money_text.ts";

/** Longest wait for Odoo, ms. */
const ODOO_MS = 2_000;

interface Code {
  readonly base_code: string;
  readonly code: string;
}

interface Screen {
  readonly pos: PosStore;
  _getProductByBarcode(code: Code): Promise<unknown>;
}

function within<T>(work: Promise<T>, ms: number): Promise<T | undefined> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => resolve(undefined), ms);
  });
  return Promise.race([work, late]).finally(() => clearTimeout(timer));
}

/** The code that a screen of ours is about: stock need not say it a second time. */
let toldOf: string | null = null;

patch(BarcodeReader.prototype, {
  showNotFoundNotification(code: Code) {
    if (toldOf !== code.code) super.showNotFoundNotification(code);
    toldOf = null;
  },
});

const known = (kkt: PosTill, barcode: string): Promise<CatalogueItem | null> =>
  kkt.till.client.itemOf(barcode).catch(() => null);

patch(ProductScreen.prototype, {
  async _getProductByBarcode(this: Screen, code: Code) {
    const { pos } = this;
    const { kkt } = pos;
    const products = (
      pos.models as {
        "product.product": { getBy(by: string, key: string): unknown; get(id: number): unknown };
      }
    )["product.product"];
    if (!kkt || products.getBy("barcode", code.base_code)) {
      return (await super._getProductByBarcode(code)) as unknown;
    }
    const item = await known(kkt, code.base_code);
    // the page has it under another barcode
    const here = item === null ? undefined : products.get(item.id);
    if (here) return here;
    const stock = (super._getProductByBarcode(code) as Promise<unknown>).catch(() => undefined);
    const found = await within(stock, ODOO_MS);
    if (!found) tellUnknown(kkt, code, item);
    return found;
  },
});

function tellUnknown(kkt: PosTill, code: Code, item: CatalogueItem | null): void {
  toldOf = code.code;
  if (canEnterByHand(kkt)) {
    enterByHand(kkt, code.base_code, item);
    return;
  }
  const text =
    item === null
      ? _t("Neither this till nor Odoo knows the barcode %s.", code.code)
      : _t("%(name)s, %(price)s: the till's catalogue has it, this page does not.", {
          name: item.name,
          price: moneyText(kkt, Math.round(item.price * 100)),
        });
  const step = kkt.link.reachable
    ? _t("Find the item by its name, or call a manager: it has to be entered in Odoo first.")
    : _t(
        "Find the item by its name, or put it aside until Odoo answers: what this page does not have can't be sold now.",
      );
  kkt.pos.dialog.add(KktTroubleDialog, {
    id: "item_unknown",
    title: _t("Unknown barcode"),
    text,
    step,
    certain: [_t("Nothing was added to the order.")],
    action: null,
  });
}
