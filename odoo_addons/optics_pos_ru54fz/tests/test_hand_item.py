from uuid import uuid4

from odoo.tests import tagged

from .common import KktCommon


@tagged("post_install", "-at_install")
class TestHandItem(KktCommon):
    """Goods that nobody knew, sold with what the cashier typed."""

    def setUp(self):
        super().setUp()
        self.hand = self.env.ref("optics_pos_ru54fz.product_entered_by_hand")
        self.open_new_session()

    def sell_typed(self, **line):
        data = self.create_ui_order_data(
            [(self.hand, 2)],
            uuid=str(uuid4()),
            pos_order_ui_args={"state": "paid"},
        )
        values = data["lines"][0][2]
        values.update(
            {
                "price_unit": 150.5,
                "price_subtotal": 301,
                "price_subtotal_incl": 301,
                "price_type": "manual",
                "full_product_name": "Case",
                "kkt_name": "Case",
                "kkt_barcode": "4600000000017",
                "kkt_entered_by": "Cashier A. A.",
                **line,
            }
        )
        data.update({"amount_total": 301, "amount_paid": 301, "amount_tax": 0})
        data["payment_ids"][0][2]["amount"] = 301
        self.env["pos.order"].sync_from_ui([data])
        return self.env["pos.order"].search([("uuid", "=", data["uuid"])])

    def incidents(self):
        return self.env["kkt.event"].search([("kind", "=", "item_by_hand")])

    def test_a_till_brings_the_products(self):
        config = self.config
        self.assertEqual(config.kkt_hand_product_id, self.hand)
        down_payment = self.env.ref("pos_sale.default_downpayment_product")
        self.assertEqual(config.down_payment_product_id, down_payment)
        # What somebody has chosen or taken away stays so.
        other = self.create_product("Other", self.categ_basic, 1)
        config.kkt_hand_product_id = other
        config.down_payment_product_id = False
        self.till.name = "Till One"
        self.assertEqual(config.kkt_hand_product_id, other)
        self.assertFalse(config.down_payment_product_id)

    def test_the_page_gets_product_and_fields(self):
        session = self.pos_session
        data = session.load_data([])
        params = session.load_data_params()
        products = [row["id"] for row in data["product.product"]]
        self.assertIn(self.hand.id, products)
        self.assertIn(self.hand.id, self.config._get_special_products().ids)
        for name in ("kkt_name", "kkt_barcode", "kkt_entered_by"):
            self.assertIn(name, params["pos.order.line"]["fields"])

    def test_the_line_keeps_what_was_typed_and_the_accountant_is_told_once(self):
        self.new_user(
            "accountant", "base.group_user", "optics_pos_ru54fz.group_kkt_accountant"
        )
        order = self.sell_typed()
        line = order.lines
        self.assertEqual(line.full_product_name, "Case")
        self.assertEqual(line.kkt_barcode, "4600000000017")
        self.assertAlmostEqual(line.price_subtotal_incl, 301)
        (incident,) = self.incidents()
        for text in (
            order.name,
            "Case",
            "4600000000017",
            "150.50",
            "Cashier A. A.",
        ):
            self.assertIn(text, incident.message)
        self.assertEqual(incident.data["uuid"], order.uuid)
        task = incident.activity_ids
        self.assertTrue(
            task.user_id.has_group("optics_pos_ru54fz.group_kkt_accountant")
        )
        order._kkt_tell_typed_items()
        self.assertEqual(len(self.incidents()), 1)

    def test_a_known_product_is_no_incident(self):
        self.sell_typed(kkt_name=False)
        self.assertFalse(self.incidents())

    def test_no_list_price_means_no_discount(self):
        order = self.sell_typed()
        self.assertEqual(order._kkt_discount_by_hand(), 0)

    def test_a_list_price_of_their_product_makes_no_discount(self):
        self.hand.list_price = 1000
        order = self.sell_typed()
        self.assertEqual(order._kkt_discount_by_hand(), 0)

    def test_a_typed_name_hides_no_discount_of_other_goods(self):
        other = self.create_product("Dear", self.categ_basic, 1000)
        order = self.sell_typed(product_id=other.id)
        self.assertGreater(order._kkt_discount_by_hand(), 80)

    def test_a_discount_on_them_counts(self):
        order = self.sell_typed(discount=20)
        self.assertAlmostEqual(order._kkt_discount_by_hand(), 20)
