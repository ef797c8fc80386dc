from odoo.tests import BaseCase, tagged

from ..tools import messages, wire


@tagged("post_install", "-at_install")
class TestWire(BaseCase):
    """The door: amounts, instants and identities, and what is refused by name."""

    def assertRefused(self, field, call, *args, **kwargs):
        with self.assertRaises(wire.WireError) as caught:
            call(*args, **kwargs)
        self.assertEqual(caught.exception.field, field)

    def test_kopecks_are_exact(self):
        for roubles, kopecks in [
            (0, 0),
            (0.01, 1),
            (4500.1, 450010),
            (1.15, 115),
            (9999999999.99, 999999999999),
        ]:
            with self.subTest(roubles):
                self.assertEqual(wire.kopecks({"total": roubles}, "total"), kopecks)

    def test_kopecks_refused(self):
        for value in (
            0.001,
            -0.01,
            "4500",
            None,
            True,
            float("nan"),
            float("inf"),
            10000000000,
        ):
            with self.subTest(repr(value)):
                self.assertRefused("total", wire.kopecks, {"total": value}, "total")

    def test_instants_become_naive_utc(self):
        row = {"utc": "2026-11-22T21:03:05.999+03:00"}
        self.assertEqual(wire.instant(row, "utc").isoformat(), "2026-11-22T18:03:05")
        for value in ("2026-11-22T21:03", "yesterday", 5, "9999-12-31T23:59:59-23:00"):
            with self.subTest(repr(value)):
                self.assertRefused("utc", wire.instant, {"utc": value}, "utc")

    def test_wall_time_must_exist(self):
        self.assertEqual(
            wire.wall_time({"t": "2026-11-22T21:03:59"}, "t"), "2026-11-22T21:03"
        )
        for value in ("2026-02-30T10:00", "2026-11-22 21:03", "20261122T2103", None):
            with self.subTest(repr(value)):
                self.assertRefused("t", wire.wall_time, {"t": value}, "t")

    def test_choices_and_whole_numbers(self):
        self.assertRefused("m", wire.choice, {"m": ["online"]}, "m", {"online"})
        self.assertRefused("n", wire.integer, {"n": 1.5}, "n")
        self.assertRefused("n", wire.integer, {"n": True}, "n")
        self.assertRefused("n", wire.integer, {"n": 2**31}, "n")

    def test_batches_have_a_limit(self):
        self.assertEqual(len(wire.rows([{}] * 100, "receipts")), 100)
        self.assertRefused("receipts", wire.rows, [{}] * 101, "receipts")
        self.assertRefused("receipts", wire.rows, {"0": {}}, "receipts")

    def test_differences_ignore_contact_and_clocks(self):
        stored = {"total": 1, "items": [{"name": "a"}], "hlc": 1, "customer": None}
        again = {**stored, "hlc": 2, "customer": {"phone": "+7"}, "cashier": {}}
        self.assertEqual(messages.differences(stored, again), [])
        self.assertEqual(
            messages.differences(
                stored, {**again, "items": [{"name": "b"}], "total": 2}
            ),
            ["total", "items"],
        )

    def test_differences_ignore_members_that_one_side_does_not_know(self):
        stored = {"items": [{"name": "a", "sum": 1}], "refund_of": None}
        newer = {"items": [{"name": "a", "sum": 1.0, "unit": 0}], "refund_of": None}
        self.assertEqual(messages.differences(stored, newer), [])
        for other in (
            {"items": [], "refund_of": None},
            {"items": [{}], "refund_of": None},
            {"items": [{"name": "a", "sum": 2}], "refund_of": None},
            {"items": stored["items"] * 2, "refund_of": None},
        ):
            self.assertEqual(messages.differences(stored, other), ["items"])
        self.assertEqual(
            messages.differences(stored, {**stored, "refund_of": {"fd": 1}}),
            ["refund_of"],
        )
