from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import freeze_time, tagged
from odoo.tools import mute_logger

from .common import KktCommon
from .test_heartbeat import HEARTBEAT

ONE = "11111111-aaaa.process-1"
RESTARTED = "11111111-aaaa.process-2"
OTHER = "22222222-bbbb.process-1"
_LOG = "odoo.addons.optics_pos_ru54fz.models.kkt_till_lease"
START = fields.Datetime.to_datetime("2026-11-22 18:00:00")


@tagged("post_install", "-at_install")
class TestLease(KktCommon):
    """One bridge at a time is told what to do."""

    def setUp(self):
        super().setUp()
        self.till.rotate_credential()

    def lease(self, instance=ONE):
        return self.till.with_user(self.worker)._lease({"instance": instance})

    def beat(self, **changes):
        return self.till.with_user(self.worker)._heartbeat({**HEARTBEAT, **changes})

    def test_one_holder_at_a_time(self):
        with freeze_time(START) as clock:
            first = self.lease()
            self.assertEqual(first["expires_in"], 90)
            self.assertFalse(first["held_by_other"])
            self.assertIsInstance(first["token"], int)
            clock.tick(timedelta(seconds=30))
            refused = self.lease(OTHER)
            self.assertEqual(
                refused, {"token": None, "held_by_other": True, "expires_in": 60}
            )
            self.assertEqual(self.lease()["token"], first["token"])
            clock.tick(timedelta(seconds=91))
            second = self.lease(OTHER)
            self.assertGreater(second["token"], first["token"])
            self.assertTrue(self.lease()["held_by_other"])

    @mute_logger(_LOG)
    def test_restart_takes_over_at_once(self):
        """The same journal in a new process: its predecessor is gone."""
        with freeze_time(START) as clock:
            token = self.lease()["token"]
            clock.tick(timedelta(seconds=5))
            restarted = self.lease(RESTARTED)
            self.assertGreater(restarted["token"], token)
            self.assertFalse(restarted["held_by_other"])
            # what a frozen predecessor says late is of no consequence
            late = self.beat(instance=ONE, fence=token)
            self.assertEqual(late["commands"], [])
            self.assertTrue(late["lease"]["held_by_other"])
            self.assertTrue(self.lease(OTHER)["held_by_other"])

    def test_token_never_goes_back(self):
        """Not even when the database forgot the last ones (restored)."""
        with freeze_time(START) as clock:
            token = self.lease()["token"]
            self.till.sudo().write(
                {"lease_token": 0, "lease_instance": False, "lease_expires": False}
            )
            clock.tick(timedelta(seconds=100))
            self.assertGreater(self.lease(OTHER)["token"], token)

    def test_heartbeat_renews(self):
        with freeze_time(START) as clock:
            token = self.lease()["token"]
            for _beat in range(5):
                clock.tick(timedelta(seconds=60))
                answer = self.beat(instance=ONE, fence=token)
                self.assertEqual(
                    answer["lease"],
                    {"token": token, "expires_in": 90, "held_by_other": False},
                )
            self.assertTrue(self.lease(OTHER)["held_by_other"])

    def test_expired_but_taken_by_nobody_goes_on(self):
        with freeze_time(START) as clock:
            token = self.lease()["token"]
            clock.tick(timedelta(hours=8))
            answer = self.beat(instance=ONE, fence=token)
            self.assertEqual(answer["lease"]["token"], token)

    @mute_logger(_LOG)
    def test_stale_fence_is_an_incident_once_and_gets_no_commands(self):
        with freeze_time(START) as clock:
            old = self.lease()["token"]
            clock.tick(timedelta(seconds=91))
            new = self.lease(OTHER)["token"]
            self.till.action_sync_now()
            for _beat in range(3):
                answer = self.beat(instance=ONE, fence=old)
                self.assertEqual(answer["commands"], [])
                self.assertTrue(answer["lease"]["held_by_other"])
                self.assertIsNone(answer["lease"]["token"])
            incident = self.env["kkt.event"].search([("kind", "=", "stale_fence")])
            self.assertEqual(len(incident), 1)
            self.assertEqual(incident.data, {"instance": ONE, "fence": old})
            answer = self.beat(instance=OTHER, fence=new)
            self.assertEqual(len(answer["commands"]), 1)

    @mute_logger(_LOG)
    def test_state_of_a_second_bridge_is_not_the_tills(self):
        with freeze_time(START):
            token = self.lease()["token"]
            self.beat(instance=ONE, fence=token, mode="online")
            self.beat(instance=OTHER, fence=None, mode="offline")
            self.assertEqual(self.till.mode, "online")
            self.beat(instance=RESTARTED, fence=None, mode="degraded")
            self.assertEqual(self.till.mode, "degraded")

    def test_token_that_a_restored_database_forgot_is_taken_over(self):
        with freeze_time(START):
            answer = self.beat(instance=ONE, fence=1795380000)
            self.assertEqual(answer["lease"]["token"], 1795380000)
            self.assertEqual(self.till.lease_token, 1795380000)

    def test_earlier_bridge_gets_no_lease_and_no_commands(self):
        self.till.action_sync_now()
        answer = self.beat()
        self.assertNotIn("lease", answer)
        self.assertEqual(answer["commands"], [])
        self.assertEqual(answer["last_event"], 0)

    def test_bad_input(self):
        for instance in (None, 1, "x", "no-dot-in-it", "a" * 70 + ".b", "ü234567.p"):
            with self.subTest(instance), self.assertRaisesRegex(
                ValidationError, "^instance"
            ):
                self.lease(instance)
        with self.assertRaisesRegex(ValidationError, "^fence"):
            self.beat(instance=ONE, fence="1")
        self.assertFalse(self.till.lease_token)


@tagged("post_install", "-at_install")
class TestCommands(KktCommon):
    """What people ask of a till reaches its bridge, once, by the heartbeat."""

    def setUp(self):
        super().setUp()
        self.till.rotate_credential()
        self.token = self.till.with_user(self.worker)._lease({"instance": ONE})["token"]

    def beat(self, **changes):
        params = {**HEARTBEAT, "instance": ONE, "fence": self.token, **changes}
        return self.till.with_user(self.worker)._heartbeat(params)

    def commands(self):
        return self.env["kkt.till.command"].search([("till_id", "=", self.till.id)])

    def ask(self, kind, **values):
        request = self.env["kkt.till.command.request"].create(
            {"till_id": self.till.id, "kind": kind, **values}
        )
        return request.action_request()

    def test_all_kinds_reach_the_till(self):
        self.till.action_sync_now()
        self.ask("capacity", capacity=250)
        self.ask("dlq_retry")
        self.ask("dlq_retry", key="abc:1")
        self.ask("maintenance", reason="paper")
        self.till.action_maintenance_off()
        answer = self.beat()
        self.assertEqual(
            [(command["kind"], command["args"]) for command in answer["commands"]],
            [
                ("sync_now", {}),
                ("capacity", {"capacity": 250}),
                ("dlq_retry", {"key": None}),
                ("dlq_retry", {"key": "abc:1"}),
                ("maintenance", {"on": True, "reason": "paper"}),
                ("maintenance", {"on": False, "reason": None}),
            ],
        )
        for command in answer["commands"]:
            self.assertIsInstance(command["id"], str)
            self.assertEqual(command["fence"], self.token)
        self.assertEqual(set(self.commands().mapped("state")), {"sent"})
        self.assertEqual(self.commands().requested_by_id, self.env.user)

    def test_told_until_a_result_came(self):
        self.till.action_sync_now()
        (command,) = self.beat()["commands"]
        self.assertEqual(self.beat()["commands"], [command])
        result = {"id": command["id"], "state": "done", "text": "Отправлено"}
        self.assertEqual(self.beat(results=[result])["commands"], [])
        kept = self.commands()
        self.assertEqual((kept.state, kept.text), ("done", "Отправлено"))
        # The first word stands, and ids of nobody harm nothing.
        again = {**result, "state": "failed"}
        self.beat(results=[again, {"id": "nobody's", "state": "done", "text": None}])
        self.assertEqual(kept.state, "done")

    def test_results_of_another_till_are_not_taken(self):
        other = self.till.create(
            {
                "name": "Till 2",
                "code": "TEST-2",
                "pos_config_id": self.other_currency_config.id,
            }
        )
        other.rotate_credential()
        other.action_sync_now()
        foreign = self.env["kkt.till.command"].search([("till_id", "=", other.id)])
        self.beat(results=[{"id": foreign.uuid, "state": "done", "text": "x"}])
        self.assertEqual(foreign.state, "pending")

    def test_unknown_result_is_a_failure(self):
        self.till.action_sync_now()
        (command,) = self.beat()["commands"]
        self.beat(results=[{"id": command["id"], "state": "strange"}])
        self.assertEqual(self.commands().state, "failed")

    def test_an_hour_later_it_is_expired(self):
        with freeze_time(START) as clock:
            self.till.action_sync_now()
            self.commands().flush_recordset()
            self.env.cr.execute(
                "UPDATE kkt_till_command SET create_date = %s", [START.isoformat()]
            )
            self.commands().invalidate_recordset()
            clock.tick(timedelta(minutes=59))
            token = self.till.with_user(self.worker)._lease({"instance": ONE})["token"]
            self.assertEqual(len(self.beat(fence=token)["commands"]), 1)
            clock.tick(timedelta(minutes=2))
            self.assertEqual(self.beat(fence=token)["commands"], [])
        self.assertEqual(self.commands().state, "expired")

    def test_asked_twice_while_it_waits_is_one(self):
        self.till.action_sync_now()
        self.till.action_sync_now()
        self.assertEqual(len(self.commands()), 1)

    def test_new_holder_gets_them_with_its_fence(self):
        self.till.action_sync_now()
        (before,) = self.beat()["commands"]
        self.till.sudo().lease_expires = fields.Datetime.now() - timedelta(seconds=1)
        token = self.till.with_user(self.worker)._lease({"instance": OTHER})["token"]
        (after,) = self.beat(instance=OTHER, fence=token)["commands"]
        self.assertEqual(after["id"], before["id"])
        self.assertEqual(after["fence"], token)

    def test_bad_parameters(self):
        for kind, values in [
            ("capacity", {"capacity": 199}),
            ("capacity", {"capacity": 301}),
            ("maintenance", {"reason": " "}),
        ]:
            with self.subTest(kind), self.assertRaises(UserError):
                self.ask(kind, **values)
        self.assertFalse(self.commands())

    def test_roles(self):
        groups = "optics_pos_ru54fz.group_kkt_%s"
        users = {
            name: self.new_user(name, "base.group_user", groups % name)
            for name in ("cashier", "manager", "accountant", "admin")
        }
        for name in ("cashier", "accountant"):
            with self.subTest(name), self.assertRaises(AccessError):
                self.till.with_user(users[name]).action_sync_now()
        self.till.with_user(users["manager"]).action_sync_now()
        commands = self.env["kkt.till.command"]
        for kind in ("capacity", "dlq_retry", "maintenance"):
            with self.subTest(kind), self.assertRaises(AccessError):
                commands.with_user(users["manager"])._request(self.till, kind, {})
            commands.with_user(users["admin"])._request(
                self.till.with_user(users["admin"]), kind, {}
            )
        self.assertEqual(len(self.commands()), 4)

    def test_till_without_credential_takes_none(self):
        self.till.action_block()
        with self.assertRaises(UserError):
            self.till.action_sync_now()

    def test_dialogs_open(self):
        for action in ("capacity", "dlq_retry", "maintenance_on"):
            answer = getattr(self.till, f"action_{action}")()
            request = (
                self.env["kkt.till.command.request"]
                .with_context(answer["context"])
                .new({})
            )
            self.assertEqual(request.till_id._origin, self.till)
            self.assertTrue(request.kind)
