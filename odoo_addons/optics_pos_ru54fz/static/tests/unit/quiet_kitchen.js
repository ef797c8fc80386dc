import { beforeEach } from "@odoo/hoot";
import { patchWithCleanup } from "@web/../tests/web_test_helpers";
import { PosStore } from "@point_of_sale/app/services/pos_store";

/**
 * After a sale the POS asks for the kitchen's changes and does not wait for the answer, which would
 * come in the middle of the next test.
 */
export function quietKitchen() {
  beforeEach(() => {
    patchWithCleanup(PosStore.prototype, {
      async checkPreparationStateAndSentOrderInPreparation() {},
    });
  });
}
