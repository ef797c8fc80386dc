import json
from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessDenied, AccessError, UserError
from odoo.tests import HttpCase, freeze_time, get_db_name, tagged
from odoo.tools import mute_logger

from ..models.kkt_pairing_code import TooManyTries
from ..tools import pairing
from .common import KktCommon

_LOG = "odoo.addons.optics_pos_ru54fz.models.kkt_pairing_code"


@tagged("post_install", "-at_install")
class TestPairing(KktCommon):
    """A short code becomes a bridge's credential."""

    def pair(self, code, address="192.0.2.1"):
        return self.env["kkt.till"].sudo()._pair({"code": code}, address)

    def refused(self, code, address="192.0.2.1"):
        """``assertRaises`` would undo the record of the try, too."""
        try:
            self.pair(code, address)
        except AccessDenied:
            return
        self.fail(f"{code} was taken")

    def test_code_becomes_a_credential(self):
        code = self.till.issue_pairing_code()
        self.assertRegex(code, r"^[A-HJKM-NP-Z2-9]{4}-[A-HJKM-NP-Z2-9]{4}$")
        answer = self.pair(code)
        self.assertEqual(answer["till"], "TEST-1")
        self.assertEqual(answer["database"], self.env.cr.dbname)
        self.assertTrue(answer["keys"])
        header = f"Bearer {answer['till']}.{answer['secret']}"
        self.assertEqual(self.env["kkt.till"]._authenticate(header), self.till)
        self.assertEqual(self.till.state, "active")
        self.assertRecordValues(
            self.till.pairing_code_ids, [{"state": "used", "used_from": "192.0.2.1"}]
        )

    @mute_logger(_LOG)
    def test_once_only(self):
        code = self.till.issue_pairing_code()
        self.pair(code)
        with self.assertRaises(AccessDenied):
            self.pair(code)

    @mute_logger(_LOG)
    def test_a_quarter_hour_only(self):
        code = self.till.issue_pairing_code()
        later = fields.Datetime.now() + timedelta(minutes=15, seconds=1)
        with freeze_time(later), self.assertRaises(AccessDenied):
            self.pair(code)

    @mute_logger(_LOG)
    def test_the_newest_only(self):
        old, new = (self.till.issue_pairing_code() for _ in range(2))
        with self.assertRaises(AccessDenied):
            self.pair(old)
        self.pair(new)

    @mute_logger(_LOG)
    def test_revoked_and_blocked_and_archived(self):
        for end in (
            lambda: self.till.action_revoke_pairing_code(),
            lambda: self.till.action_block(),
            lambda: self.till.write({"active": False}),
        ):
            code = self.till.issue_pairing_code()
            end()
            with self.assertRaises(AccessDenied):
                self.pair(code)

    def test_as_people_type_it(self):
        code = self.till.issue_pairing_code()
        self.assertEqual(
            self.pair(f" {code.lower().replace('-', ' ')}\n")["till"], "TEST-1"
        )

    @mute_logger(_LOG)
    def test_wrong_codes_are_counted_by_address(self):
        code = self.till.issue_pairing_code()
        for text in (None, "", 7, "AAAA-AAAA", "0000-0000"):
            self.refused(text)
        with self.assertRaises(TooManyTries):
            self.pair(code)
        self.assertTrue(self.pair(code, "192.0.2.2"))
        code = self.till.issue_pairing_code()
        with freeze_time(fields.Datetime.now() + timedelta(seconds=61)):
            self.assertTrue(self.pair(code))

    @mute_logger(_LOG)
    def test_many_addresses_of_one_guesser(self):
        for number in range(50):
            self.refused("AAAA-AAAA", f"192.0.2.{number}")
        with self.assertRaises(TooManyTries):
            self.pair("AAAA-AAAA", "198.51.100.1")

    def test_administrators_only(self):
        for group in ("cashier", "manager", "accountant"):
            user = self.new_user(
                group, "base.group_user", f"optics_pos_ru54fz.group_kkt_{group}"
            )
            till = self.till.with_user(user)
            for call in (
                till.issue_pairing_code,
                till.action_issue_pairing_code,
                till.action_revoke_pairing_code,
            ):
                with self.assertRaises(AccessError):
                    call()

    def test_the_code_is_kept_nowhere(self):
        action = self.till.action_issue_pairing_code()
        code = action["context"]["default_code"]
        self.assertIn(code, action["context"]["default_command"])
        plain = pairing.read(code)
        self.env.flush_all()
        self.env.cr.execute("SELECT * FROM kkt_pairing_code")
        self.assertNotIn(plain, str(self.env.cr.fetchall()))
        shown = self.env["kkt.pairing.show"].with_context(**action["context"])
        self.assertEqual(shown.default_get(["code"])["code"], code)

    def test_kept_for_the_record(self):
        self.till.issue_pairing_code()
        code = self.till.pairing_code_ids
        with self.assertRaises(UserError):
            code.sudo().unlink()
        code._gc_codes()
        self.assertTrue(code.exists())
        with freeze_time(fields.Datetime.now() + timedelta(days=91)):
            code._gc_codes()
        self.assertFalse(code.exists())


@tagged("post_install", "-at_install")
class TestPairingOverHttp(KktCommon, HttpCase):
    """The call of the bridge's ``pair``."""

    def call(self, body):
        return self.url_open(
            "/kkt/v1/pair",
            data=body if isinstance(body, str) else json.dumps(body),
            headers={
                "Content-Type": "application/json",
                "X-Odoo-Database": get_db_name(),
            },
        )

    def ask(self, code):
        return self.call(
            {"jsonrpc": "2.0", "id": 3, "params": {"code": code, "version": "0.1.0"}}
        )

    def test_pairs(self):
        response = self.ask(self.till.issue_pairing_code())
        self.assertEqual(response.status_code, 200)
        self.assertEqual(response.headers["Cache-Control"], "no-store")
        self.assertNotIn("session_id", response.cookies)
        answer = response.json()
        self.assertEqual(answer["id"], 3)
        self.assertEqual(
            set(answer["result"]),
            {"till", "secret", "database", "database_uuid", "keys"},
        )
        self.assertEqual(self.till.pairing_code_ids.bridge_version, "0.1.0")

    @mute_logger(_LOG)
    def test_wrong_ones_are_limited(self):
        for body in ("no json", "[]", "{}", {"params": 3}, "x" * 5000):
            answer = self.call(body).json()
            self.assertEqual(
                answer["error"]["data"]["name"], "odoo.exceptions.AccessDenied"
            )
        response = self.ask(self.till.issue_pairing_code())
        self.assertEqual(response.status_code, 429)
        self.assertEqual(response.headers["Retry-After"], "60")
        self.assertEqual(response.json()["error"]["code"], 429)
