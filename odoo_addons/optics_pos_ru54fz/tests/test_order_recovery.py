import json
from uuid import uuid4

from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import KktCommon


@tagged("post_install", "-at_install")
class TestOrderRecovery(KktCommon):
    """An order that only the bridge still has is created from its blob."""

    def setUp(self):
        super().setUp()
        self.open_new_session()
        self.seller = self.new_user(
            "seller", "base.group_user", "point_of_sale.group_pos_user"
        )
        self.pos_session.user_id = self.seller

    def recover(self, uuid, data):
        orders = (
            self.env["pos.order"]
            .with_user(self.worker)
            .with_context(allowed_company_ids=self.company.ids)
        )
        blob = data if isinstance(data, str) else json.dumps(data)
        (result,) = orders._kkt_recover(
            self.till.with_env(orders.env), [{"uuid": uuid, "blob": blob}]
        )
        return result

    def order(self, uuid):
        return self.env["pos.order"].search([("uuid", "=", uuid)])

    def assertRefused(self, code, uuid, data):
        result = self.recover(uuid, data)
        self.assertEqual(result["status"], "refused")
        self.assertEqual(result["error"]["code"], code, result)
        self.assertTrue(result["error"]["message"])
        self.assertFalse(self.order(uuid).filtered(lambda o: o.state != "draft"))

    def test_created_once(self):
        uuid, data = self.blob_data()
        row = self.receipt_row(uuid)
        self.deliver(row)
        self.assertEqual(
            self.recover(uuid, data), {"uuid": uuid, "status": "created", "error": None}
        )
        order = self.order(uuid)
        self.assertRecordValues(
            order, [{"state": "paid", "amount_total": 4500.1, "amount_paid": 4500.1}]
        )
        self.assertEqual(self.receipt_of(row).order_id, order)
        self.assertEqual(order.create_uid, self.seller)
        self.assertEqual(self.recover(uuid, data)["status"], "known")
        self.assertEqual(len(self.order(uuid)), 1)

    def test_draft_is_completed(self):
        uuid, data = self.blob_data(state="draft")
        self.env["pos.order"].sync_from_ui([json.loads(json.dumps(data))])
        draft = self.order(uuid)
        self.assertEqual(draft.state, "draft")
        row = self.receipt_row(uuid)
        self.assertEqual(self.deliver_one(row)["order"], "missing")
        data.update(
            state="paid", lines=[], payment_ids=[], access_token=draft.access_token
        )
        self.assertEqual(self.recover(uuid, data)["status"], "created")
        self.assertEqual(draft.state, "paid")
        self.assertEqual(self.deliver_one(row)["order"], "linked")

    def test_draft_that_came_after_the_copy(self):
        """The copy has as new what the page brought with the draft."""
        uuid, data = self.blob_data()
        draft = self.draft(data)
        self.deliver(self.receipt_row(uuid))
        lines, payments = draft.lines, draft.payment_ids
        data.pop("access_token", None)
        self.assertEqual(self.recover(uuid, data)["status"], "created")
        self.assertEqual(draft.lines, lines)
        self.assertEqual(draft.payment_ids, payments)
        self.assertRecordValues(
            draft, [{"state": "paid", "amount_total": 4500.1, "amount_paid": 4500.1}]
        )

    def test_draft_that_another_till_cancelled(self):
        """Odoo ignores what a page brings of a cancelled order; a receipt does not."""
        uuid, data = self.blob_data()
        draft = self.draft(data)
        draft.action_pos_order_cancel()
        self.assertEqual(draft.state, "cancel")
        row = self.receipt_row(uuid)
        self.assertEqual(self.deliver_one(row)["order"], "missing")
        self.assertEqual(draft.state, "draft")
        with self.assertRaises(UserError):
            draft.action_pos_order_cancel()
        self.assertEqual(self.recover(uuid, data)["status"], "created")
        self.assertEqual(draft.state, "paid")
        self.assertEqual(self.deliver_one(row)["order"], "linked")

    def draft(self, data):
        """The order as the page brings it before it is paid."""
        self.env["pos.order"].sync_from_ui(
            [{**json.loads(json.dumps(data)), "state": "draft"}]
        )
        draft = self.order(data["uuid"])
        self.assertEqual(draft.state, "draft")
        return draft

    def refund_data(self, sale, **line):
        """The refund of a sale as a page has it that knows no numbers of it yet."""
        uuid, data = self.blob_data()
        (sold,) = [vals for _code, _id, vals in sale["lines"]]
        (back,) = [vals for _code, _id, vals in data["lines"]]
        for name in ("qty", "price_subtotal", "price_subtotal_incl"):
            back[name] = -back[name]
        back |= {"kkt_refunded_uuid": sold["uuid"], **line}
        for _code, _id, payment in data["payment_ids"]:
            payment["amount"] = -payment["amount"]
        for name in ("amount_total", "amount_tax", "amount_paid"):
            data[name] = -data[name]
        return uuid, {**data, "is_refund": True}

    def test_refund_knows_its_sale_whichever_comes_first(self):
        for first in ("sale", "refund"):
            with self.subTest(first):
                _uuid, sale = self.blob_data()
                _uuid, refund = self.refund_data(sale)
                both = [sale, refund] if first == "sale" else [refund, sale]
                for data in both:
                    # by its page, or by the bridge's copy: the same door
                    self.env["pos.order"].sync_from_ui([json.loads(json.dumps(data))])
                sold, back = self.order(sale["uuid"]), self.order(refund["uuid"])
                self.assertEqual(back.state, "paid")
                self.assertEqual(back.refunded_order_id, sold)
                self.assertEqual(sold.lines.refunded_qty, 1)

    def test_refund_that_came_first_and_is_signed(self):
        _uuid, sale = self.blob_data()
        uuid, refund = self.refund_data(sale)
        self.deliver(self.receipt_row(uuid, type="refund"))
        self.assertEqual(self.recover(uuid, refund)["status"], "created")
        self.assertFalse(self.order(uuid).refunded_order_id)
        self.deliver(self.receipt_row(sale["uuid"]))
        self.assertEqual(self.recover(sale["uuid"], sale)["status"], "created")
        self.assertEqual(self.order(uuid).refunded_order_id, self.order(sale["uuid"]))

    def test_refund_of_another_companys_line(self):
        _uuid, sale = self.blob_data()
        self.env["pos.order"].sync_from_ui([json.loads(json.dumps(sale))])
        sold = self.order(sale["uuid"])
        other = self.env["res.company"].create({"name": "Another Company"})
        self.env.cr.execute(
            "UPDATE pos_order_line SET company_id = %s WHERE id = %s",
            [other.id, sold.lines.id],
        )
        self.env.invalidate_all()
        uuid, refund = self.refund_data(sale)
        self.env["pos.order"].sync_from_ui([json.loads(json.dumps(refund))])
        self.assertFalse(self.order(uuid).refunded_order_id)

    def test_without_a_receipt_refused(self):
        uuid, data = self.blob_data()
        self.assertRefused("receipt_missing", uuid, data)

    def test_closed_session(self):
        uuid, data = self.blob_data()
        self.deliver(self.receipt_row(uuid))
        self.pos_session.post_closing_cash_details(0)
        self.pos_session.close_session_from_ui()
        self.assertRefused("session_closed", uuid, data)
        self.open_new_session()
        self.assertEqual(self.recover(uuid, data)["status"], "created")
        self.assertEqual(self.order(uuid).session_id, self.pos_session)

    def test_session_of_another_point_of_sale(self):
        uuid, data = self.blob_data()
        self.deliver(self.receipt_row(uuid))
        self.till.pos_config_id = self.other_currency_config
        self.assertRefused("session_foreign", uuid, data)

    def test_bad_blobs(self):
        uuid, data = self.blob_data()
        self.deliver(self.receipt_row(uuid))
        for blob in (
            "{",
            "[]",
            {**data, "uuid": str(uuid4())},
            {**data, "state": "draft"},
            {**data, "session_id": "1"},
            "x" * (512 * 1024 + 1),
        ):
            with self.subTest(str(blob)[:40]):
                self.assertRefused("row_invalid", uuid, blob)

    @mute_logger("odoo.addons.optics_pos_ru54fz.models.pos_order_recovery")
    def test_content_that_odoo_refuses_leaves_nothing(self):
        uuid, data = self.blob_data()
        self.deliver(self.receipt_row(uuid))
        for blob in (
            {**data, "no_such_field": 1},
            {**data, "lines": [[0, 0, {"product_id": 0}]]},
            {**data, "payment_ids": []},
        ):
            with self.subTest(str(blob)[-40:]):
                self.assertRefused("order_invalid", uuid, blob)
        self.assertFalse(self.order(uuid))
