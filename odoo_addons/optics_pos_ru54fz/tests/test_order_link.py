from unittest.mock import patch
from uuid import uuid4

import psycopg2

from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import FN, KktCommon

_DELIVERY = "odoo.addons.optics_pos_ru54fz.models.kkt_receipt_delivery"


@tagged("post_install", "-at_install")
class TestOrderLink(KktCommon):
    """An order and its receipt find each other, whichever arrives first."""

    def setUp(self):
        super().setUp()
        self.open_new_session()

    def test_order_first(self):
        order = self.sell()
        self.assertFalse(order.kkt_fiscal)
        self.assertEqual(order.kkt_receipt_count, 0)
        row = self.receipt_row(order.uuid)
        self.assertEqual(self.deliver_one(row)["order"], "linked")
        receipt = self.receipt_of(row)
        self.assertEqual(receipt.order_id, order)
        self.assertEqual(order.kkt_receipt_id, receipt)

    def test_receipt_first(self):
        uuid = str(uuid4())
        row = self.receipt_row(uuid)
        self.assertEqual(self.deliver_one(row)["order"], "missing")
        order = self.sell(uuid=uuid)
        self.assertEqual(self.receipt_of(row).order_id, order)
        self.assertEqual(order.state, "paid")
        self.assertEqual(self.deliver_one(row)["order"], "linked")

    def test_change_is_recorded_when_the_receipt_came_first(self):
        """The stock code books the change as a payment of the order it just made."""
        uuid = str(uuid4())
        self.deliver(self.receipt_row(uuid, change=499.9))
        data = self.create_ui_order_data(
            [(self.product, 1)],
            uuid=uuid,
            payments=[(self.cash_pm1, 5000)],
            pos_order_ui_args={"state": "paid", "amount_return": -499.9},
        )
        self.env["pos.order"].sync_from_ui([data])
        order = self.env["pos.order"].search([("uuid", "=", uuid)])
        self.assertEqual(sorted(order.payment_ids.mapped("amount")), [-499.9, 5000])
        self.assertAlmostEqual(order.amount_paid, 4500.1)

    def test_missed_links_are_found_later(self):
        order = self.sell()
        row = self.receipt_row(order.uuid)
        self.deliver(row)
        receipt = self.receipt_of(row)
        self.env.cr.execute(
            "UPDATE kkt_receipt SET order_id = NULL WHERE id = %s", [receipt.id]
        )
        self.env.invalidate_all()
        self.assertFalse(receipt.order_id)
        self.env["kkt.receipt"]._link_missing()
        self.assertEqual(receipt.order_id, order)

    def test_a_link_that_another_write_hindered_is_tried_again(self):
        """A refund may reserve goods of the receipt in the very moment of the link."""
        receipts = type(self.env["kkt.receipt"])
        busy = psycopg2.errors.SerializationFailure()
        for failures, tries in (([], 1), ([busy] * 3, 4), ([busy] * 9, 5)):
            with self.subTest(failures=len(failures)), patch.object(
                receipts, "_link_missing", side_effect=[*failures, None]
            ) as link, mute_logger(_DELIVERY):
                self.env["kkt.receipt"]._link_after_commit([str(uuid4())])
                self.env.cr.postcommit.run()
                self.assertEqual(link.call_count, tries)

    def test_fiscal_data_of_the_order(self):
        order = self.sell_signed()
        receipt = order.kkt_receipt_id
        self.assertEqual(
            order.kkt_fiscal,
            {
                "fn": FN,
                "fd": receipt.fd,
                "fp": 4123456789,
                "date_time": "2026-11-22T21:03",
                "date": "2026-11-22",
                "shift": 12,
                "receipt": 5,
                "attempt": 1,
                "operation": 1,
                "sum": 4500.1,
                "change": 0,
                "rnm": "0000000001000001",
                "inn": "7700007773",
                "qr": receipt.qr,
            },
        )
        self.assertEqual(
            (order.kkt_fn, order.kkt_fd, order.kkt_fp),
            (FN, str(receipt.fd), "4123456789"),
        )
        for name in ("kkt_fiscal", "kkt_receipt_id", "kkt_fn", "kkt_fd", "kkt_fp"):
            self.assertFalse(order._fields[name].store, name)

    def test_last_attempt_counts(self):
        order = self.sell()
        second = self.receipt_row(order.uuid, attempt=2)
        first = self.receipt_row(order.uuid, attempt=1)
        self.deliver(second, first)
        self.assertEqual(order.kkt_receipt_id, self.receipt_of(second))
        self.assertEqual(order.kkt_receipt_count, 2)
        self.assertEqual(
            self.env["pos.order"].kkt_original([order.uuid])[order.uuid]["fd"],
            second["fd"],
        )

    def test_original_of_a_refund(self):
        signed, unsigned = self.sell_signed(), self.sell()
        orders = self.env["pos.order"]
        found = orders.kkt_original([signed.uuid, unsigned.uuid, "unknown", 5])
        self.assertEqual(found, {signed.uuid: signed.kkt_fiscal})
        loaded = orders.read_pos_orders([("id", "=", signed.id)])["pos.order"]
        self.assertEqual(loaded[0]["kkt_fiscal"], signed.kkt_fiscal)

    def test_orders_without_a_receipt_are_found(self):
        signed, unsigned = self.sell_signed(), self.sell()
        orders = self.env["pos.order"].search([("kkt_receipt_id", "=", False)])
        self.assertIn(unsigned, orders)
        self.assertNotIn(signed, orders)
        receipt = signed.kkt_receipt_id
        self.assertEqual(orders.search([("kkt_receipt_id", "=", receipt.id)]), signed)

    def test_difference_is_shown_and_put_on_record(self):
        uuid = str(uuid4())
        row = self.receipt_row(uuid, total=4400.1)
        self.deliver(row)
        self.sell(uuid=uuid)
        self.assertAlmostEqual(self.receipt_of(row).order_difference, 100)
        self.assertEqual(self.env["kkt.event"].search([]).kind, "total_differs")

    def test_difference_is_noticed_whichever_comes_first(self):
        order = self.sell()
        self.deliver(self.receipt_row(order.uuid, total=4600.1))
        self.assertEqual(self.env["kkt.event"].search([]).kind, "total_differs")

    def test_settlement_of_a_prepaid_order_is_no_difference(self):
        order = self.sell()
        payments = [
            {"method": "prepaid", "amount": 2000},
            {"method": "cash", "amount": 4500.1},
        ]
        row = self.receipt_row(order.uuid, total=6500.1, payments=payments)
        self.deliver(row)
        self.assertAlmostEqual(self.receipt_of(row).order_difference, 0)
        self.assertFalse(self.env["kkt.event"].search([]))

    def test_kopecks_rounded_down_are_no_incident(self):
        uuid = str(uuid4())
        self.deliver(self.receipt_row(uuid, total=4500))
        self.sell(uuid=uuid)
        self.assertFalse(self.env["kkt.event"].search([]))
