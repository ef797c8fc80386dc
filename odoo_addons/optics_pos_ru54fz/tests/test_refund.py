import random
from datetime import timedelta
from uuid import uuid4

from odoo.exceptions import UserError, ValidationError
from odoo.tests import BaseCase, freeze_time, tagged

from ..tools.bridge_messages import parse_line
from ..tools.refundable import Refundable
from .common import FN, KktCommon


def item(name, qty, total, sku=None, **more):
    return {"sku": sku, "name": name, "qty": qty, "sum": total, **more}


@tagged("post_install", "-at_install")
class TestRefundable(BaseCase):
    """What is left of a sale, to the kopeck and to the millionth."""

    def sale(self, *items):
        return Refundable({"items": list(items)})

    def take(self, left, *items):
        return left.take([parse_line(line) for line in items])

    def test_by_line(self):
        left = self.sale(item("a", 2, 20), item("a", 1, 15))
        self.assertEqual(
            self.take(left, item("a", 1, 15, line=2)), {2: (1_000_000, 1500)}
        )
        self.assertIsNone(self.take(left, item("a", 1, 0.01, line=2)))
        self.assertIsNone(self.take(left, item("a", 1, 1, line=3)))
        self.assertEqual(
            left.lines(),
            [{"line": 1, "qty": 2, "sum": 20}, {"line": 2, "qty": 0, "sum": 0}],
        )

    def test_by_article_and_by_name(self):
        left = self.sale(item("x", 2, 20, "A"), item("y", 1, 10, "A"), item("x", 1, 5))
        self.assertEqual(
            self.take(left, item("renamed", 3, 30, "A")),
            {1: (2_000_000, 2000), 2: (1_000_000, 1000)},
        )
        self.assertIsNone(self.take(left, item("x", 2, 5)))
        self.assertEqual(self.take(left, item("x", 1, 5)), {3: (1_000_000, 500)})
        self.assertIsNone(self.take(left, item("unknown", 1, 1)))

    def test_thirds_of_a_kopeck(self):
        left = self.sale(item("a", 3, 100))
        for total in (33.33, 33.33, 33.34):
            self.assertTrue(self.take(left, item("a", 1, total, line=1)))
        self.assertEqual(left.lines(), [{"line": 1, "qty": 0, "sum": 0}])

    def test_decimals_are_exact(self):
        left = self.sale(item("a", 0.3, 0.3))
        for _part in range(3):
            self.assertTrue(self.take(left, item("a", 0.1, 0.1)))
        self.assertIsNone(self.take(left, item("a", 0.000001, 0)))

    def test_all_or_nothing(self):
        left = self.sale(item("a", 1, 10), item("b", 1, 10))
        self.assertIsNone(self.take(left, item("a", 1, 10), item("b", 2, 10)))
        self.assertEqual([line["qty"] for line in left.lines()], [1, 1])

    def test_goods_of_no_line_count_against_the_total(self):
        left = self.sale(item("a", 10, 100))
        left.book({"items": [item("something", 1, 95)]})
        self.assertIsNone(self.take(left, item("a", 1, 10)))
        self.assertTrue(self.take(left, item("a", 1, 5)))

    def test_never_more_than_was_sold(self):
        """Random sales and refunds, by line or not: the sums hold at every step."""
        source = random.Random(54)
        for _case in range(300):
            lines = [
                item(
                    source.choice("ab"),
                    source.randint(1, 5000) / 1000,
                    source.randint(1, 90000) / 100,
                    source.choice((None, "S", "T")),
                )
                for _line in range(source.randint(1, 5))
            ]
            left = self.sale(*lines)
            quantity = [round(line["qty"] * 1_000_000) for line in lines]
            kopecks = [round(line["sum"] * 100) for line in lines]
            for _refund in range(12):
                line = source.choice(lines)
                taken = self.take(
                    left,
                    item(
                        line["name"],
                        source.randint(1, 3000) / 1000,
                        source.randint(0, 40000) / 100,
                        line["sku"],
                        line=source.choice(
                            (None, source.randint(1, len(lines))),
                        ),
                    ),
                )
                for number, (millionths, amount) in (taken or {}).items():
                    quantity[number - 1] -= millionths
                    kopecks[number - 1] -= amount
                self.assertGreaterEqual(min(quantity), 0)
                self.assertGreaterEqual(min(kopecks), 0)


@tagged("post_install", "-at_install")
class TestReservation(KktCommon):
    """Two tills never take back the same goods."""

    def setUp(self):
        super().setUp()
        self.sale = self.receipt_row(
            total=100,
            items=[item("Lens", 2, 60, "L"), item("Frame", 1, 40, "F")],
            payments=[{"method": "cash", "amount": 100}],
        )
        self.deliver(self.sale)

    def ask(self, *items, uuid=None, till=None, release=(), **original):
        original = {
            "fn": FN,
            "fd": self.sale["fd"],
            "fp": self.sale["fp"],
            **original,
        }
        uuid = uuid or str(uuid4())
        row = {"uuid": uuid, "refund_of": original, "items": list(items)}
        (result,) = self.answer(till, reserve=[row], release=list(release))
        self.assertEqual(result["uuid"], uuid)
        return result

    def answer(self, till=None, **params):
        reservations = self.env["kkt.refund.reservation"].with_user(self.worker)
        till = (till or self.till).with_user(self.worker)
        return reservations._answer(till, params)["results"]

    def assertLeft(self, result, *left):
        self.assertEqual(result["status"], "exceeds")
        self.assertEqual(result["error"]["code"], "refund_exceeds")
        lines = [(row["qty"], row["sum"]) for row in result["error"]["left"]]
        self.assertEqual(lines, list(left))

    def test_reserved_until_nothing_is_left(self):
        lens = item("Lens", 1, 30, "L", line=1)
        self.assertEqual(self.ask(lens)["status"], "reserved")
        self.assertEqual(self.ask(lens)["status"], "reserved")
        self.assertLeft(self.ask(lens), (0, 0), (1, 40))
        self.assertEqual(self.ask(item("Frame", 1, 40, "F"))["status"], "reserved")

    def test_asked_again_it_replaces_itself(self):
        uuid = str(uuid4())
        for qty in (1, 2, 1, 2):
            result = self.ask(item("Lens", qty, 30 * qty, "L"), uuid=uuid)
            self.assertEqual(
                result, {"uuid": uuid, "status": "reserved", "error": None}
            )
        active = self.env["kkt.refund.reservation"].search([("state", "=", "active")])
        self.assertEqual(active.mapped("quantity"), [2.0])
        self.assertEqual(active.mapped("amount"), [60.0])

    def test_released_and_expired_are_given_back(self):
        both = item("Lens", 2, 60, "L")
        first = str(uuid4())
        self.ask(both, uuid=first)
        self.assertEqual(self.ask(both)["status"], "exceeds")
        self.assertEqual(self.ask(both, release=[first])["status"], "reserved")
        later = self.env.cr.now() + timedelta(hours=24, minutes=1)
        with freeze_time(later):
            self.assertEqual(self.ask(both)["status"], "reserved")
            self.env["kkt.refund.reservation"]._expire()
        states = self.env["kkt.refund.reservation"].search([], order="id")
        self.assertEqual(states.mapped("state"), ["released", "expired", "active"])

    def test_refund_ends_its_reservation_and_counts_itself(self):
        uuid = str(uuid4())
        lens = item("Lens", 1, 30, "L", refund_line=1)
        self.ask(lens, uuid=uuid)
        refund = self.receipt_row(
            uuid,
            type="refund",
            total=30,
            items=[lens],
            payments=[{"method": "cash", "amount": 30}],
            refund_of={
                "fn": FN,
                "fd": self.sale["fd"],
                "fp": self.sale["fp"],
                "date": "2026-11-22",
            },
        )
        self.assertEqual(self.deliver_one(refund)["status"], "created")
        reservation = self.env["kkt.refund.reservation"].search([])
        self.assertEqual(reservation.state, "booked")
        self.assertEqual(reservation.refund_id, self.receipt_of(refund))
        self.assertEqual(
            self.receipt_of(refund).original_id, self.receipt_of(self.sale)
        )
        self.assertEqual(self.receipt_of(self.sale).refund_ids.uuid, uuid)
        # Asked again after it is here: still its own.
        self.assertEqual(self.ask(lens, uuid=uuid)["status"], "reserved")
        self.assertLeft(self.ask(item("Lens", 2, 60, "L")), (1, 30), (1, 40))
        self.assertEqual(self.ask(lens)["status"], "reserved")
        self.assertLeft(self.ask(lens), (0, 0), (1, 40))

    def test_refund_that_was_never_reserved_counts(self):
        self.deliver(
            self.receipt_row(
                type="refund",
                total=60,
                items=[item("Lens", 2, 60, "L")],
                payments=[],
                refund_of={"fn": FN, "fd": self.sale["fd"], "fp": 1, "date": "x"},
            )
        )
        self.assertLeft(self.ask(item("Lens", 1, 30, "L")), (0, 0), (1, 40))

    def test_original_unknown(self):
        for original in ({"fd": 999999}, {"fn": "1111111111111111"}):
            result = self.ask(item("Lens", 1, 30), **original)
            self.assertEqual(result["status"], "original_unknown")
            self.assertIsNone(result["error"])

    def test_another_document(self):
        refund = self.receipt_row(type="refund", items=[item("Lens", 1, 30)])
        self.deliver(refund)
        for original in ({"fp": 1}, {"fd": refund["fd"], "fp": refund["fp"]}):
            result = self.ask(item("Lens", 1, 30), **original)
            self.assertEqual(result["status"], "exceeds")
            self.assertEqual(result["error"]["code"], "original_differs")
            self.assertEqual(result["error"]["left"], [])

    def test_other_tills_of_the_company(self):
        other = self.till.create(
            {
                "name": "Till 2",
                "code": "TEST-2",
                "pos_config_id": self.other_currency_config.id,
            }
        )
        both = item("Lens", 2, 60, "L")
        self.assertEqual(self.ask(both, till=other)["status"], "reserved")
        self.assertEqual(self.ask(both)["status"], "exceeds")

    def test_one_bad_request_does_not_touch_the_others(self):
        good = {
            "uuid": str(uuid4()),
            "refund_of": {"fn": FN, "fd": self.sale["fd"], "fp": None},
            "items": [item("Frame", 1, 40, "F")],
        }
        results = self.answer(
            reserve=[None, {"uuid": "u"}, {**good, "items": [{}]}, good]
        )
        self.assertEqual(
            [(row["status"], (row["error"] or {}).get("code")) for row in results],
            [("exceeds", "row_invalid")] * 3 + [("reserved", None)],
        )

    def test_batches_are_limited(self):
        for params in ({"reserve": [1] * 101}, {"release": "x"}):
            with self.assertRaises(ValidationError):
                self.answer(**params)

    def test_append_only(self):
        self.ask(item("Lens", 1, 30, "L"))
        reservation = self.env["kkt.refund.reservation"].search([])
        with self.assertRaises(UserError):
            reservation.write({"state": "released"})
        with self.assertRaises(UserError):
            reservation.sudo().write({"sum_kopecks": 1})
        with self.assertRaises(UserError):
            reservation.sudo().unlink()
