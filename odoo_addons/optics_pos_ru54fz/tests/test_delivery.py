import time

from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import FN, KktCommon

_DELIVERY_LOG = "odoo.addons.optics_pos_ru54fz.models.kkt_receipt_delivery"


@tagged("post_install", "-at_install")
class TestDelivery(KktCommon):
    """Batches: fast enough for days of delay, row by row where one fails."""

    def test_statements_of_a_batch_do_not_grow_with_its_rows(self):
        self.deliver(self.receipt_row(), self.receipt_row())
        self.env.invalidate_all()
        counts = []
        for size in (10, 100):
            rows = [self.receipt_row() for _row in range(size)]
            before = self.env.cr.sql_log_count
            self.deliver(*rows)
            counts.append(self.env.cr.sql_log_count - before)
        self.assertLess(counts[1], 20)
        self.assertLessEqual(counts[1] - counts[0], 5)

    def test_fifty_a_second(self):
        """Over ten batches, with whatever else this machine does."""
        batches = [[self.receipt_row() for _row in range(100)] for _batch in range(10)]
        began = time.monotonic()
        for rows in batches:
            self.deliver(*rows)
        self.assertGreater(1000 / (time.monotonic() - began), 50)

    def test_all_kinds_of_rows_in_one_batch(self):
        known, conflict = self.receipt_row(), self.receipt_row()
        self.deliver(known, conflict)
        twin = self.receipt_row()
        rows = [
            self.receipt_row(),
            known,
            {**known, "ofd_delivered": True},
            {**conflict, "total": 1},
            None,
            twin,
            twin,
            {**twin, "fd": twin["fd"] + 5000},
            self.receipt_row(),
        ]
        with mute_logger(_DELIVERY_LOG):
            results = self.deliver(*rows)
        self.assertEqual(
            [result["status"] for result in results],
            [
                "created",
                "known",
                "updated",
                "refused",
                "refused",
                "created",
                "known",
                "refused",
                "created",
            ],
        )
        self.assertEqual(
            [result["fd"] for result in results if result["fd"]],
            [row["fd"] for row in rows if row],
        )

    def test_one_row_that_postgresql_refuses_leaves_the_others(self):
        rows = [self.receipt_row() for _row in range(5)]
        rows[2]["order_name"] = "a\x00b"
        with mute_logger(_DELIVERY_LOG, "odoo.sql_db"):
            results = self.deliver(*rows)
        self.assertEqual(
            [result["status"] for result in results],
            ["created", "created", "refused", "created", "created"],
        )

    def test_corrections(self):
        correction = {
            "basis": "instruction",
            "date": "2026-11-20",
            "number": "7",
            "wrong_fp": 4000000000,
        }
        for kind, operation in (("sale_correction", 1), ("refund_correction", 2)):
            row = self.receipt_row(type=kind, correction=correction)
            self.assertEqual(self.deliver_one(row)["status"], "created")
            receipt = self.receipt_of(row)
            self.assertEqual(receipt.type, kind)
            self.assertEqual(receipt.content["correction"], correction)
            self.assertTrue(receipt.qr.endswith(f"&n={operation}"))
            self.assertEqual(receipt._fiscal()["operation"], operation)
            self.assertEqual(self.deliver_one(row)["status"], "known")
            other = {**row, "correction": {**correction, "number": "8"}}
            with mute_logger(_DELIVERY_LOG):
                self.assertEqual(self.deliver_one(other)["status"], "refused")
        self.assertEqual(self.env["kkt.receipt"].search_count([("fn", "=", FN)]), 2)

    def test_refund_that_names_its_sale_badly_is_a_fact(self):
        for original in ({}, {"fn": 5, "fd": "x"}, {"fn": "1" * 17, "fd": 1}):
            row = self.receipt_row(type="refund", refund_of=original)
            self.assertEqual(self.deliver_one(row)["status"], "created")
            self.assertFalse(self.receipt_of(row).refund_fn)
