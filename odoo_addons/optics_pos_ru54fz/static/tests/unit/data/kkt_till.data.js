import { patch } from "@web/core/utils/patch";
import { models } from "@web/../tests/web_test_helpers";
import { hootPosModels } from "@point_of_sale/../tests/unit/data/generate_model_definitions";
import { AccountTax } from "@point_of_sale/../tests/unit/data/account_tax.data";
import { PosPaymentMethod } from "@point_of_sale/../tests/unit/data/pos_payment_method.data";
import { PosOrderLine } from "@point_of_sale/../tests/unit/data/pos_order_line.data";
import { PosSession } from "@point_of_sale/../tests/unit/data/pos_session.data";
import { ProductTemplate } from "@point_of_sale/../tests/unit/data/product_template.data";

/** Without records: the POS of a test has no till unless the test gives it one (`withTill`). */
export class KktTill extends models.ServerModel {
  _name = "kkt.till";

  _load_pos_data_fields() {
    return ["id", "code", "name", "bridge_url", "timezone"];
  }

  certify_browser(configId, profile) {
    return {
      certificate: `certificate-of.${profile}`,
      expires: "2099-01-01T00:00:00Z",
      till: "T1",
      bridge_url: "http://127.0.0.1:8000",
    };
  }

  _records = [];
}

patch(PosSession.prototype, {
  _load_pos_data_models() {
    return [...super._load_pos_data_models(), "kkt.till"];
  },
});

patch(hootPosModels, [...hootPosModels, KktTill]);

const alsoLoad = (model, ...names) =>
  patch(model.prototype, {
    _load_pos_data_fields() {
      return [...super._load_pos_data_fields(), ...names];
    },
  });

alsoLoad(AccountTax, "kkt_vat_code");
alsoLoad(PosPaymentMethod, "kkt_payment_type");
alsoLoad(PosOrderLine, "kkt_name", "kkt_barcode", "kkt_entered_by");
alsoLoad(ProductTemplate, "kkt_subject", "kkt_payment_method");
