from datetime import timedelta

import psycopg2

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import KktCommon

GROUPS = "optics_pos_ru54fz.group_kkt_%s"


@tagged("post_install", "-at_install")
class TestAudit(KktCommon):
    """Who changed a price, a setting, a till or a role; from what to what."""

    def setUp(self):
        super().setUp()
        self.accountant = self.new_user(
            "audit_accountant", "base.group_user", GROUPS % "accountant"
        )
        self.known = self.env["kkt.audit"].search([])

    def changes(self, subject):
        """``[(what, record, field, before, after)]`` since the test began."""
        rows = self.env["kkt.audit"].search(
            [("id", "not in", self.known.ids), ("subject", "=", subject)], order="id"
        )
        return [
            (row.what, row.record_name, row.field_name, row.old_text, row.new_text)
            for row in rows
        ]

    # ------------------------------------------------------------------
    # What is taken down
    # ------------------------------------------------------------------

    def test_taxes_of_another_company_stand_in_nobodys_way(self):
        other = self.env["res.company"].create({"name": "Other Shops"})
        group = self.env["account.tax.group"].create(
            {"name": "Other", "company_id": other.id}
        )
        foreign = self.env["account.tax"].create(
            {
                "name": "Tax of others",
                "amount": 5,
                "company_id": other.id,
                "tax_group_id": group.id,
                "country_id": self.env.company.account_fiscal_country_id.id,
            }
        )
        template = self.product.product_tmpl_id
        template.taxes_id += foreign
        self.env.invalidate_all()
        mine = template.with_user(self.accountant)
        for price in (4900, 5000):
            mine.list_price = price
            self.assertNotIn("Tax of others", mine.taxes_id.mapped("name"))
        self.env.invalidate_all()
        self.assertIn(foreign, template.sudo().taxes_id)

    def test_price_of_a_product(self):
        product = self.product.with_user(self.accountant)
        product.product_tmpl_id.list_price = 4900
        product.lst_price = 4950.55
        product.product_tmpl_id.write({"list_price": 4950.55, "name": "Frame 2"})
        self.assertEqual(
            self.changes("price"),
            [
                ("changed", "Frame", "list_price", "4500.1", "4900"),
                ("changed", "Frame", "list_price", "4900", "4950.55"),
            ],
        )
        row = self.env["kkt.audit"].search([], limit=1)
        self.assertEqual(
            (row.user_id, row.user_name, row.model, row.res_id),
            (
                self.accountant,
                self.accountant.name,
                "product.template",
                product.product_tmpl_id.id,
            ),
        )
        self.assertLess(fields.Datetime.now() - row.at, timedelta(minutes=1))

    def test_tax_and_tags_of_a_product(self):
        template = self.product.product_tmpl_id
        tax = self.taxes["tax7"]
        template.taxes_id = tax
        template.type = "service"
        changed = {row[2]: row[3:] for row in self.changes("price")}
        self.assertEqual(changed["taxes_id"][1], tax.with_context(lang="ru_RU").name)
        self.assertIn("kkt_subject", changed)
        tax.kkt_vat_code = "11"
        ((_what, _name, field, before, after),) = self.changes("tax")
        self.assertEqual((field, before), ("kkt_vat_code", False))
        self.assertTrue(after)

    def test_many_prices_are_few_statements(self):
        products = self.env["product.template"].create(
            [{"name": f"P{i}", "list_price": i} for i in range(200)]
        )
        self.env.flush_all()
        products.mapped("list_price")
        before = self.env.cr.sql_log_count
        products.write({"list_price": 1000})
        self.env.flush_all()
        statements = self.env.cr.sql_log_count - before
        self.assertEqual(len(self.changes("price")), 200)
        self.assertLess(statements, 40)

    def test_price_list(self):
        pricelist = self.env["product.pricelist"].create({"name": "Sale"})
        item = self.env["product.pricelist.item"].create(
            {
                "pricelist_id": pricelist.id,
                "applied_on": "3_global",
                "compute_price": "fixed",
                "fixed_price": 10,
            }
        )
        made = self.changes("pricelist")
        self.assertTrue(all(row[0] == "made" and row[3] is False for row in made))
        self.assertIn(("fixed_price", "10"), [(row[2], row[4]) for row in made])
        item.fixed_price = 12.5
        self.assertEqual(
            [row[2:] for row in self.changes("pricelist")[len(made) :]],
            [("fixed_price", "10", "12.5")],
        )
        known = len(self.changes("pricelist"))
        pricelist.unlink()
        removed = self.changes("pricelist")[known:]
        self.assertTrue(all(row[0] == "removed" and row[4] is False for row in removed))
        self.assertIn(("fixed_price", "12.5"), [(row[2], row[3]) for row in removed])

    def test_settings_of_the_shop(self):
        self.config.write({"kkt_discount_cashier": 5, "receipt_header": "Hello"})
        self.config.kkt_discount_cashier = 5
        settings = self.env["res.config.settings"].create(
            {"pos_config_id": self.config.id}
        )
        settings.pos_kkt_cashier_closes_shift = True
        settings.execute()
        rows = [row for row in self.changes("settings") if row[2].startswith("kkt_")]
        self.assertEqual(
            [row[1:3] for row in rows],
            [
                (self.config.display_name, "kkt_discount_cashier"),
                (self.config.display_name, "kkt_cashier_closes_shift"),
            ],
        )
        self.assertEqual(rows[0][3:], ("10", "5"))

    def test_payment_methods(self):
        shop = self.config
        methods = self.env["pos.payment.method"]
        journal = self.company_data["default_journal_bank"]
        method = methods.create(
            {
                "name": "Card 2",
                "journal_id": journal.id,
                "config_ids": [(4, shop.id)],
            }
        )
        made = self.changes("settings")
        label = dict(
            methods._fields["kkt_payment_type"]._description_selection(
                self.env(context={"lang": "ru_RU"})
            )
        )
        self.assertEqual({row[:2] for row in made}, {("made", "Card 2")})
        told = {row[2]: row[4] for row in made}
        self.assertEqual(told["config_ids"], shop.display_name)
        self.assertEqual(told["kkt_payment_type"], label["electronic"])
        self.assertEqual(
            told["journal_id"], journal.with_context(lang="ru_RU").display_name
        )
        method.write({"name": "Card 3", "sequence": 9})
        method.write({"kkt_payment_type": "other", "config_ids": [(5,)]})
        self.assertEqual(
            {row[2:] for row in self.changes("settings")[len(made) :]},
            {
                ("kkt_payment_type", label["electronic"], label["other"]),
                ("config_ids", shop.display_name, ""),
            },
        )
        known = len(self.changes("settings"))
        method.unlink()
        removed = self.changes("settings")[known:]
        self.assertEqual({row[:2] for row in removed}, {("removed", "Card 3")})
        self.assertIn(("kkt_payment_type", label["other"]), [r[2:4] for r in removed])

    def test_fiscal_positions_of_the_shop(self):
        position = self.env["account.fiscal.position"].create({"name": "None"})
        self.config.write(
            {"tax_regime_selection": True, "default_fiscal_position_id": position.id}
        )
        self.assertEqual(
            {row[2] for row in self.changes("settings")},
            {
                "tax_regime_selection",
                "default_fiscal_position_id",
                "fiscal_position_ids",
            },
        )

    def test_till(self):
        self.till.bridge_url = "http://127.0.0.1:8001"
        secret = self.till.rotate_credential().partition(".")[2]
        self.till.rotate_credential()
        self.till.action_block()
        rows = self.changes("till")
        self.assertIn(
            ("bridge_url", "http://127.0.0.1:8000", "http://127.0.0.1:8001"),
            [row[2:] for row in rows],
        )
        credentials = [row[3:] for row in rows if row[2] == "credential_hash"]
        self.assertEqual(
            credentials, [(False, "••••"), ("••••", "••••"), ("••••", False)]
        )
        self.assertNotIn(secret, str(rows))
        till = self.env["kkt.till"].create(
            {
                "name": "Till 2",
                "code": "TEST-2",
                "pos_config_id": self.other_currency_config.id,
            }
        )
        till.unlink()
        self.assertEqual(
            {row[0] for row in self.changes("till") if row[4:] == ("TEST-2",)},
            {"made"},
        )
        self.assertEqual(
            {row[0] for row in self.changes("till") if row[3] == "TEST-2"}, {"removed"}
        )

    def test_a_heartbeat_is_no_change(self):
        self.till.with_user(self.worker).sudo().write({"mode": "online", "dlq": 3})
        self.assertEqual(self.changes("till"), [])

    def test_roles(self):
        user = self.new_user("clerk", "base.group_user")
        self.assertEqual(self.changes("role"), [])
        user.group_ids |= self.env.ref("point_of_sale.group_pos_manager")
        user.group_ids |= self.env.ref(GROUPS % "accountant")
        user.name = "Clerk"
        user.active = False
        rows = self.changes("role")
        self.assertEqual([row[1:3] for row in rows][:1], [("clerk", "roles")])
        self.assertEqual(len(rows), 3)
        self.assertFalse(rows[0][3])
        self.assertEqual(rows[1][3], rows[0][4])
        self.assertEqual((rows[2][3], rows[2][4]), (rows[1][4], False))

    def test_roles_by_a_group(self):
        """Whoever gets a role because a group implies it has it all the same."""
        user = self.new_user("clerk", "base.group_user")
        group = self.env["res.groups"].create({"name": "Duty"})
        group.user_ids = user
        self.assertEqual(self.changes("role"), [])
        group.implied_ids |= self.env.ref(GROUPS % "admin")
        self.assertEqual([row[1] for row in self.changes("role")], ["clerk"])
        group.user_ids = False
        (_first, last) = self.changes("role")
        self.assertFalse(last[4])

    def test_roles_by_a_group_made_and_removed(self):
        user = self.new_user("clerk", "base.group_user")
        admin = self.env.ref(GROUPS % "admin")
        group = self.env["res.groups"].create(
            {
                "name": "Duty",
                "user_ids": [(6, 0, user.ids)],
                "implied_ids": [(6, 0, admin.ids)],
            }
        )
        (made,) = self.changes("role")
        self.assertEqual(made[:4], ("changed", "clerk", "roles", False))
        self.assertTrue(made[4])
        group.unlink()
        (_made, removed) = self.changes("role")
        self.assertEqual(removed, ("changed", "clerk", "roles", made[4], False))
        self.env["res.groups"].create({"name": "Choir"}).unlink()
        self.assertEqual(len(self.changes("role")), 2)

    def test_pins(self):
        user = self.new_user("clerk", "base.group_user")
        employees = self.env["hr.employee"]
        employees.create({"name": "Fitter"})
        self.assertEqual(self.changes("role"), [])
        employee = employees.create(
            {"name": "Seller", "pin": "1111", "user_id": user.id}
        )
        made = self.changes("role")
        self.assertEqual(
            made,
            [
                ("made", "Seller", "pin", False, "••••"),
                ("made", "Seller", "user_id", False, "clerk"),
            ],
        )
        employee.pin = "2222"
        self.assertEqual(
            self.changes("role")[len(made) :],
            [("changed", "Seller", "pin", "••••", "••••")],
        )
        rows = self.env["kkt.audit"].search([("id", "not in", self.known.ids)])
        for secret in ("1111", "2222"):
            self.assertNotIn(secret, str(rows.read()))

    # ------------------------------------------------------------------
    # Nobody alters it
    # ------------------------------------------------------------------

    def row(self):
        self.product.list_price = 77
        return self.env["kkt.audit"].search([], limit=1)

    def test_by_no_role_and_not_by_root(self):
        row = self.row()
        everything = self.env["res.users"].search([("login", "=", "admin")], limit=1)
        everything.group_ids |= self.env.ref(GROUPS % "accountant")
        users = [
            self.new_user(
                f"a_{role}", "base.group_user", "base.group_system", GROUPS % role
            )
            for role in ("accountant", "admin")
        ]
        for user in (*users, everything, self.env.ref("base.user_root")):
            with self.subTest(user.login):
                mine = row.with_user(user).sudo(user._is_superuser())
                for change in (
                    lambda mine=mine: mine.write({"new_text": "1"}),
                    lambda mine=mine: mine.unlink(),
                    lambda mine=mine: mine.copy(),
                ):
                    with self.assertRaises(UserError):
                        change()
        for user in users:
            with self.assertRaises(AccessError):
                row.with_user(user).create({"subject": "price"})

    def test_by_no_statement_either(self):
        row = self.row()
        self.till.rotate_credential()
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
        self.env.flush_all()
        event = self.till.event_ids
        for table, record, column in (
            ("kkt_audit", row, "new_text"),
            ("kkt_till_event", event, "kind"),
        ):
            for statement in (
                f"UPDATE {table} SET {column} = 'x' WHERE id = {record.id}",
                f"DELETE FROM {table} WHERE id = {record.id}",
            ):
                with (
                    self.subTest(statement),
                    mute_logger("odoo.sql_db"),
                    self.assertRaises(psycopg2.errors.InsufficientPrivilege),
                    self.env.cr.savepoint(),
                ):
                    self.env.cr.execute(statement)
        self.assertTrue(row.exists() and event.exists())

    def test_a_user_on_record_stays(self):
        self.product.with_user(self.accountant).product_tmpl_id.list_price = 5
        self.env.flush_all()
        with (
            mute_logger("odoo.sql_db"),
            self.assertRaises(psycopg2.IntegrityError),
            self.env.cr.savepoint(),
        ):
            self.accountant.unlink()

    # ------------------------------------------------------------------
    # Ninety days
    # ------------------------------------------------------------------

    def test_retention(self):
        rows = self.env["kkt.audit"].sudo()
        now = fields.Datetime.now()
        old, young = (
            rows.create({"subject": "price", "at": now - timedelta(days=days)})
            for days in (91, 89)
        )
        self.env["kkt.till"]._retain()
        self.env.invalidate_all()
        self.assertFalse(old.exists())
        self.assertTrue(young.exists())

    # ------------------------------------------------------------------
    # Read
    # ------------------------------------------------------------------

    def test_companies_are_apart(self):
        self.config.kkt_discount_cashier = 5
        row = self.env["kkt.audit"].search([], limit=1)
        self.assertEqual(row.company_id, self.company)
        company = self.env["res.company"].create({"name": "Other"})
        stranger = self.new_user(
            "stranger", "base.group_user", GROUPS % "accountant", company=company
        )
        self.assertFalse(row.with_user(stranger).search([("id", "=", row.id)]))
        self.assertTrue(row.with_user(self.accountant).search([("id", "=", row.id)]))

    def test_labels_of_fields(self):
        self.config.kkt_discount_cashier = 5
        row = self.env["kkt.audit"].search([], limit=1)
        self.assertEqual(row.field_label, "Discount of a Cashier (%)")
        unknown = row.new({"model": "gone.model", "field_name": "gone"})
        self.assertEqual(unknown.field_label, "gone")
