from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError, ValidationError
from odoo.http import serialize_exception
from odoo.tests import tagged
from odoo.tools import mute_logger

from ..models.kkt_till_guard import UnsyncedBuffers
from .common import KktCommon
from .test_heartbeat import HEARTBEAT

STATE = {
    "dlq": 2,
    "documents_left": 12345,
    "breaker": "half_open",
    "maintenance": {"since": "2026-11-22T18:00:00.123Z", "reason": "Замена ФН"},
    "links": {
        "ofd": {"state": "up", "slow": True, "rtt_ms": 5000, "route": "4G"},
        "odoo": {"state": "up", "slow": False, "rtt_ms": 10},
    },
    "alerts": [
        {
            "code": "buffer_80",
            "level": "p2",
            "since": "2026-11-22T18:00:00Z",
            "text": "Буфер заполнен на 80 %",
        },
        {"code": "dlq", "level": "p3", "since": None, "text": None},
    ],
    "journal": {"id": "11111111-aaaa", "last_event": 7},
}


@tagged("post_install", "-at_install")
class TestTillState(KktCommon):
    """What the later members of the heartbeat tell, and what is made of silence."""

    def beat(self, **changes):
        return self.till.with_user(self.worker)._heartbeat({**HEARTBEAT, **changes})

    def test_state_is_kept(self):
        answer = self.beat(**STATE)
        self.assertRecordValues(
            self.till,
            [
                {
                    "dlq": 2,
                    "fn_documents_left": 12345,
                    "fn_documents_known": True,
                    "breaker": "half_open",
                    "maintenance": True,
                    "maintenance_since": fields.Datetime.to_datetime(
                        "2026-11-22 18:00:00"
                    ),
                    "maintenance_reason": "Замена ФН",
                    "alert_count": 2,
                    "alert_level": "p2",
                    "alerts_text": "P2: Буфер заполнен на 80 %\nP3: dlq",
                    "links_text": "OFD: up, slow, Odoo: up",
                    "journal_id": "11111111-aaaa",
                    "journal_last_event": 7,
                    "buffer_percent": 1,
                }
            ],
        )
        self.assertEqual(answer["last_event"], 0)

    def test_absent_members_leave_what_was_known(self):
        self.beat(**STATE)
        self.beat()
        self.assertEqual((self.till.dlq, self.till.alert_count), (2, 2))
        self.beat(maintenance=None, alerts=[], dlq=0, documents_left=None)
        self.assertRecordValues(
            self.till,
            [
                {
                    "maintenance": False,
                    "maintenance_reason": False,
                    "alert_count": 0,
                    "alert_level": False,
                    "dlq": 0,
                    "fn_documents_known": False,
                }
            ],
        )

    def test_bad_input_names_the_field(self):
        for changes, field in [
            ({"dlq": -1}, "dlq"),
            ({"breaker": 1}, "breaker"),
            ({"maintenance": "on"}, "maintenance"),
            ({"links": []}, "links"),
            ({"links": {"x": "y" * 5000}}, "links"),
            ({"alerts": {}}, "alerts"),
            ({"alerts": [1]}, "alerts"),
            ({"alerts": [{"code": 1, "level": "p1"}]}, "alerts.code"),
            ({"journal": {"id": "a b"}}, "journal.id"),
            ({"results": "x"}, "results"),
            ({"results": [{"state": "done"}]}, "results.id"),
        ]:
            with self.subTest(field), self.assertRaisesRegex(
                ValidationError, f"^{field}"
            ):
                self.beat(**changes)
        self.assertFalse(self.till.last_heartbeat)

    def test_odd_words_of_a_newer_bridge(self):
        self.beat(
            breaker="melted",
            alerts=[{"code": "new\0", "level": "p0", "text": "\ud800"}],
            links={"ofd": "?"},
        )
        self.assertEqual(self.till.breaker, "other")
        self.assertEqual(self.till.alert_level, "p2")
        self.assertEqual(self.till.links_text, "")

    def test_first_level_alerts_are_incidents_once(self):
        alert = {
            "code": "buffer_full",
            "level": "p1",
            "since": "2026-11-22T18:00:00Z",
            "text": "Буфер переполнен",
        }
        told = {**alert, "code": "lane_stopped"}
        for _beat in range(3):
            self.beat(alerts=[alert, told])
        incidents = self.env["kkt.event"].search([("till_id", "=", self.till.id)])
        self.assertEqual(incidents.mapped("message"), ["Буфер переполнен"])
        self.beat(alerts=[{**alert, "since": "2026-11-22T19:00:00Z"}])
        self.assertEqual(self.env["kkt.event"].search_count([]), 2)

    @mute_logger("odoo.addons.optics_pos_ru54fz.models.kkt_till_state")
    def test_silence_is_an_incident_once_per_loss(self):
        self.till.rotate_credential()
        watch = self.env["kkt.till"]._watch
        watch()
        self.assertFalse(self.till.lost_at)
        for losses in (1, 2):
            self.beat(mode="online")
            self.assertFalse(self.till.lost_at)
            self.till.last_heartbeat -= timedelta(minutes=4)
            watch()
            self.assertEqual(self.till.mode, "online")
            self.till.last_heartbeat -= timedelta(minutes=1 + losses)
            watch()
            watch()
            self.assertEqual(self.till.mode, "offline")
            self.assertTrue(self.till.lost_at)
            incidents = self.env["kkt.event"].search([("kind", "=", "heartbeat_lost")])
            self.assertEqual(len(incidents), losses)

    def test_periodic_job_runs(self):
        self.env.ref("optics_pos_ru54fz.ir_cron_watch_tills").method_direct_trigger()


@tagged("post_install", "-at_install")
class TestGuard(KktCommon):
    """Prices are not imported while a till holds receipts."""

    def setUp(self):
        super().setUp()
        # Tills of a demonstration are none of ours.
        others = self.env["kkt.till"].search([("id", "!=", self.till.id)])
        others.sudo().active = False
        self.till.sudo().write({"last_heartbeat": fields.Datetime.now()})

    def check(self):
        return self.env["kkt.till"]._assert_buffers_synced(self.company)

    def refusal(self):
        with self.assertRaises(UnsyncedBuffers) as caught:
            self.check()
        return caught.exception

    def test_synchronised_tills_let_it_pass(self):
        self.assertTrue(self.check())

    def test_pending_receipts(self):
        self.till.sudo().write({"odoo_pending": 3, "dlq": 1})
        refusal = self.refusal()
        self.assertEqual(refusal.context["code"], "UNSYNC_BUFFERS")
        (till,) = refusal.context["tills"]
        self.assertEqual(till["code"], "TEST-1")
        self.assertEqual(till["pending"], 4)
        self.assertEqual(till["reason"], "pending")
        self.assertRegex(till["last_heartbeat"], "^[-0-9]+T[:0-9]+Z$")
        self.assertIn("TEST-1", str(refusal))

    def test_silent_tills(self):
        for last in (False, fields.Datetime.now() - timedelta(minutes=6)):
            self.till.sudo().last_heartbeat = last
            (till,) = self.refusal().context["tills"]
            self.assertEqual(till["reason"], "unheard")
            self.assertEqual(till["last_heartbeat"] is None, not last)
        self.till.active = False
        self.assertTrue(self.check())

    def test_other_companies_do_not_matter(self):
        self.till.sudo().odoo_pending = 3
        other = self.env["res.company"].create({"name": "Other"})
        self.assertTrue(self.env["kkt.till"]._assert_buffers_synced(other))

    def test_integrators_are_told_over_rpc(self):
        self.till.sudo().odoo_pending = 3
        with self.assertRaises(UnsyncedBuffers) as caught:
            self.env["kkt.till"].check_buffers_synced()
        data = serialize_exception(caught.exception)
        self.assertEqual(data["context"]["code"], "UNSYNC_BUFFERS")
        self.assertEqual(data["context"]["tills"][0]["pending"], 3)
        self.assertTrue(data["name"].endswith(".UnsyncedBuffers"))

    def test_roles(self):
        groups = "optics_pos_ru54fz.group_kkt_%s"
        for name, allowed in [
            ("accountant", True),
            ("admin", True),
            ("manager", False),
            ("cashier", False),
        ]:
            user = self.new_user(name, "base.group_user", groups % name)
            tills = self.env["kkt.till"].with_user(user)
            with self.subTest(name):
                if allowed:
                    self.assertTrue(tills.check_buffers_synced())
                else:
                    with self.assertRaises(AccessError):
                        tills.check_buffers_synced()

    def test_prices_changed_by_hand_are_not_hindered(self):
        self.till.sudo().odoo_pending = 3
        self.product.lst_price = 5000
        self.product.product_tmpl_id.write({"list_price": 5100})
        self.assertEqual(self.product.lst_price, 5100)
