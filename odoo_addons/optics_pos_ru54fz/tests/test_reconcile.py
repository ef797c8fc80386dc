from datetime import timedelta
from unittest.mock import patch

from odoo import fields
from odoo.tests import freeze_time, tagged

from .common import FN, KktCommon, held_row
from .test_heartbeat import HEARTBEAT


@tagged("post_install", "-at_install")
class TestReconcile(KktCommon):
    """Each night receipts, orders and stock are compared."""

    def setUp(self):
        super().setUp()
        self.till.rotate_credential()
        self.put_in_stock(100)
        self.open_new_session()

    def put_in_stock(self, quantity):
        location = self.config.picking_type_id.default_location_src_id
        self.env["stock.quant"].sudo()._update_available_quantity(
            self.product, location, quantity
        )

    def night(self, dead=(), **buffer):
        """The job, two hours later, after a heartbeat of the till."""
        with freeze_time(fields.Datetime.now() + timedelta(hours=2)):
            self.beat(dead, **buffer)
            return self.reconcile()

    def beat(self, dead=(), **buffer):
        """A heartbeat of the till.

        :param dead: rows of its buffer that Odoo refused for good
        """
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE kkt_till SET create_date = create_date - interval '1 day'"
        )
        self.env.invalidate_all()
        state = {**HEARTBEAT["buffer"], "odoo_pending": 0, **buffer}
        self.till.with_user(self.worker)._heartbeat(
            {**HEARTBEAT, "buffer": state, "dlq": len(dead)}
        )
        rows = [held_row(leg_ofd="delivered", leg_odoo="dead", **row) for row in dead]
        self.env["kkt.buffer.row"]._take(self.till, rows)

    def reconcile(self):
        self.env["kkt.till"]._reconcile()
        return self.incidents()

    def incidents(self):
        events = self.env["kkt.event"].search([("till_id", "=", self.till.id)])
        return events.sorted("id").mapped("kind")

    def test_nothing_to_tell(self):
        order = self.sell()
        self.deliver(self.receipt_row(order.uuid, receipt=1))
        self.assertEqual(self.night(), [])

    def test_order_missing(self):
        self.deliver(self.receipt_row(receipt=1))
        self.env["kkt.till"]._reconcile()
        self.assertEqual(self.incidents(), [])
        self.assertEqual(self.night(), ["order_missing"])
        self.assertEqual(self.night(), ["order_missing"])
        incident = self.env["kkt.event"].search([("kind", "=", "order_missing")])
        self.assertEqual(incident.receipt_id.fn, FN)

    def test_receipt_missing(self):
        self.sell()
        self.assertEqual(self.night(odoo_pending=1), [])
        self.assertEqual(self.night(), ["receipt_missing"])

    def test_till_that_is_away_may_still_bring_it(self):
        """What is newer than its last heartbeat, or was sold just before it."""
        self.sell()
        with freeze_time(fields.Datetime.now() + timedelta(hours=2)):
            self.assertEqual(self.reconcile(), [], "never heard of")
        for minutes in (-5, 30):
            with freeze_time(fields.Datetime.now() + timedelta(minutes=minutes)):
                self.beat()
            with freeze_time(fields.Datetime.now() + timedelta(hours=8)):
                self.assertEqual(self.reconcile(), [], minutes)

    def test_till_that_is_switched_off_at_night_has_told_everything(self):
        self.sell()
        for number in (2, 3, 6):
            order = self.sell()
            self.deliver(self.receipt_row(order.uuid, receipt=number))
        with freeze_time(fields.Datetime.now() + timedelta(hours=2)):
            self.beat()
        with freeze_time(fields.Datetime.now() + timedelta(hours=8)):
            self.till.invalidate_recordset(["connection_state"])
            self.assertEqual(self.till.connection_state, "lost")
            self.assertEqual(self.reconcile(), ["receipt_missing", "receipt_gap"])

    def test_gap_before_a_receipt_that_came_after_the_last_heartbeat(self):
        """Those between may be what the till was at when it was switched off."""
        for number in (1, 2):
            self.deliver(self.receipt_row(self.sell().uuid, receipt=number))
        with freeze_time(fields.Datetime.now() + timedelta(hours=2)):
            self.beat()
            self.deliver(self.receipt_row(self.sell().uuid, receipt=5))
        with freeze_time(fields.Datetime.now() + timedelta(hours=8)):
            self.assertEqual(self.reconcile(), [])
        with freeze_time(fields.Datetime.now() + timedelta(hours=20)):
            self.beat()
            self.assertEqual(self.reconcile(), ["receipt_gap"])

    def test_dead_letters_hide_nothing_but_themselves(self):
        dead, missing = self.sell(), self.sell()
        named = {"key": f"{dead.uuid}:1", "fd": self.last_fd + 500}
        self.assertEqual(self.night(dead=[named]), ["receipt_missing"])
        incident = self.env["kkt.event"].search([("kind", "=", "receipt_missing")])
        self.assertEqual(incident.data, {"uuid": missing.uuid})

    def test_gap_of_which_a_dead_letter_explains_a_part(self):
        """Rows of the buffer name the document, not its number in the shift."""
        orders = {number: self.sell() for number in range(2, 8)}
        rows = {
            number: self.receipt_row(order.uuid, receipt=number)
            for number, order in orders.items()
        }
        self.deliver(rows[2], rows[3], rows[6])
        dead = [
            {"key": f"{orders[number].uuid}:1", "fd": rows[number]["fd"]}
            for number in (4, 7)
        ]
        # the order of the fifth is looked for by itself
        self.assertEqual(self.night(dead=dead), ["receipt_missing", "receipt_gap"])
        gap = self.env["kkt.event"].search([("kind", "=", "receipt_gap")])
        self.assertEqual(gap.data["numbers"], [5])

    def test_gap_that_dead_letters_explain(self):
        rows = [self.receipt_row(self.sell().uuid, receipt=number) for number in (2, 3)]
        # a report between the receipts has a document's number and none of the shift
        type(self).last_fd += 1
        rows.append(self.receipt_row(self.sell().uuid, receipt=4))
        self.deliver(rows[0], rows[2])
        dead = [{"key": f"{rows[1]['uuid']}:1", "fd": rows[1]["fd"]}]
        self.assertEqual(self.night(dead=dead), [])

    def test_total_differs(self):
        order = self.sell()
        self.deliver(self.receipt_row(order.uuid, receipt=1))
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE pos_order SET amount_total = 4499 WHERE id = %s", [order.id]
        )
        self.env.invalidate_all()
        self.assertEqual(self.night(), ["total_differs"])

    def test_gap_in_a_shift(self):
        for number in (2, 3, 6):
            order = self.sell()
            self.deliver(self.receipt_row(order.uuid, receipt=number))
        self.assertEqual(self.night(odoo_pending=2), [])
        self.assertEqual(self.night(), ["receipt_gap"])
        gap = self.env["kkt.event"].search([("kind", "=", "receipt_gap")])
        self.assertIn("4–5", gap.message)
        self.assertEqual(gap.data["numbers"], [4, 5])

    def test_gap_at_the_start_of_a_shift_that_we_saw_open(self):
        order = self.sell()
        self.deliver(self.receipt_row(order.uuid, receipt=3))
        shift = order.kkt_receipt_id.shift_id
        self.env.cr.execute(
            "UPDATE kkt_shift SET opened_fd = 1 WHERE id = %s", [shift.id]
        )
        self.assertEqual(self.night(), ["receipt_gap"])

    def test_stock_that_did_not_move(self):
        order = self.sell()
        self.deliver(self.receipt_row(order.uuid, receipt=1))
        self.pos_session.close_session_from_ui()
        self.assertEqual(self.night(), [])
        moves = self.env["stock.move"].search(
            [("picking_id.pos_session_id", "=", self.pos_session.id)]
        )
        moves = moves or order.picking_ids.move_ids
        self.assertTrue(moves)
        self.env.cr.execute(
            "UPDATE stock_move SET state = 'cancel' WHERE id = ANY(%s)", [moves.ids]
        )
        self.env.invalidate_all()
        self.assertEqual(self.night(), ["stock_differs"])

    def test_negative_stock_is_told_until_it_is_mended(self):
        self.product.is_storable = True
        self.put_in_stock(-100)
        accountant = self.new_user(
            "acc",
            "base.group_user",
            "optics_pos_ru54fz.group_kkt_accountant",
        )
        order = self.sell()
        self.deliver(self.receipt_row(order.uuid, receipt=1))
        self.pos_session.close_session_from_ui()
        self.assertEqual(self.night(), ["negative_stock"])
        self.assertEqual(self.night(), ["negative_stock"])
        incident = self.env["kkt.event"].search([("kind", "=", "negative_stock")])
        task = incident.activity_ids
        self.assertIn(
            task.user_id,
            self.env.ref("optics_pos_ru54fz.group_kkt_accountant").all_user_ids,
        )
        task.with_user(accountant).sudo().action_feedback(feedback="Booked")
        with freeze_time(fields.Datetime.now() + timedelta(days=1)):
            self.assertEqual(self.night(), ["negative_stock", "negative_stock"])
        self.put_in_stock(5)
        with freeze_time(fields.Datetime.now() + timedelta(days=2)):
            self.assertEqual(self.night(), ["negative_stock", "negative_stock"])

    def test_a_part_that_fails_does_not_stop_the_others(self):
        self.deliver(self.receipt_row(receipt=1))
        with (
            patch.object(
                type(self.env["kkt.till"]),
                "_reconcile_receipts_missing",
                side_effect=ValueError("broken"),
            ),
            self.assertLogs("odoo.addons.optics_pos_ru54fz", "ERROR"),
        ):
            self.assertIn("order_missing", self.night())

    def test_at_three_in_the_morning(self):
        job = self.env.ref("optics_pos_ru54fz.ir_cron_reconcile").sudo()
        self.assertEqual(job.nextcall.time().isoformat(), "00:00:00")
        self.assertEqual((job.interval_number, job.interval_type), (1, "days"))
