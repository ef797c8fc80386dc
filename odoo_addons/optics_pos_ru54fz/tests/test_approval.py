from uuid import uuid4

from odoo.tests import tagged

from ..tools import jose
from .common import KktCommon
from .test_heartbeat import HEARTBEAT


@tagged("post_install", "-at_install")
class TestApproval(KktCommon):
    """Discounts and prices of orders that arrive: an incident, never a refusal."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.pem = jose.generate_private_pem()
        cls.bring_key(cls.pem)

    @classmethod
    def bring_key(cls, pem):
        jwk = {name: jose.public_jwk(pem)[name] for name in ("kty", "crv", "x", "y")}
        cls.till.with_user(cls.worker)._heartbeat({**HEARTBEAT, "approval_key": jwk})

    def setUp(self):
        super().setUp()
        self.open_new_session()

    def approval(self, uuid, percent=20, pem=None, typ="kkt-approval+jwt", **claims):
        payload = {
            "aud": "kkt-approval",
            "till": "TEST-1",
            "uuid": uuid,
            "percent": percent,
            "person": "employee:7",
            "name": "Boris",
            "iat": 1795000000,
            **claims,
        }
        return jose.sign({"typ": typ}, payload, pem or self.pem)

    def sold(self, discount=0, price=None, approval=None, uuid=None, **line):
        uuid = uuid or str(uuid4())
        data = self.create_ui_order_data(
            [(self.product, 1, discount)],
            uuid=uuid,
            pos_order_ui_args={"state": "paid"},
        )
        data["kkt_approval"] = approval
        if price is not None:
            data["lines"][0][2]["price_unit"] = price
        data["lines"][0][2].update(line)
        self.env["pos.order"].sync_from_ui([data])
        order = self.env["pos.order"].search([("uuid", "=", uuid)])
        self.assertEqual(order.state, "paid")
        return order

    def incidents(self, order):
        events = self.env["kkt.event"].search([("till_id", "=", self.till.id)])
        return events.filtered(
            lambda event: (event.data or {}).get("uuid") == order.uuid
            and event.kind != "total_differs"
        ).mapped("kind")

    def test_within_a_cashiers_limit(self):
        self.assertEqual(self.incidents(self.sold(10)), [])

    def test_approved(self):
        uuid = str(uuid4())
        order = self.sold(20, uuid=uuid, approval=self.approval(uuid))
        self.assertEqual(self.incidents(order), [])
        uuid = str(uuid4())
        order = self.sold(50, uuid=uuid, approval=self.approval(uuid, 50))
        self.assertEqual(self.incidents(order), [])

    def test_key_of_a_lost_journal_still_counts(self):
        uuid = str(uuid4())
        approval = self.approval(uuid)
        self.bring_key(jose.generate_private_pem())
        self.assertEqual(
            self.incidents(self.sold(20, uuid=uuid, approval=approval)), []
        )

    def test_not_approved(self):
        for make in (
            lambda uuid: None,
            lambda uuid: "garbage",
            lambda uuid: "a.b.c",
            lambda uuid: self.approval(str(uuid4())),
            lambda uuid: self.approval(uuid, percent=19),
            lambda uuid: self.approval(uuid, percent="50"),
            lambda uuid: self.approval(uuid, till="TEST-2"),
            lambda uuid: self.approval(uuid, aud="kkt-bridge"),
            lambda uuid: self.approval(uuid, typ="kkt-roster+jwt"),
            lambda uuid: self.approval(uuid, pem=jose.generate_private_pem()),
            lambda uuid: self.approval(uuid)[:-4] + "AAAA",
        ):
            uuid = str(uuid4())
            order = self.sold(20, uuid=uuid, approval=make(uuid))
            self.assertEqual(self.incidents(order), ["discount_unapproved"])

    def test_above_all_limits(self):
        uuid = str(uuid4())
        order = self.sold(51, uuid=uuid, approval=self.approval(uuid, 51))
        self.assertEqual(self.incidents(order), ["discount_exceeds"])
        self.config.kkt_discount_manager = 30
        uuid = str(uuid4())
        order = self.sold(31, uuid=uuid, approval=self.approval(uuid, 31))
        self.assertEqual(self.incidents(order), ["discount_exceeds"])

    def test_typed_price_is_a_discount(self):
        price = self.product.lst_price
        order = self.sold(price=round(price * 0.8, 2), price_type="manual")
        self.assertEqual(self.incidents(order), ["discount_unapproved"])
        order = self.sold(price=round(price * 0.95, 2), price_type="manual")
        self.assertEqual(self.incidents(order), [])

    def settled(self, unit, price, agreed=0, **line):
        """A line of a sales order in that unit, at this price of the product's unit."""
        salesman = self.env.ref("sales_team.group_sale_salesman_all_leads")
        self.env.user.group_ids |= salesman
        sale = self.env["sale.order"].create(
            {
                "partner_id": self.customer.id,
                "order_line": [
                    (
                        0,
                        0,
                        {
                            "product_id": self.product.id,
                            "product_uom_id": unit.id,
                            "price_unit": 6000,
                            "discount": agreed,
                            "tax_ids": False,
                        },
                    )
                ],
            }
        )
        (converted,) = sale.order_line.read_converted()
        values = {
            "price_type": "automatic",
            "sale_order_origin_id": sale.id,
            "sale_order_line_id": sale.order_line.id,
            **line,
        }
        order = self.sold(price=price or converted["price_unit"], **values)
        self.assertAlmostEqual(
            sale.order_line.kkt_unit_price, converted["price_unit"], 6
        )
        return order

    def test_a_sales_order_in_another_unit_is_settled_at_its_price(self):
        """The same cases as the page's priced_lines.test.ts."""
        piece, pack = (
            self.env.ref(f"uom.product_uom_{name}") for name in ("unit", "pack_6")
        )
        manual = {"price_type": "manual"}
        for own, sold, price, agreed, line, percent in (
            (piece, pack, None, 0, {}, 0),
            (piece, pack, 1000, 0, manual, 0),
            (piece, pack, 700, 0, manual, 30),
            (piece, pack, 1000, 20, {"discount": 20}, 0),
            (piece, pack, 1000, 20, {"discount": 40}, 25),
            (piece, pack, 1000, 20, {"discount": 0}, 0),
            (piece, pack, 1000, 100, {"discount": 100}, 0),
            (piece, pack, 1000, 0, {"discount": 30}, 30),
            (piece, pack, 800, 20, manual, 0),
            (piece, pack, 700, 20, {**manual, "discount": 20}, 30),
            (pack, piece, None, 0, {}, 0),
            (pack, piece, 36000, 0, manual, 0),
            (pack, piece, 18000, 0, manual, 50),
        ):
            with self.subTest(own=own.name, price=price, agreed=agreed, line=line):
                self.product = self.create_product("Lenses", self.categ_basic, 1)
                self.product.uom_id = own
                order = self.settled(sold, price, agreed, **line)
                found = max(order._kkt_discount_by_hand(), 0)
                self.assertAlmostEqual(found, percent, 6)
                told = ["discount_unapproved"] if percent else []
                self.assertEqual(self.incidents(order), told)

    def test_an_approval_of_what_is_beyond_the_agreed_discount(self):
        uuid = str(uuid4())
        unit = self.product.uom_id
        order = self.settled(
            unit, 6000, 20, uuid=uuid, approval=self.approval(uuid, 25), discount=40
        )
        self.assertEqual(self.incidents(order), [])

    def test_the_page_gets_the_price_of_the_products_unit(self):
        names = self.env["sale.order.line"]._load_pos_data_fields(self.config)
        self.assertIn("kkt_unit_price", names)

    def test_gift_cards_and_wallets_cost_what_is_paid_for_them(self):
        price = round(self.product.lst_price * 0.3, 2)
        for kind in ("gift_card", "ewallet"):
            for line in ({"price_type": "manual"}, {}):
                with self.subTest(kind=kind, line=line):
                    program = self.program(kind, self.product)
                    self.assertEqual(self.incidents(self.sold(price=price, **line)), [])
                    # and nothing else does
                    program.active = False
                    told = "discount_exceeds" if line else "price_differs"
                    order = self.sold(price=price, **line)
                    self.assertEqual(self.incidents(order), [told])

    def test_other_programmes_excuse_no_discount(self):
        price = round(self.product.lst_price * 0.3, 2)
        for kind in ("promotion", "loyalty"):
            self.program(kind, self.product)
            order = self.sold(price=price, price_type="manual")
            self.assertEqual(self.incidents(order), ["discount_exceeds"])
        other = self.create_product("Card", self.categ_basic, 50)
        self.program("gift_card", other)
        order = self.sold(price=price, price_type="manual")
        self.assertEqual(self.incidents(order), ["discount_exceeds"])

    def test_told_once(self):
        order = self.sold(20)
        self.assertEqual(self.incidents(order), ["discount_unapproved"])
        order._kkt_check_discount()
        self.assertEqual(self.incidents(order), ["discount_unapproved"])

    def test_price_that_odoo_changed_meanwhile(self):
        old = self.product.lst_price
        self.product.lst_price = old * 1.04
        self.assertEqual(self.incidents(self.sold(price=old)), [])
        self.product.lst_price = old * 1.06
        self.assertEqual(self.incidents(self.sold(price=old)), ["price_differs"])
        self.product.lst_price = old * 0.9
        self.assertEqual(self.incidents(self.sold(price=old)), ["price_differs"])

    def test_no_till_no_incident(self):
        self.till.active = False
        before = self.env["kkt.event"].search_count([])
        self.sold(40)
        self.assertEqual(self.env["kkt.event"].search_count([]), before)
