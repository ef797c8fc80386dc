from psycopg2 import IntegrityError

from odoo.exceptions import AccessDenied, AccessError, UserError, ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import KktCommon


@tagged("post_install", "-at_install")
class TestTill(KktCommon):
    """One till per Point of Sale; its credential."""

    def authenticate(self, credential):
        with mute_logger("odoo.addons.optics_pos_ru54fz.models.kkt_till_credential"):
            return self.env["kkt.till"]._authenticate(f"Bearer {credential}")

    def assertDenied(self, credential):
        with self.assertRaises(AccessDenied):
            self.authenticate(credential)

    def test_credential_is_accepted_until_replaced(self):
        first = self.till.rotate_credential()
        self.assertTrue(first.startswith("TEST-1."))
        self.assertEqual(self.authenticate(first), self.till)
        self.assertEqual(self.till.state, "active")
        second = self.till.rotate_credential()
        self.assertDenied(first)
        self.assertEqual(self.authenticate(second), self.till)

    def test_blocked_and_archived_tills_are_denied(self):
        credential = self.till.rotate_credential()
        self.till.active = False
        self.assertDenied(credential)
        self.till.active = True
        self.assertEqual(self.authenticate(credential), self.till)
        self.till.action_block()
        self.assertEqual(self.till.state, "blocked")
        self.assertDenied(credential)

    def test_malformed_credentials_are_denied(self):
        credential = self.till.rotate_credential()
        code, secret = credential.split(".")
        for bad in (
            "",
            "TEST-1",
            f"{code}.",
            f".{secret}",
            f"{code}.{secret}x",
            f"{code}.{'A' * 43}",
            f"TEST-2.{secret}",
            f"{code}.{secret}.{secret}",
            f"{code}.{'A' * 100000}",
        ):
            with self.subTest(bad[:60]):
                self.assertDenied(bad)
        with self.assertRaises(AccessDenied), mute_logger(
            "odoo.addons.optics_pos_ru54fz.models.kkt_till_credential"
        ):
            self.env["kkt.till"]._authenticate(None)

    def test_new_till_without_credential_is_denied(self):
        self.assertDenied(f"TEST-1.{'A' * 43}")

    def test_secret_is_stored_as_salted_hash(self):
        secret = self.till.rotate_credential().split(".")[1]
        stored = self.till.sudo().credential_hash
        self.assertNotIn(secret, stored)
        self.till.rotate_credential()
        self.assertNotEqual(stored.split("$")[3], self.till.sudo().credential_hash)

    def test_only_administrators_manage_credentials(self):
        manager = self.new_user(
            "m", "base.group_user", "optics_pos_ru54fz.group_kkt_manager"
        )
        with self.assertRaises(AccessError):
            self.till.with_user(manager).rotate_credential()
        with self.assertRaises(AccessError):
            self.till.with_user(manager).action_block()
        admin = self.new_user(
            "a",
            "base.group_user",
            "point_of_sale.group_pos_manager",
            "optics_pos_ru54fz.group_kkt_admin",
        )
        self.assertTrue(self.till.with_user(admin).rotate_credential())

    def test_code_and_address_are_checked(self):
        for code in ("T.1", "Т1 кириллица", "", "x" * 33, "a b"):
            with self.subTest(code), self.assertRaises(ValidationError):
                self.till.code = code
        with self.assertRaises(ValidationError):
            self.till.bridge_url = "127.0.0.1:8000"

    def test_code_of_a_till_in_use_stays(self):
        self.till.rotate_credential()
        with self.assertRaises(UserError):
            self.till.code = "OTHER"
        self.till.action_block()
        self.till.code = "OTHER"

    def test_one_till_per_point_of_sale(self):
        with self.assertRaises(IntegrityError), mute_logger("odoo.sql_db"):
            with self.env.cr.savepoint():
                self.till.create(
                    {
                        "name": "Twin",
                        "code": "TEST-2",
                        "pos_config_id": self.config.id,
                    }
                )

    def test_archived_till_leaves_its_place(self):
        self.till.active = False
        successor = self.till.create(
            {"name": "New", "code": "TEST-2", "pos_config_id": self.config.id}
        )
        self.assertEqual(self.config.kkt_till_id, successor)
        everything = self.config.with_context(active_test=False)
        self.assertEqual(everything.kkt_till_id, successor)

    def test_point_of_sale_knows_its_till(self):
        other = self.other_currency_config
        self.assertEqual(self.config.kkt_till_id, self.till)
        self.assertFalse(other.kkt_till_id)
        configs = self.env["pos.config"]
        self.assertIn(self.config, configs.search([("kkt_till_id", "=", self.till.id)]))
        self.assertIn(other, configs.search([("kkt_till_id", "=", False)]))
        self.assertNotIn(self.config, configs.search([("kkt_till_id", "=", False)]))
        other.kkt_till_id = self.till
        self.assertEqual(self.till.pos_config_id, other)
        self.assertFalse(self.config.kkt_till_id)
        self.till.active = False
        self.assertFalse(other.kkt_till_id)

    def test_worker_cannot_log_in(self):
        self.assertFalse(self.worker.active)
        self.env.cr.execute(
            "SELECT password FROM res_users WHERE id = %s", [self.worker.id]
        )
        self.assertFalse(self.env.cr.fetchone()[0])
        # Odoo itself adds the last one to users of several companies.
        allowed = self.env.ref("optics_pos_ru54fz.group_kkt_worker")
        allowed |= self.env.ref("base.group_multi_company")
        self.assertFalse(self.worker.all_group_ids - allowed)
        self.assertIn(self.company, self.worker.company_ids)
