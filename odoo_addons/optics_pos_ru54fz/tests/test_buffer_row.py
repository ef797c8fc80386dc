from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged

from .common import FN, KktCommon
from .test_heartbeat import HEARTBEAT


def told(key, **values):
    return {
        "key": key,
        "type": "sale",
        "order_name": "00012",
        "total": 4500.1,
        "state": "fiscalized",
        "at": "2026-11-22T18:00:00Z",
        "fn": FN,
        "fd": 7,
        "legs": {"ofd": "pending", "odoo": "pending"},
        "attempts": 0,
        "error": None,
        **values,
    }


@tagged("post_install", "-at_install")
class TestBufferRow(KktCommon):
    """What a till holds, as its heartbeats tell."""

    def beat(self, *rows, version=1, **changes):
        self.till.with_user(self.worker)._heartbeat(
            {
                **HEARTBEAT,
                "rows": {"version": version, "receipts": list(rows)},
                **changes,
            }
        )
        return self.till.buffer_row_ids

    def test_list_is_the_tills(self):
        rows = self.beat(
            told("order-0001:1"),
            told(
                "order-0002:1",
                state="unknown",
                fn=None,
                fd=None,
                error={"code": "link_lost", "text": "No answer"},
                legs={"ofd": "none", "odoo": "none"},
            ),
        )
        self.assertEqual(rows.mapped("key"), ["order-0001:1", "order-0002:1"])
        self.assertEqual(rows.mapped("total"), [4500.1, 4500.1])
        self.assertEqual(rows[1].error, "No answer")
        self.assertEqual(rows[1].type_text, "Sale")
        first = rows[0]
        rows = self.beat(
            told(
                "order-0001:1", legs={"ofd": "delivered", "odoo": "dead"}, attempts=20
            ),
            told("order-0003:1"),
        )
        self.assertEqual(rows.mapped("key"), ["order-0001:1", "order-0003:1"])
        self.assertEqual(rows[0], first)
        self.assertEqual(first.leg_odoo, "dead")
        self.assertEqual(first.attempts, 20)
        self.assertEqual(self.till.buffer_version, "1")
        self.assertFalse(self.beat(version=2))

    def test_silence_leaves_the_list(self):
        self.beat(told("order-0001:1"))
        self.till.with_user(self.worker)._heartbeat(HEARTBEAT)
        self.assertEqual(len(self.till.buffer_row_ids), 1)

    def test_words_of_a_newer_bridge(self):
        row = self.beat(
            told("order-0001:1", type="gift", state="melted", legs={"ofd": "lost"})
        )
        self.assertEqual((row.state, row.leg_ofd), ("other", "other"))
        self.assertEqual(row.type_text, "gift")

    def test_bad_rows_are_refused_and_change_nothing(self):
        self.beat(told("order-0001:1"))
        for rows in (
            {"version": 2, "receipts": [told("x", total="1")]},
            {"version": 2, "receipts": [1]},
            {"version": 2, "receipts": None},
            {"version": None, "receipts": []},
            [],
            {"version": 2, "receipts": [told(f"{i}") for i in range(501)]},
        ):
            with self.assertRaises(ValidationError):
                self.beat(rows=rows)
        self.assertEqual(self.till.buffer_row_ids.key, "order-0001:1")

    def test_500_rows_are_few_statements(self):
        rows = [told(f"order-{i:04d}:1", fd=i + 1) for i in range(500)]
        with self.assertQueryCount(60):
            self.beat(*rows)
        self.assertEqual(len(self.till.buffer_row_ids), 500)

    def test_receipt_that_odoo_has(self):
        row = self.receipt_row()
        self.deliver(row)
        (held,) = self.beat(told(f"{row['uuid']}:1", fd=row["fd"]))
        self.assertEqual(held.receipt_id, self.receipt_of(row))

    def test_retry_and_resolve(self):
        self.till.rotate_credential()
        row = self.beat(told("order-0001:1", legs={"ofd": "pending", "odoo": "dead"}))
        row.action_retry()
        request = self.env["kkt.till.command.request"].with_context(
            row.action_resolve()["context"]
        )
        with self.assertRaises(UserError):
            request.create({}).action_request()
        request.create({"reason": "Booked by hand"}).action_request()
        self.assertEqual(
            [(one.kind, one.args) for one in self.till.command_ids.sorted("id")],
            [
                ("dlq_retry", {"key": "order-0001:1"}),
                ("dlq_resolve", {"key": "order-0001:1", "reason": "Booked by hand"}),
            ],
        )

    def test_only_what_is_dead_and_only_an_administrator(self):
        self.till.rotate_credential()
        alive, dead = self.beat(
            told("order-0001:1"),
            told("order-0002:1", legs={"ofd": "pending", "odoo": "dead"}),
        )
        with self.assertRaises(UserError):
            alive.action_retry()
        with self.assertRaises(UserError):
            alive.action_resolve()
        manager = self.new_user(
            "m", "base.group_user", "optics_pos_ru54fz.group_kkt_manager"
        )
        with self.assertRaises(AccessError):
            dead.with_user(manager).action_retry()

    def test_second_bridge_changes_nothing(self):
        lease = self.till._lease({"instance": "journal-a.process"})
        self.beat(
            told("order-0001:1"), instance="journal-a.process", fence=lease["token"]
        )
        self.beat(instance="journal-b.process", fence=None)
        self.assertEqual(len(self.till.buffer_row_ids), 1)
