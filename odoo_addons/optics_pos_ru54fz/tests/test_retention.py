from datetime import timedelta

from odoo import fields
from odoo.tests import freeze_time, tagged

from .common import KktCommon


@tagged("post_install", "-at_install")
class TestRetention(KktCommon):
    """Events go after 90 days; documents, shifts and incidents never by that job."""

    def setUp(self):
        super().setUp()
        self.till.rotate_credential()
        self.now = fields.Datetime.now()

    def told(self, seq, days_ago, journal="11111111-aaaa", arrived=None):
        at = self.now - timedelta(days=days_ago)
        self.env["kkt.till.event"]._deliver(
            self.till,
            {
                "journal": journal,
                "events": [
                    {
                        "seq": seq,
                        "at": at.isoformat() + "Z",
                        "kind": "mode.changed",
                        "key": None,
                        "data": {},
                    }
                ],
            },
        )
        arrived = self.now - timedelta(days=days_ago if arrived is None else arrived)
        # The database refuses it otherwise.
        self.env.cr.execute("ALTER TABLE kkt_till_event DISABLE TRIGGER USER")
        self.env.cr.execute(
            "UPDATE kkt_till_event SET create_date = %s "
            "WHERE seq = %s AND journal = %s",
            [arrived, seq, journal],
        )
        self.env.cr.execute("ALTER TABLE kkt_till_event ENABLE TRIGGER USER")

    def seqs(self):
        self.env.invalidate_all()
        return sorted(self.till.event_ids.mapped("seq"))

    def test_ninety_days(self):
        for seq, days in ((1, 200), (2, 91), (3, 89), (4, 0)):
            self.told(seq, days)
        self.env["kkt.till"]._retain()
        self.assertEqual(self.seqs(), [3, 4])

    def test_last_of_a_journal_stays(self):
        self.told(7, 300, "old-journal")
        self.told(8, 299, "old-journal")
        self.env["kkt.till"]._retain()
        self.assertEqual(self.seqs(), [8])
        last = self.env["kkt.till.event"]._last_of(self.till, "old-journal")
        self.assertEqual(last, 8)

    def test_a_wrong_clock_makes_nothing_old(self):
        self.told(1, 5000, arrived=1)
        self.told(2, 0)
        self.env["kkt.till"]._retain()
        self.assertEqual(self.seqs(), [1, 2])

    def test_documents_shifts_and_incidents_stay(self):
        row = self.receipt_row()
        self.deliver(row)
        receipt = self.receipt_of(row)
        incident = self.env["kkt.event"]._record("other", self.till, "m", {})
        with freeze_time(self.now + timedelta(days=3650)):
            self.env["kkt.till"]._retain()
        self.env.invalidate_all()
        for record in (receipt, receipt.shift_id, incident):
            self.assertTrue(record.exists())

    def test_ended_commands_go_open_ones_stay(self):
        self.till.action_sync_now()
        (command,) = self.till.command_ids
        self.env.cr.execute(
            "UPDATE kkt_till_command SET create_date = %s",
            [self.now - timedelta(days=91)],
        )
        self.env["kkt.till"]._retain()
        self.env.invalidate_all()
        self.assertTrue(command.exists())
        self.env["kkt.till.command"]._expire()
        self.env.flush_all()
        self.env["kkt.till"]._retain()
        self.env.invalidate_all()
        self.assertFalse(command.exists())
