from odoo.exceptions import UserError
from odoo.tests import tagged

from .common import KktCommon


@tagged("post_install", "-at_install")
class TestIncident(KktCommon):
    """An incident is somebody's task, and stays as it was recorded."""

    def record(self, kind="receipt_unknown", **data):
        return self.env["kkt.event"]._record(
            kind, self.till, "What happened", {"uuid": "none", **data}
        )

    def test_task_for_the_person_responsible(self):
        person = self.new_user(
            "person", "base.group_user", "optics_pos_ru54fz.group_kkt_manager"
        )
        self.till.responsible_id = person
        incident = self.record()
        (task,) = incident.activity_ids
        self.assertEqual(task.user_id, person)
        self.assertIn("What happened", task.note)
        self.assertEqual(self.record(), incident)
        self.assertEqual(len(incident.activity_ids), 1)
        task.with_user(person).action_feedback(feedback="Looked after")
        self.assertFalse(incident.activity_ids)
        self.assertEqual(incident.message, "What happened")

    def test_what_needs_nobody(self):
        for kind in ("refund_released", "receipt_resolved", "alert", "heartbeat_lost"):
            self.assertFalse(self.record(kind).activity_ids, kind)

    def test_kept_though_it_is_a_task(self):
        incident = self.record()
        incident.activity_ids.action_feedback(feedback="done")
        with self.assertRaises(UserError):
            incident.sudo().write({"message": "Nothing happened"})
        with self.assertRaises(UserError):
            incident.sudo().unlink()

    def test_leads_to_its_receipt(self):
        row = self.receipt_row()
        self.deliver(row)
        receipt = self.receipt_of(row)
        for data in (
            {"uuid": row["uuid"]},
            {"uuid": None, "key": f"{row['uuid']}:1"},
            {"uuid": None, "fn": row["fn"], "fd": row["fd"]},
        ):
            self.assertEqual(self.record("other", **data).receipt_id, receipt)
        self.assertFalse(self.record("other", uuid="nobody").receipt_id)
