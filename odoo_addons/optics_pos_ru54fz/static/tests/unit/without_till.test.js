import { expect, test } from "@odoo/hoot";
import { queryAll } from "@odoo/hoot-dom";
import { mountWithCleanup } from "@web/../tests/web_test_helpers";
import { Navbar } from "@point_of_sale/app/components/navbar/navbar";
import OrderPaymentValidation from "@point_of_sale/app/utils/order_payment_validation";
import { definePosModels } from "@point_of_sale/../tests/unit/data/generate_model_definitions";
import { getFilledOrder, setupPosEnv } from "@point_of_sale/../tests/unit/utils";
import { quietKitchen } from "./quiet_kitchen";

definePosModels();
quietKitchen();

test("a Point of Sale without a till has nothing of ours in its way", async () => {
  const store = await setupPosEnv();
  expect(store.kkt).toBe(null);
  const order = await getFilledOrder(store);
  order.assertEditable();
  const validation = new OrderPaymentValidation({ pos: store, orderUuid: order.uuid });
  expect(await validation.shouldHideValidationBehindFeedbackScreen()).not.toBe(false);
});

test("its status bar shows no till", async () => {
  await setupPosEnv();
  await mountWithCleanup(Navbar);
  expect(queryAll(".kkt-status")).toHaveLength(0);
});
