from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .common import KktCommon, browser_key, held_row

GROUPS = "optics_pos_ru54fz.group_kkt_%s"
OURS = (
    "kkt.till",
    "kkt.receipt",
    "kkt.shift",
    "kkt.browser",
    "kkt.event",
    "kkt.till.event",
    "kkt.till.command",
    "kkt.refund.reservation",
    "kkt.catalogue.removal",
    "kkt.signing.key",
    "kkt.buffer.row",
    "kkt.pin",
    "kkt.approval.key",
    "kkt.pairing.code",
    "kkt.pairing.try",
)
#: What is kept for the audit: nobody writes, creates or deletes it by hand.
KEPT = (
    "kkt.receipt",
    "kkt.shift",
    "kkt.event",
    "kkt.till.event",
    "kkt.till.command",
    "kkt.refund.reservation",
)


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
        self.env["kkt.till.event"]._deliver(
            self.till,
            {
                "journal": "11111111-aaaa",
                "events": [
                    {
                        "seq": 1,
                        "at": "2026-11-22T18:00:00Z",
                        "kind": "mode.changed",
                        "key": None,
                        "data": {},
                    }
                ],
            },
        )
        self.till.action_sync_now()
        receipt = self.order.kkt_receipt_id
        self.env["kkt.refund.reservation"]._answer(
            self.till,
            {
                "reserve": [
                    {
                        "uuid": "u",
                        "refund_of": {"fn": receipt.fn, "fd": receipt.fd},
                        "items": [{"name": "Frame", "qty": 1, "sum": 1, "line": 1}],
                    }
                ]
            },
        )
        removals = self.env["kkt.catalogue.removal"].sudo()
        self.env["kkt.buffer.row"]._take(self.till, [held_row()])
        self.env["kkt.approval.key"]._keep(self.till, browser_key())
        employee = (
            self.env["hr.employee"].sudo().create({"name": "Cashier", "pin": "1234"})
        )
        self.env["kkt.pin"]._of(employee)
        self.till.issue_pairing_code()
        self.env["kkt.pairing.try"]._note("192.0.2.1")
        self.records = {
            "kkt.pairing.code": self.till.pairing_code_ids,
            "kkt.pairing.try": self.env["kkt.pairing.try"].sudo().search([], limit=1),
            "kkt.buffer.row": self.till.buffer_row_ids,
            "kkt.approval.key": self.env["kkt.approval.key"].sudo().search([]),
            "kkt.pin": self.env["kkt.pin"].sudo().search([], limit=1),
            "kkt.shift": receipt.shift_id,
            "kkt.till.event": self.till.event_ids,
            "kkt.till.command": self.till.command_ids,
            "kkt.refund.reservation": receipt.reservation_ids,
            "kkt.catalogue.removal": removals.create({"product": 1}),
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
        seen = {
            "kkt_till": "r",
            "kkt_receipt": "r",
            "kkt_shift": "r",
            "kkt_buffer_row": "r",
        }
        told = {
            "kkt_event": "r",
            "kkt_till_event": "r",
            "kkt_till_command": "r",
            "kkt_refund_reservation": "r",
        }
        self.assertRights(self.role("cashier"), **seen)
        self.assertRights(self.role("manager"), **seen, **told, kkt_browser="r")
        self.assertRights(self.role("accountant"), **seen, **told)
        self.assertRights(
            self.role("admin"),
            **{**seen, "kkt_till": "rwcu"},
            **told,
            kkt_browser="r",
            kkt_pairing_code="r",
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

    def test_nobody_changes_what_is_kept(self):
        """No role, nor all of them together, nor the bridges' own user."""
        everything = self.env["res.users"].search([("login", "=", "admin")], limit=1)
        users = [
            self.role(name) for name in ("cashier", "manager", "accountant", "admin")
        ]
        for user in (*users, self.worker, everything):
            for model in KEPT:
                record = self.records[model].with_user(user)
                with self.subTest(f"{user.login} {model}"):
                    with self.assertRaises(UserError):
                        record.write({"company_id": self.company.id})
                    with self.assertRaises(UserError):
                        record.unlink()
                    if (user, model) != (self.worker, "kkt.receipt"):
                        with self.assertRaises(AccessError):
                            record.create({"company_id": self.company.id})
        for model in KEPT:
            with self.subTest(f"root {model}"), self.assertRaises(UserError):
                self.records[model].sudo().unlink()
            with self.subTest(f"root {model}"), self.assertRaises(UserError):
                self.records[model].sudo().write({"company_id": self.company.id})

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
            "admin": ("kkt.till", "kkt.browser", *KEPT),
            "accountant": ("kkt.till", *KEPT),
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
        for name in (
            "menu_kkt_receipt",
            "menu_kkt_shift",
            "menu_kkt_till",
            "menu_kkt_event",
            "menu_kkt_till_event",
            "menu_kkt_till_command",
            "menu_kkt_refund_reservation",
        ):
            self.assertIn(self.env.ref(f"optics_pos_ru54fz.{name}").id, visible)
        browsers = self.env.ref("optics_pos_ru54fz.menu_kkt_browser")
        self.assertNotIn(browsers.id, visible)

    def test_views_open_for_every_role(self):
        """Every view of what a role may read, with every field in it."""
        for name in ("cashier", "manager", "admin", "accountant"):
            user = self.role(name, "point_of_sale.group_pos_user")
            for model in OURS:
                records = self.records[model].with_user(user)
                if not records.has_access("read"):
                    continue
                kinds = ["list", "form", "search"]
                kinds += ["kanban"] if model == "kkt.till" else []
                with self.subTest(f"{name} {model}"):
                    views = records.get_views([(False, kind) for kind in kinds])
                    names = views["models"][model]["fields"]
                    self.assertTrue(records.read(list(names)))
