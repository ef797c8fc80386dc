from odoo.exceptions import AccessError
from odoo.tests import tagged

from .common import KktCommon, browser_key

GROUPS = "optics_pos_ru54fz.group_kkt_%s"
OURS = ("kkt.till", "kkt.receipt", "kkt.browser", "kkt.event", "kkt.signing.key")


@tagged("post_install", "-at_install")
class TestAccess(KktCommon):
    """Each role does what is its own, and is refused the rest."""

    def setUp(self):
        super().setUp()
        self.open_new_session()
        self.till.rotate_credential()
        self.order = self.sell_signed()
        self.env["kkt.till"].certify_browser(self.config.id, "p", browser_key())
        self.env["kkt.event"]._record("foreign_inn", self.till, "m", {})
        self.records = {
            "kkt.till": self.till,
            "kkt.receipt": self.order.kkt_receipt_id,
            "kkt.browser": self.till.browser_ids,
            "kkt.event": self.env["kkt.event"].search([], limit=1),
            "kkt.signing.key": self.env["kkt.signing.key"]._current(),
        }

    def role(self, name, *groups):
        return self.new_user(name, "base.group_user", GROUPS % name, *groups)

    def assertRights(self, user, **expected):
        """``kkt_till="rw"``: letters of read, write, create, unlink; absent is none."""
        for model in OURS:
            rights = expected.get(model.replace(".", "_"), "")
            record = self.records[model].with_user(user)
            for letter, operation in zip("rwcu", ("read", "write", "create", "unlink")):
                with self.subTest(f"{user.login}: {operation} {model}"):
                    self.assertEqual(record.has_access(operation), letter in rights)

    def test_rights_by_role(self):
        self.assertRights(self.role("cashier"), kkt_till="r", kkt_receipt="r")
        self.assertRights(
            self.role("manager"),
            kkt_till="r",
            kkt_receipt="r",
            kkt_browser="r",
            kkt_event="r",
        )
        self.assertRights(
            self.role("accountant"), kkt_till="r", kkt_receipt="r", kkt_event="r"
        )
        self.assertRights(
            self.role("admin"),
            kkt_till="rwcu",
            kkt_receipt="r",
            kkt_browser="r",
            kkt_event="r",
        )
        self.assertRights(self.worker, kkt_receipt="rc")
        self.assertRights(self.new_user("clerk", "base.group_user"))
        self.assertRights(
            self.new_user("system", "base.group_user", "base.group_system")
        )

    def test_worker_has_no_other_right(self):
        for model in (
            "res.partner",
            "res.users",
            "pos.order",
            "pos.config",
            "product.template",
            "account.move",
            "ir.config_parameter",
            "res.company",
        ):
            with self.subTest(model):
                self.assertFalse(
                    self.env[model].with_user(self.worker).has_access("read")
                )

    def test_nobody_changes_receipts(self):
        receipt = self.order.kkt_receipt_id
        for user in (
            self.role("admin", "base.group_system", "point_of_sale.group_pos_manager"),
            self.role("accountant"),
            self.worker,
        ):
            with self.subTest(user.login):
                with self.assertRaises(AccessError):
                    receipt.with_user(user).check_access("write")
                with self.assertRaises(AccessError):
                    receipt.with_user(user).unlink()
        admin = self.env["res.users"].search([("login", "=", "admin")], limit=1)
        with self.assertRaises(AccessError):
            receipt.with_user(admin).create({"fn": "1"})

    def test_secrets_are_readable_by_nobody(self):
        admin = self.role("admin", "base.group_system")
        with self.assertRaises(AccessError):
            self.till.with_user(admin).read(["credential_hash"])
        for values in (
            self.till.with_user(admin).read()[0],
            self.till.with_user(admin).export_data(["code"]),
        ):
            self.assertNotIn("credential_hash", values)
        with self.assertRaises(AccessError):
            self.till.with_user(admin).search([("credential_hash", "like", "pbkdf2")])
        with self.assertRaises(AccessError):
            self.till.with_user(admin).write({"credential_hash": "x"})
        with self.assertRaises(AccessError):
            self.records["kkt.signing.key"].with_user(admin).read(["private_pem"])

    def test_administrator_sets_a_till_up(self):
        admin = self.role("admin", "point_of_sale.group_pos_manager")
        till = (
            self.env["kkt.till"]
            .with_user(admin)
            .create(
                {
                    "name": "Till 2",
                    "code": "TEST-2",
                    "pos_config_id": self.other_currency_config.id,
                }
            )
        )
        self.assertTrue(till.rotate_credential().startswith("TEST-2."))
        till.name = "Till two"
        till.unlink()

    def test_accountant_reads_orders_and_changes_none(self):
        accountant = self.role("accountant")
        order = self.order.with_user(accountant)
        self.assertEqual(order.read(["name", "kkt_fn"])[0]["name"], self.order.name)
        for record in (order, order.lines, order.payment_ids):
            for operation in ("write", "create", "unlink"):
                with self.subTest(f"{record._name} {operation}"):
                    self.assertFalse(record.has_access(operation))

    def test_point_of_sale_users_are_till_users(self):
        cashier = self.new_user("c", "base.group_user", "point_of_sale.group_pos_user")
        self.assertTrue(cashier.has_group(GROUPS % "cashier"))
        self.assertFalse(cashier.has_group(GROUPS % "manager"))
        manager = self.new_user(
            "m", "base.group_user", "point_of_sale.group_pos_manager"
        )
        self.assertTrue(manager.has_group(GROUPS % "manager"))
        self.assertFalse(manager.has_group(GROUPS % "admin"))

    def test_companies_are_apart(self):
        company = self.env["res.company"].create({"name": "Other"})
        for name, models in {
            "admin": ("kkt.till", "kkt.receipt", "kkt.browser", "kkt.event"),
            "accountant": ("kkt.till", "kkt.receipt", "kkt.event"),
        }.items():
            user = self.new_user(
                f"other {name}", "base.group_user", GROUPS % name, company=company
            )
            for model in models:
                with self.subTest(f"{name} {model}"):
                    record = self.records[model].with_user(user)
                    self.assertFalse(record.search([("id", "=", record.id)]))
                    with self.assertRaises(AccessError):
                        record.read(["company_id"])
        self.assertEqual(
            self.env["pos.order"].with_user(user).kkt_original([self.order.uuid]), {}
        )

    def test_accountant_sees_the_menus(self):
        accountant = self.role("accountant")
        visible = self.env["ir.ui.menu"].with_user(accountant)._visible_menu_ids()
        for name in ("menu_kkt_receipt", "menu_kkt_till", "menu_kkt_event"):
            self.assertIn(self.env.ref(f"optics_pos_ru54fz.{name}").id, visible)
        browsers = self.env.ref("optics_pos_ru54fz.menu_kkt_browser")
        self.assertNotIn(browsers.id, visible)

    def test_views_open_for_every_role(self):
        for name in ("cashier", "manager", "admin", "accountant"):
            user = self.role(name, "point_of_sale.group_pos_user")
            for model in ("kkt.till", "kkt.receipt"):
                with self.subTest(f"{name} {model}"):
                    views = self.env[model].with_user(user)
                    views.get_views(
                        [(False, "list"), (False, "form"), (False, "search")]
                    )
