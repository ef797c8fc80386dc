from uuid import uuid4

from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import tagged

from .common import KktCommon


@tagged("post_install", "-at_install")
class TestOrderLock(KktCommon):
    """What was signed stays as it was signed; the rest of Odoo goes on as usual."""

    def setUp(self):
        super().setUp()
        self.open_new_session()

    def assertLocked(self, call, *args):
        with self.assertRaisesRegex(UserError, "fiscal receipt"):
            with self.env.cr.savepoint():
                call(*args)

    def test_content_cannot_be_altered(self):
        order = self.sell_signed()
        line, payment = order.lines, order.payment_ids
        other = self.create_product("Other", self.categ_basic, 1)
        for record, vals in [
            (order, {"amount_total": 1}),
            (order, {"amount_paid": 1}),
            (order, {"amount_tax": 5}),
            (order, {"date_order": "2020-01-01 00:00:00"}),
            (order, {"session_id": False}),
            (order, {"uuid": str(uuid4())}),
            (order, {"lines": [Command.update(line.id, {"qty": 2})]}),
            (order, {"lines": [Command.create({"product_id": other.id, "qty": 1})]}),
            (order, {"lines": [Command.clear()]}),
            (order, {"payment_ids": [Command.update(payment.id, {"amount": 1})]}),
            (line, {"qty": 2}),
            (line, {"price_unit": 1}),
            (line, {"discount": 10}),
            (line, {"product_id": other.id}),
            (line, {"tax_ids": [Command.set(self.taxes["tax7"].ids)]}),
            (line, {"price_subtotal_incl": 1}),
            (payment, {"amount": 1}),
            (payment, {"payment_method_id": self.bank_pm1.id}),
        ]:
            with self.subTest(f"{record._name} {vals}"):
                self.assertLocked(record.write, vals)

    def test_state_cannot_go_back(self):
        order = self.sell_signed()
        for state in ("draft", "cancel"):
            with self.subTest(state), self.assertRaises(UserError):
                with self.env.cr.savepoint():
                    order.state = state

    def test_nothing_can_be_added_or_deleted(self):
        order = self.sell_signed()
        for record in (order, order.lines):
            # Odoo's own rule for settled orders may come first.
            with self.assertRaises(UserError), self.env.cr.savepoint():
                record.unlink()
        self.assertLocked(order.payment_ids.unlink)
        self.assertLocked(
            order.add_payment,
            {
                "pos_order_id": order.id,
                "amount": 1,
                "payment_method_id": self.cash_pm1.id,
            },
        )
        self.assertLocked(
            self.env["pos.order.line"].create,
            [
                {
                    "order_id": order.id,
                    "product_id": self.product.id,
                    "price_subtotal": 0,
                    "price_subtotal_incl": 0,
                }
            ],
        )

    def test_sudo_and_context_do_not_help(self):
        order = self.sell_signed()
        self.assertLocked(order.sudo().write, {"amount_total": 1})
        self.assertLocked(
            order.with_context(install_mode=True, kkt_syncing=True).lines.write,
            {"qty": 5},
        )

    def test_draft_with_a_receipt_cannot_be_cancelled(self):
        order = self.sell()
        draft = order.copy({"state": "draft"})
        self.deliver(self.receipt_row(draft.uuid))
        self.assertLocked(draft.action_pos_order_cancel)
        self.assertLocked(self.env["pos.order"].remove_from_ui, draft.ids)
        self.assertLocked(draft.unlink)
        self.assertEqual(draft.state, "draft")

    def test_draft_is_completed_by_its_page(self):
        uuid = str(uuid4())
        data = self.create_ui_order_data(
            [(self.product, 1)], uuid=uuid, pos_order_ui_args={"state": "draft"}
        )
        self.env["pos.order"].sync_from_ui([data])
        order = self.env["pos.order"].search([("uuid", "=", uuid)])
        self.assertEqual(order.state, "draft")
        self.deliver(self.receipt_row(uuid))
        line, payment = order.lines, order.payment_ids
        again = {
            **data,
            "id": order.id,
            "state": "paid",
            "access_token": order.access_token,
            "uuid": uuid,
            "lines": [Command.update(line.id, {"qty": 1, "discount": 0})],
            "payment_ids": [Command.update(payment.id, {"amount": payment.amount})],
        }
        self.env["pos.order"].sync_from_ui([again])
        self.assertEqual(order.state, "paid")
        self.assertLocked(line.write, {"qty": 2})

    def test_the_same_again_is_no_change(self):
        order = self.sell_signed()
        order.write({"amount_total": order.amount_total, "state": "paid"})
        order.lines.write(
            {
                "qty": 1,
                "price_unit": 4500.1,
                "tax_ids": [Command.set(order.lines.tax_ids.ids)],
                "product_id": self.product.id,
            }
        )
        order.payment_ids.write({"amount": 4500.1})

    def test_page_sends_it_again(self):
        uuid = str(uuid4())
        data = self.create_ui_order_data(
            [(self.product, 1)], uuid=uuid, pos_order_ui_args={"state": "paid"}
        )
        self.env["pos.order"].sync_from_ui([dict(data)])
        self.deliver(self.receipt_row(uuid))
        self.env["pos.order"].sync_from_ui([dict(data)])
        order = self.env["pos.order"].search([("uuid", "=", uuid)])
        self.assertEqual((len(order), len(order.lines)), (1, 1))

    def test_what_is_not_attested_stays_free(self):
        order = self.sell_signed()
        order.write({"nb_print": 1, "partner_id": self.customer.id})
        order.write({"general_customer_note": "n", "email": "a@example.com"})
        order.lines.write({"customer_note": "n"})
        order.payment_ids.write({"payment_status": "done"})

    def test_order_without_a_receipt_stays_free(self):
        order = self.sell()
        order.lines.write({"full_product_name": "x"})
        order.payment_ids.write({"payment_method_id": self.bank_pm1.id})

    def test_invoice_and_session_closing(self):
        invoiced = self.sell_signed()
        plain = self.sell_signed(payments=[(self.bank_pm1, 4500.1)])
        at_once_uuid = str(uuid4())
        self.deliver(self.receipt_row(at_once_uuid))
        at_once = self.sell(uuid=at_once_uuid, customer=self.customer, is_invoiced=True)
        self.assertEqual(at_once.account_move.state, "posted")
        invoiced.partner_id = self.customer
        invoiced.action_pos_order_invoice()
        self.assertEqual(invoiced.account_move.state, "posted")
        cash = sum((invoiced + at_once).payment_ids.mapped("amount"))
        self.pos_session.post_closing_cash_details(cash)
        self.assertEqual(self.pos_session.close_session_from_ui(), {"successful": True})
        self.assertEqual(self.pos_session.state, "closed")
        for order in invoiced + plain + at_once:
            self.assertEqual(order.state, "done")
        self.assertLocked(plain.lines.write, {"qty": 3})

    def test_invoice_after_the_session_was_closed(self):
        order = self.sell_signed()
        self.pos_session.post_closing_cash_details(order.amount_total)
        self.pos_session.close_session_from_ui()
        order.partner_id = self.customer
        order.action_pos_order_invoice()
        self.assertEqual(order.account_move.state, "posted")

    def test_refund_of_a_signed_order(self):
        order = self.sell_signed()
        refund = order._refund()
        self.assertFalse(refund.kkt_fiscal)
        self.assertNotEqual(refund.uuid, order.uuid)
        self.assertEqual(refund.refunded_order_id, order)
