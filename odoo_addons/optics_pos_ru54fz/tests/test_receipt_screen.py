from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .common import FN, KktCommon


@tagged("post_install", "-at_install")
class TestReceiptScreen(KktCommon):
    """Finding a receipt, reading its document, making its lost order anew."""

    def setUp(self):
        super().setUp()
        self.open_new_session()

    def found(self, text):
        return self.env["kkt.receipt"].search([("number", "ilike", text)])

    def test_found_by_any_number(self):
        row = self.receipt_row(order_name="Order 004711", fp=1234567)
        other = self.receipt_row(fn="9999078900000999", fp=7654321)
        self.deliver(row, other)
        receipt = self.receipt_of(row)
        for text in (
            str(row["fd"]),
            "1234567",
            "0001234567",
            "004711",
            row["uuid"],
            receipt.qr,
            f" {row['fd']} ",
        ):
            with self.subTest(text):
                self.assertIn(receipt, self.found(text))
        self.assertEqual(self.found(receipt.qr), receipt)
        self.assertEqual(self.found("1234567"), receipt)
        self.assertEqual(self.found("9999078900000999"), self.receipt_of(other))
        self.assertFalse(self.found("99999999999999999999"))
        order = self.sell_signed()
        self.assertEqual(self.found(order.pos_reference).order_id, order)

    def test_document_with_its_tags(self):
        row = self.receipt_row(
            customer={"name": "Buyer", "inn": None, "email": "b@example.com"},
            change=0.5,
        )
        self.deliver(row)
        html = str(self.receipt_of(row).content_html)
        for text in ("1041", FN, "Cashier A. A.", "Buyer", "b@example.com", "4500.10"):
            self.assertIn(text, html)
        self.assertIn("Full settlement", html)
        self.assertTrue(self.receipt_of(row).qr_image)

    def test_what_differs_from_the_request(self):
        row = self.receipt_row()
        self.deliver(row)
        self.assertFalse(self.receipt_of(row).mismatch_text)
        self.env["kkt.till.event"]._deliver(
            self.till,
            {
                "journal": "11111111-aaaa",
                "events": [
                    {
                        "seq": 1,
                        "at": "2026-11-22T18:00:00Z",
                        "kind": "document.mismatch",
                        "key": f"{row['uuid']}:1",
                        "data": {"mismatches": ["total: 1 instead of 2"]},
                    }
                ],
            },
        )
        receipt = self.receipt_of(row)
        receipt.invalidate_recordset()
        self.assertEqual(receipt.mismatch_text, "total: 1 instead of 2")

    # ------------------------------------------------------------------
    # Order missing
    # ------------------------------------------------------------------

    def lost(self, **values):
        row = self.receipt_row(**values)
        self.deliver(row)
        receipt = self.receipt_of(row)
        self.assertTrue(receipt.order_missing)
        self.assertIn(
            receipt, self.env["kkt.receipt"].search([("order_missing", "=", True)])
        )
        return receipt

    def item(self, **values):
        return {
            "sku": "FR-001",
            "name": "Frame",
            "qty": 1,
            "price": 4500.1,
            "sum": 4500.1,
            "vat": 6,
            "payment_method": 4,
            "subject": 1,
            "unit": 0,
            **values,
        }

    def test_rebuilt_from_the_receipt(self):
        self.product.default_code = "FR-001"
        receipt = self.lost(
            items=[self.item(), self.item(qty=0.5, price=100.1, sum=50.05)],
            total=4550.15,
            change=449.85,
            payments=[{"method": "cash", "amount": 5000}],
        )
        receipt.action_rebuild_order()
        order = receipt.order_id
        self.assertRecordValues(
            order,
            [
                {
                    "uuid": receipt.uuid,
                    "state": "paid",
                    "amount_total": 4550.15,
                    "amount_paid": 4550.15,
                }
            ],
        )
        self.assertEqual(order.lines.mapped("qty"), [1, 0.5])
        self.assertEqual(order.lines.mapped("price_subtotal_incl"), [4500.1, 50.05])
        self.assertEqual(sorted(order.payment_ids.mapped("amount")), [-449.85, 5000])
        self.assertFalse(receipt.order_missing)
        self.assertEqual(receipt.order_difference, 0)
        with self.assertRaises(UserError):
            receipt.action_rebuild_order()

    def test_rebuilt_over_a_draft(self):
        """What the draft holds is not added to what the receipt says."""
        self.product.default_code = "FR-001"
        uuid, data = self.blob_data(state="draft")
        self.env["pos.order"].sync_from_ui([data])
        draft = self.env["pos.order"].search([("uuid", "=", uuid)])
        receipt = self.lost(uuid=uuid)
        self.assertEqual(receipt.order_id, draft)
        receipt.action_rebuild_order()
        self.assertRecordValues(
            draft, [{"state": "paid", "amount_total": 4500.1, "amount_paid": 4500.1}]
        )
        self.assertEqual(len(draft.lines), 1)
        self.assertFalse(receipt.order_missing)
        self.assertEqual(receipt.order_difference, 0)

    def test_refund_rebuilt(self):
        self.product.default_code = "FR-001"
        receipt = self.lost(type="refund")
        receipt.action_rebuild_order()
        self.assertEqual(receipt.order_id.amount_total, -4500.1)
        self.assertEqual(receipt.order_id.payment_ids.amount, -4500.1)
        self.assertEqual(receipt.order_difference, 0)

    def test_page_that_comes_late_changes_nothing(self):
        self.product.default_code = "FR-001"
        receipt = self.lost()
        receipt.action_rebuild_order()
        self.sell(uuid=receipt.uuid)
        orders = self.env["pos.order"].search([("uuid", "=", receipt.uuid)])
        self.assertEqual(orders, receipt.order_id)
        self.assertEqual(len(orders.lines), 1)

    def test_what_is_in_the_way_is_said(self):
        receipt = self.lost(items=[self.item(sku="NONE", name="Unknown thing")])
        with self.assertRaisesRegex(UserError, "NONE"):
            receipt.action_rebuild_order()
        self.product.default_code = "FR-001"
        receipt = self.lost(payments=[{"method": "other", "amount": 4500.1}])
        with self.assertRaisesRegex(UserError, "other"):
            receipt.action_rebuild_order()
        self.pos_session.close_session_from_ui()
        receipt = self.lost()
        with self.assertRaisesRegex(UserError, "session"):
            receipt.action_rebuild_order()

    def test_managers_only(self):
        receipt = self.lost()
        for name, groups in (
            ("cashier", ["point_of_sale.group_pos_user"]),
            ("accountant", ["optics_pos_ru54fz.group_kkt_accountant"]),
        ):
            user = self.new_user(name, "base.group_user", *groups)
            with self.assertRaises(AccessError):
                receipt.with_user(user).action_rebuild_order()
        self.product.default_code = "FR-001"
        manager = self.new_user(
            "manager", "base.group_user", "point_of_sale.group_pos_manager"
        )
        receipt.with_user(manager).action_rebuild_order()
        self.assertTrue(receipt.order_id)

    def test_correction_has_no_order(self):
        row = self.receipt_row(type="sale_correction")
        self.deliver(row)
        self.assertFalse(self.receipt_of(row).order_missing)
