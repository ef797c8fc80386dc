from odoo.exceptions import ValidationError
from odoo.tests import tagged

from .common import KktCommon


@tagged("post_install", "-at_install")
class TestSettings(KktCommon):
    """What a Point of Sale says about discounts, shifts, down payments and receipts."""

    def test_defaults(self):
        (config,) = self.config.read(
            [
                "kkt_discount_cashier",
                "kkt_discount_manager",
                "kkt_cashier_closes_shift",
                "kkt_down_payment",
                "kkt_electronic_receipt",
            ]
        )
        config.pop("id")
        self.assertEqual(
            config,
            {
                "kkt_discount_cashier": 10,
                "kkt_discount_manager": 50,
                "kkt_cashier_closes_shift": False,
                "kkt_down_payment": "prepayment",
                "kkt_electronic_receipt": "none",
            },
        )

    def test_no_discount_goes_over_fifty(self):
        for values in (
            {"kkt_discount_manager": 50.01},
            {"kkt_discount_manager": 9},
            {"kkt_discount_cashier": -1},
            {"kkt_discount_cashier": 60, "kkt_discount_manager": 60},
        ):
            with self.subTest(values), self.assertRaises(ValidationError):
                self.config.write(values)
        self.config.write({"kkt_discount_cashier": 0, "kkt_discount_manager": 0})

    def test_settings_of_the_point_of_sale(self):
        settings = self.env["res.config.settings"].create(
            {"pos_config_id": self.config.id}
        )
        settings.pos_kkt_discount_cashier = 5
        settings.pos_kkt_down_payment = "advance"
        settings.execute()
        self.assertEqual(self.config.kkt_discount_cashier, 5)
        self.assertEqual(self.config.kkt_down_payment, "advance")

    def test_page_gets_them_and_writes_its_fields(self):
        self.open_new_session()
        cashier = self.new_user(
            "page", "base.group_user", "point_of_sale.group_pos_user"
        )
        data = self.pos_session.with_user(cashier).load_data([])
        (config,) = data["pos.config"]
        self.assertEqual(config["kkt_discount_manager"], 50)
        self.assertIn("kkt_electronic_receipt", config)
        self.product.product_tmpl_id.kkt_return_restricted = True
        product = next(
            row
            for row in data["product.template"]
            if row["id"] == self.product.product_tmpl_id.id
        )
        self.assertIn("kkt_return_restricted", product)
        values = {
            "kkt_refund_reason": "Defect",
            "kkt_approval": "a.b.c",
            "kkt_contact": "buyer@example.com",
        }
        uuid, blob = self.blob_data(**values)
        self.env["pos.order"].sync_from_ui([blob])
        order = self.env["pos.order"].search([("uuid", "=", uuid)])
        self.assertEqual(order.read(list(values))[0] | {"id": 0}, {**values, "id": 0})
