from uuid import uuid4

from odoo.exceptions import UserError
from odoo.tests import tagged

from .common import FN, KktCommon


@tagged("post_install", "-at_install")
class TestDay(KktCommon):
    """Cash in and out, and Odoo's side of the closing's comparison."""

    def setUp(self):
        super().setUp()
        self.session = self.open_new_session()

    def move(self, **values):
        return {
            "uuid": str(uuid4()),
            "type": "in",
            "amount": 500.5,
            "reason": "Change",
            "partner_id": False,
            "extras": {},
            **values,
        }

    def amounts(self):
        return self.session.statement_line_ids.mapped("amount")

    # -- cash ----------------------------------------------------------

    def test_a_cash_move_is_booked_once(self):
        move = self.move()
        self.assertEqual(self.session.kkt_cash_move(move), "booked")
        self.assertEqual(self.session.kkt_cash_move(move), "known")
        self.assertEqual(self.session.kkt_cash_move(self.move(type="out")), "booked")
        self.assertEqual(sorted(self.amounts()), [-500.5, 500.5])
        self.assertIn("Change", self.session.statement_line_ids[0].payment_ref)

    def test_a_cashier_moves_cash(self):
        cashier = self.new_user(
            "cash",
            "base.group_user",
            "point_of_sale.group_pos_user",
            "optics_pos_ru54fz.group_kkt_cashier",
        )
        session = self.session.with_user(cashier)
        partner = self.env["res.partner"].create({"name": "Cashier A. A."})
        move = self.move(
            partner_id=partner.id, extras={"translatedType": "in", "employee_id": None}
        )
        self.assertEqual(session.kkt_cash_move(move), "booked")
        self.assertEqual(session.kkt_cash_move(move), "known")
        self.assertEqual(self.amounts(), [500.5])

    def test_a_move_of_a_closed_session_goes_to_the_open_one(self):
        closed = self.session
        closed.action_pos_session_closing_control()
        self.assertEqual(closed.state, "closed")
        with self.assertRaisesRegex(UserError, "No session is open"):
            closed.kkt_cash_move(self.move())
        self.session = self.open_new_session()
        move = self.move()
        self.assertEqual(closed.kkt_cash_move(move), "booked")
        self.assertEqual(closed.kkt_cash_move(move), "known")
        self.assertEqual(self.amounts(), [500.5])

    def test_bad_moves_are_named(self):
        for values, named in (
            ({"type": "sideways"}, "type"),
            ({"amount": 0}, "amount"),
            ({"amount": -5}, "amount"),
            ({"amount": 1.005}, "amount"),
            ({"amount": "5"}, "amount"),
            ({"uuid": None}, "uuid"),
            ({"reason": 5}, "reason"),
        ):
            with self.assertRaisesRegex(UserError, named):
                self.session.kkt_cash_move(self.move(**values))
        with self.assertRaises(UserError):
            self.session.kkt_cash_move([])
        self.assertFalse(self.amounts())

    # -- totals --------------------------------------------------------

    def totals(self, *shifts):
        asked = [{"fn": FN, "shift": shift} for shift in shifts or (12,)]
        return self.session.kkt_closing_totals(asked)

    def test_the_orders_of_the_shifts_and_those_without_a_receipt(self):
        self.sell_signed()
        self.sell_signed()
        self.session.kkt_cash_move(self.move(amount=1000))
        self.session.kkt_cash_move(self.move(type="out", amount=300))
        totals = self.totals()
        self.assertEqual(totals["payments"], {"cash": 9000.2})
        self.assertEqual(totals["vat"], [{"code": 6, "sum": 9000.2, "tax": 0.0}])
        self.assertEqual((totals["cash_in"], totals["cash_out"]), (1000, 300))
        self.assertEqual((totals["unsigned"], totals["missing"]), ([], []))
        self.assertEqual(self.totals(13)["orders"], 0)

        unsigned = self.sell()
        totals = self.totals()
        self.assertEqual(totals["orders"], 3)
        self.assertEqual(totals["unsigned"], [unsigned.name])
        self.assertEqual(totals["payments"], {"cash": 13500.3})

    def cash_at(self, at, **values):
        """A cash move that Odoo booked then."""
        move = self.move(**values)
        self.session.kkt_cash_move(move)
        line = self.env["account.bank.statement.line"].search(
            [("kkt_uuid", "=", move["uuid"])]
        )
        self.env.cr.execute(
            "UPDATE account_bank_statement_line SET create_date = %s WHERE id = %s",
            [at, line.id],
        )
        line.invalidate_recordset(["create_date"])

    def next_session(self):
        self.session.action_pos_session_closing_control()
        self.assertEqual(self.session.state, "closed")
        self.session = self.open_new_session()

    def cash(self, *shifts):
        totals = self.session.kkt_closing_totals(
            [
                {"fn": FN, "shift": number, "opened_at": opened_at}
                for number, opened_at in shifts
            ]
        )
        return totals["cash_in"], totals["cash_out"]

    def test_cash_of_a_shift_that_was_left_open(self):
        """Shift 11 ends within the first session, shift 12 is left open by it."""
        self.cash_at("2026-11-21 07:00:00", amount=100)
        self.cash_at("2026-11-21 18:00:00", type="out", amount=50)
        self.cash_at("2026-11-22 06:00:01", amount=1000)
        shifts = (12, "2026-11-22T09:00:00+03:00"), (11, "2026-11-21T06:00:00Z")
        self.assertEqual(self.cash(*shifts), (1100, 50))
        self.next_session()
        self.cash_at("2026-11-23 07:00:00", type="out", amount=300)
        self.assertEqual(self.cash(shifts[0]), (1000, 300))
        # the session goes on with shifts of its own
        self.cash_at("2026-11-24 07:00:00", amount=7)
        self.assertEqual(
            self.cash((13, "2026-11-24T06:00:00.123Z"), shifts[0]), (1007, 300)
        )
        self.next_session()
        self.cash_at("2026-11-25 07:00:00", amount=9)
        self.assertEqual(self.cash((14, "2026-11-25T06:00:00Z")), (9, 0))

    def test_cash_by_what_odoo_knows_of_the_shift(self):
        self.cash_at("2026-11-22 05:00:00", amount=1)
        self.cash_at("2026-11-22 18:03:00", amount=1000)
        self.next_session()
        self.cash_at("2026-11-23 07:00:00", amount=20)
        # nobody knows when it began: what is the session's own
        self.assertEqual(self.cash((12, None)), (20, 0))
        self.deliver(self.receipt_row())
        self.assertEqual(self.cash((12, None)), (1020, 0))
        shift = self.env["kkt.shift"].search([("fn", "=", FN), ("number", "=", 12)])
        shift.sudo().opened_at = "2026-11-22 05:00:00"
        self.assertEqual(self.cash((12, None)), (1021, 0))

    def test_cash_that_no_register_moved_and_that_of_other_shops(self):
        self.session.try_cash_in_out(
            "in", 5000, "Safe", False, {"translatedType": "in"}
        )
        self.assertEqual(self.cash((12, "2026-11-22T06:00:00Z")), (0, 0))
        self.cash_at("2026-11-22 07:00:00", amount=30)
        config, self.config = self.config, self.config.copy({"name": "Another"})
        other = self.open_new_session()
        totals = other.kkt_closing_totals(
            [{"fn": FN, "shift": 12, "opened_at": "2026-11-22T06:00:00Z"}]
        )
        self.config = config
        self.assertEqual(totals["cash_in"], 0)

    def test_a_refund_takes_away_what_a_sale_adds(self):
        """The page stores the lines of a refund without their sign."""
        self.sell_signed()
        self.sell_signed()
        data = self.create_ui_order_data(
            [(self.product, -1)],
            uuid=str(uuid4()),
            pos_order_ui_args={"state": "paid"},
        )
        data["is_refund"] = True
        for _command, _id, line in data["lines"]:
            self.assertEqual(line["qty"], -1)
            for field in ("price_subtotal", "price_subtotal_incl"):
                line[field] = abs(line[field])
        self.env["pos.order"].sync_from_ui([data])
        self.deliver(self.receipt_row(data["uuid"], type="refund"))
        totals = self.totals()
        self.assertEqual(totals["orders"], 3)
        self.assertEqual(totals["payments"], {"cash": 4500.1})
        self.assertEqual(totals["vat"], [{"code": 6, "sum": 4500.1, "tax": 0.0}])

    def test_a_receipt_without_its_order_is_named(self):
        row = self.receipt_row()
        self.deliver(row)
        totals = self.totals()
        self.assertEqual(totals["orders"], 0)
        self.assertEqual(totals["missing"], [self.receipt_of(row).display_name])

    def test_vat_by_the_code_of_the_tax(self):
        tax = self.env["account.tax"].create(
            {
                "name": "VAT 22 %",
                "amount": 22,
                "price_include_override": "tax_included",
                "kkt_vat_code": "11",
            }
        )
        self.product.taxes_id = tax
        self.sell_signed()
        self.assertEqual(
            self.totals()["vat"], [{"code": 11, "sum": 4500.1, "tax": 811.49}]
        )

    def vat_22(self):
        return self.env["account.tax"].create(
            {
                "name": "VAT 22 %",
                "amount": 22,
                "price_include_override": "tax_included",
                "kkt_vat_code": "11",
            }
        )

    def test_what_is_paid_before_has_the_calculated_rate(self):
        """As on the receipt: by tag 1214 of the product, back as it was sold."""
        self.product.taxes_id = self.vat_22()
        for method, code in (("1", 12), ("2", 12), ("3", 12), ("4", 11), (False, 11)):
            self.product.kkt_payment_method = method
            with self.subTest(method=method):
                order = self.sell()
                self.assertEqual(self.codes(order), {code: 4500.1})
                refund = self.order_of((self.product, -1, 4500.1), is_refund=True)
                self.assertEqual(self.codes(refund), {code: -4500.1})

    def order_of(self, *lines, is_refund=False):
        """An order as the page has it, of ``(product, quantity, price[, values])``."""
        total = sum(quantity * price for _product, quantity, price, *_more in lines)
        return self.env["pos.order"].create(
            {
                "session_id": self.session.id,
                "is_refund": is_refund,
                "amount_tax": 0,
                "amount_total": total,
                "amount_paid": total,
                "amount_return": 0,
                "lines": [
                    (
                        0,
                        0,
                        {
                            "product_id": product.id,
                            "qty": quantity,
                            "price_unit": price,
                            "tax_ids": [(6, 0, product.taxes_id.ids)],
                            "price_subtotal": quantity * price,
                            "price_subtotal_incl": quantity * price,
                            **(more[0] if more else {}),
                        },
                    )
                    for product, quantity, price, *more in lines
                ],
            }
        )

    def codes(self, order):
        return {row["code"]: row["sum"] for row in self.session._kkt_vat(order)}

    def rewarded(self, kind, product, **values):
        """A programme, and what its reward notes on a line."""
        rewards = [(0, 0, {"discount_mode": "per_point"})]
        program = self.program(kind, product, reward_ids=rewards, **values)
        return program, {"is_reward_line": True, "reward_id": program.reward_ids.id}

    def test_gift_cards_and_wallets_are_paid_before(self):
        """The same cases as the page's line_kind.test.ts."""
        frame, card = self.product, self.create_product("Card", self.categ_basic, 50)
        discount = self.create_product("Pays", self.categ_basic, 0)
        (frame | card).taxes_id = self.vat_22()
        for kind in ("gift_card", "ewallet"):
            _program, pays = self.rewarded(kind, card)
            for what, lines, refund, prepaid, codes in (
                ("sold", [(card, 1, 700)], False, None, {12: 700}),
                ("taken back", [(card, -1, 700)], True, None, {12: -700}),
                (
                    "pays",
                    [(frame, 1, 1000), (discount, 1, -300, pays)],
                    False,
                    300,
                    {11: 1000},
                ),
                (
                    "is given back",
                    [(frame, -1, 1000), (discount, -1, -300, pays)],
                    True,
                    -300,
                    {11: -1000},
                ),
                (
                    "takes the money of a refund",
                    [(frame, -1, 1000), (card, 1, 1000)],
                    True,
                    -1000,
                    {11: -1000},
                ),
            ):
                with self.subTest(kind=kind, what=what):
                    order = self.order_of(*lines, is_refund=refund)
                    payments = self.session._kkt_payments(order)
                    self.assertEqual(payments.get("prepaid"), prepaid)
                    self.assertEqual(self.codes(order), codes)

    def test_other_rewards_lower_the_turnover(self):
        tax = self.vat_22()
        self.product.taxes_id = tax
        discount = self.create_product("Reward", self.categ_basic, 0)
        discount.taxes_id = tax
        _program, reward = self.rewarded("promotion", self.product)
        order = self.order_of((self.product, 1, 1000), (discount, 1, -300, reward))
        self.assertEqual(self.session._kkt_payments(order), {})
        self.assertEqual(self.codes(order), {11: 700})

    def test_cards_of_other_shops_are_goods(self):
        card = self.create_product("Card", self.categ_basic, 50)
        other = self.config.copy({"name": "Another"})
        stranger = self.env["res.company"].create(
            {"name": "Another", "currency_id": self.company.currency_id.id}
        )
        program, _pays = self.rewarded(
            "gift_card", card, pos_config_ids=[(6, 0, other.ids)]
        )
        line = self.order_of((card, 1, 700)).lines
        self.assertEqual(line._kkt_kinds(), {line: "goods"})
        program.pos_config_ids |= self.config
        self.assertEqual(line._kkt_kinds(), {line: "advance"})
        program.company_id = stranger
        self.assertEqual(line._kkt_kinds(), {line: "goods"})
        program.company_id = self.company
        self.assertEqual(line._kkt_kinds(), {line: "advance"})
        program.active = False
        self.assertEqual(line._kkt_kinds(), {line: "goods"})

    def test_down_payments_are_paid_before(self):
        advance = self.config.down_payment_product_id
        advance.taxes_id = self.product.taxes_id = self.vat_22()
        order = self.order_of((advance, 1, 300))
        self.assertEqual(self.codes(order), {12: 300})
        order = self.order_of((self.product, 1, 1000), (advance, -1, 300))
        self.assertEqual(self.codes(order), {11: 1000})
        self.assertEqual(self.session._kkt_payments(order), {"prepaid": 300})

    def test_bad_shifts_are_refused(self):
        opened = [{"fn": FN, "shift": 2, "opened_at": "yesterday"}]
        for shifts in (opened, "12", [{"fn": FN}], [{"fn": 1, "shift": 2}], [{}] * 101):
            with self.assertRaises(UserError):
                self.session.kkt_closing_totals(shifts)


@tagged("post_install", "-at_install")
class TestFindReceipts(KktCommon):
    """The search for the receipt of a refund."""

    def setUp(self):
        super().setUp()
        self.open_new_session()

    def find(self, **query):
        found = self.env["pos.order"].kkt_find_receipts(self.config.id, query)
        return [row["fd"] for row in found]

    def test_by_number_sign_date_text_and_buyer(self):
        order = self.sell()
        order.partner_id = self.customer
        row = self.receipt_row(order.uuid, order_name="Order 7", fp=77001122)
        other = self.receipt_row(
            date_time="2026-11-21T09:00", order_name="X", fp=4000000001
        )
        self.deliver(row, other)
        fd = row["fd"]
        self.assertEqual(self.find(fn=FN, fd=fd), [fd])
        self.assertEqual(self.find(fn=FN, fd=fd, fp="1"), [])
        self.assertEqual(self.find(text="77001122"), [fd])
        self.assertEqual(self.find(text=str(fd))[:1] and True, True)
        self.assertEqual(self.find(text="order 7"), [fd])
        self.assertEqual(self.find(text=self.customer.name), [fd])
        self.assertEqual(self.find(text=order.pos_reference), [fd])
        self.assertEqual(self.find(date="2026-11-21"), [other["fd"]])
        self.assertEqual(self.find(text="nothing like it"), [])
        self.assertEqual(set(self.find()), {fd, other["fd"]})
        with self.assertRaises(UserError):
            self.find(date="21.11.2026")

    def test_what_is_left_and_where_it_was_sold(self):
        order = self.sell()
        row = self.receipt_row(order.uuid)
        self.deliver(row)
        refund = self.receipt_row(
            type="refund",
            refund_of={"fn": FN, "fd": row["fd"], "fp": row["fp"]},
            items=[{**row["items"][0], "qty": 0.4, "sum": 1800.04}],
            total=1800.04,
            payments=[{"method": "cash", "amount": 1800.04}],
        )
        self.deliver(refund)
        (found,) = self.env["pos.order"].kkt_find_receipts(
            self.config.id, {"fn": FN, "fd": row["fd"]}
        )
        self.assertEqual(found["order_id"], order.id)
        self.assertEqual(found["till"], "Till 1")
        self.assertEqual((found["total"], found["left"]), (4500.1, 2700.06))
        known = self.env["pos.order"].kkt_refundable([order.uuid, "unknown"])
        self.assertEqual(list(known), [order.uuid])
        self.assertEqual(
            known[order.uuid]["left"], [{"line": 1, "qty": 0.6, "sum": 2700.06}]
        )
        self.assertEqual(known[order.uuid]["fiscal"]["fd"], row["fd"])
        self.assertEqual(known[order.uuid]["items"][0]["sku"], "FR-001")
        self.assertEqual(
            known[order.uuid]["refunds"],
            [{"uuid": refund["uuid"], "payments": refund["payments"]}],
        )

    def test_a_sale_is_found_before_its_receipt_came(self):
        order = self.sell()
        (found,) = self.env["pos.order"].kkt_find_receipts(
            self.config.id, {"text": order.pos_reference}
        )
        self.assertEqual((found["uuid"], found["order_id"]), (order.uuid, order.id))
        self.assertEqual((found["fn"], found["fd"], found["left"]), ("", 0, None))
        self.deliver(self.receipt_row(order.uuid))
        (found,) = self.env["pos.order"].kkt_find_receipts(
            self.config.id, {"text": order.pos_reference}
        )
        self.assertEqual((found["uuid"], found["fn"]), (order.uuid, FN))

    def test_another_company_sees_nothing(self):
        self.deliver(self.receipt_row())
        stranger = self.new_user(
            "stranger",
            "point_of_sale.group_pos_user",
            company=self.env["res.company"].create({"name": "Another"}),
        )
        orders = self.env["pos.order"].with_user(stranger)
        with self.assertRaises(Exception):
            orders.kkt_find_receipts(self.config.id, {})
        uuid = self.env["kkt.receipt"].search([], limit=1).uuid
        self.assertEqual(orders.kkt_refundable([uuid]), {})
