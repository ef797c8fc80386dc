from odoo.tests import tagged

from .common import KktCommon


@tagged("post_install", "-at_install")
class TestPosData(KktCommon):
    """What a page gets with its data."""

    def setUp(self):
        super().setUp()
        self.cashier = self.new_user(
            "cashier", "base.group_user", "point_of_sale.group_pos_user"
        )

    def load(self):
        """Everything, as a page does: addons look into each other's data."""
        self.open_new_session()
        session = self.pos_session.with_user(self.cashier)
        return session.load_data_params(), session.load_data([])

    def test_till_of_this_point_of_sale(self):
        self.till.rotate_credential()
        params, data = self.load()
        self.assertEqual(
            data["kkt.till"],
            [
                {
                    "id": self.till.id,
                    "code": "TEST-1",
                    "name": "Till 1",
                    "bridge_url": "http://127.0.0.1:8000",
                    "timezone": "Europe/Moscow",
                }
            ],
        )
        self.assertEqual(data["pos.config"][0]["kkt_till_id"], self.till.id)
        self.assertEqual(
            sorted(params["kkt.till"]["fields"]), sorted(data["kkt.till"][0])
        )

    def test_no_till_nothing_loaded(self):
        self.till.unlink()
        _params, data = self.load()
        self.assertEqual(data["kkt.till"], [])
        self.assertFalse(data["pos.config"][0]["kkt_till_id"])

    def test_no_till_sales_go_as_ever(self):
        self.till.unlink()
        self.open_new_session()
        order = self.sell()
        self.assertEqual(order.state, "paid")
        self.assertFalse(order.kkt_fiscal)

    def test_codes_are_loaded(self):
        tax = self.taxes["tax7"]
        tax.kkt_vat_code = "11"
        _params, data = self.load()
        codes = {row["id"]: row["kkt_vat_code"] for row in data["account.tax"]}
        self.assertEqual(codes[tax.id], "11")
        template = next(
            row
            for row in data["product.template"]
            if row["id"] == self.product.product_tmpl_id.id
        )
        self.assertEqual(template["kkt_subject"], "1")
        self.assertEqual(template["kkt_payment_method"], "4")
        kinds = {
            row["id"]: row["kkt_payment_type"] for row in data["pos.payment.method"]
        }
        self.assertEqual(kinds[self.cash_pm1.id], "cash")
        self.assertEqual(kinds[self.bank_pm1.id], "electronic")

    def test_page_writes_only_what_is_its_own(self):
        """The page sends every field back that is neither computed nor related."""
        params, _data = self.load()
        relations = params["pos.order"]["relations"]
        ours = [name for name in relations if name.startswith("kkt_")]
        self.assertIn("kkt_fiscal", ours)
        written = [name for name in ours if not relations[name]["compute"]]
        self.assertEqual(
            sorted(written), ["kkt_approval", "kkt_contact", "kkt_refund_reason"]
        )
