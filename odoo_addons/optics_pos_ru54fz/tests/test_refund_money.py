from odoo.tests import tagged

from .common import KktCommon


@tagged("post_install", "-at_install")
class TestRefundMoney(KktCommon):
    """The shop's rounding of cash is for sales: money back is what was paid."""

    def setUp(self):
        super().setUp()
        rounding = self.env["account.cash.rounding"].create(
            {
                "name": "Down to the rouble",
                "rounding": 1,
                "rounding_method": "DOWN",
                "strategy": "add_invoice_line",
                "profit_account_id": self.company_data["default_account_revenue"].id,
                "loss_account_id": self.company_data["default_account_expense"].id,
            }
        )
        self.config.write(
            {
                "cash_rounding": True,
                "rounding_method": rounding.id,
                "only_round_cash_method": True,
            }
        )
        self.open_new_session()

    def settle(self, pieces, cash):
        data = self.create_ui_order_data(
            [(self.product, pieces)],
            payments=[(self.cash_pm1, cash)],
            pos_order_ui_args={"state": "paid"},
        )
        self.env["pos.order"].sync_from_ui([data])
        return self.env["pos.order"].search([("uuid", "=", data["uuid"])])

    def test_a_sale_is_rounded(self):
        order = self.settle(1, 4500)
        self.assertEqual(order.state, "paid")
        self.assertAlmostEqual(order.amount_paid, 4500)

    def test_a_refund_gives_back_the_kopecks(self):
        order = self.settle(-1, -4500.10)
        self.assertEqual(order.state, "paid")
        self.assertAlmostEqual(order.amount_paid, -4500.10)
        self.assertTrue(order._is_pos_order_paid())

    def test_without_a_till_nothing_changes(self):
        self.till.unlink()
        order = self.env["pos.order"].new({"config_id": self.config.id})
        self.assertAlmostEqual(order._get_rounded_amount(-10.5, force_round=True), -10)
