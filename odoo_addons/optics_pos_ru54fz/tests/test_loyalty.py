from unittest import SkipTest

from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import Form, tagged

from .common import KktCommon
from .test_roles import ROLES

_MODELS = ("loyalty.program", "loyalty.rule", "loyalty.reward")


@tagged("post_install", "-at_install")
class TestLoyalty(KktCommon):
    """Odoo's loyalty, where it is installed: its programs are price policy."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        if "loyalty.program" not in cls.env:
            raise SkipTest("pos_loyalty is not installed")
        cls.people = {
            role: cls.new_user(cls, f"loyal_{role}", "base.group_user", *groups)
            for role, groups in ROLES.items()
        }
        # Odoo itself gives an accountant no programs; this one has its right, too.
        cls.people["accountant"].group_ids |= cls.env.ref(
            "point_of_sale.group_pos_manager"
        )
        # A reward has a product of its own.
        cls.people["manager"].group_ids |= cls.env.ref("product.group_product_manager")
        cls.program = cls.programs().create(cls.values())
        cls.reward, cls.rule = cls.program.reward_ids, cls.program.rule_ids

    def setUp(self):
        super().setUp()
        self.known = self.env["kkt.audit"].search([])

    @classmethod
    def programs(cls, user=None):
        programs = cls.env["loyalty.program"]
        return programs.with_user(user) if user else programs

    @classmethod
    def values(cls, **changes):
        """A programme that gives 20 % to everybody."""
        return {
            "name": "Week",
            "program_type": "promotion",
            "applies_on": "current",
            "trigger": "auto",
            "pos_config_ids": [Command.link(cls.config.id)],
            "rule_ids": [Command.create({"minimum_amount": 100})],
            "reward_ids": [Command.create({"discount": 20})],
            **changes,
        }

    @classmethod
    def gift_cards(cls):
        action = cls.programs().create_from_template("gift_card")
        return cls.programs().browse(action["res_id"])

    def changes(self):
        """``[(what, model, field, before, after)]`` since the test began."""
        rows = self.env["kkt.audit"].search(
            [("id", "not in", self.known.ids), ("subject", "=", "loyalty")], order="id"
        )
        return [
            (row.what, row.model, row.field_name, row.old_text, row.new_text)
            for row in rows
        ]

    def assertOnlyPolicy(self, call):
        """An accountant and an administrator may; a cashier and a manager not."""
        for role, user in self.people.items():
            with self.subTest(role):
                if role in ("accountant", "admin"):
                    call(user)
                    self.env.flush_all()
                else:
                    with self.assertRaises(AccessError), self.env.cr.savepoint():
                        call(user)
                        self.env.flush_all()
            self.env.invalidate_all()

    def assertRefused(self, call):
        with self.assertRaises(AccessError) as caught, self.env.cr.savepoint():
            call()
            self.env.flush_all()
        self.assertEqual(
            str(caught.exception),
            "Prices and loyalty programs are set by an accountant or an administrator "
            "of the tills.",
        )
        self.env.invalidate_all()

    # ------------------------------------------------------------------
    # Whose the programs are
    # ------------------------------------------------------------------

    def test_programs(self):
        self.assertOnlyPolicy(
            lambda user: self.programs(user).create(
                self.values(reward_ids=[Command.create({"discount": 90})])
            )
        )
        amounts = iter(range(30, 99))
        for name, call in {
            "reward": lambda user: self.reward.with_user(user).write(
                {"discount": next(amounts)}
            ),
            "rule": lambda user: self.rule.with_user(user).write(
                {"minimum_amount": next(amounts)}
            ),
            "reward by the program": lambda user: self.program.with_user(user).write(
                {
                    "reward_ids": [
                        Command.update(self.reward.id, {"discount": next(amounts)})
                    ]
                }
            ),
            "second reward": lambda user: self.env["loyalty.reward"]
            .with_user(user)
            .create({"program_id": self.program.id, "discount": next(amounts)}),
            "second rule": lambda user: self.env["loyalty.rule"]
            .with_user(user)
            .create({"program_id": self.program.id}),
            "active": lambda user: self.program.with_user(user).write(
                {"active": not self.program.active}
            ),
            "shops": lambda user: self.program.with_user(user).write(
                {
                    "pos_config_ids": [Command.clear()]
                    if self.program.pos_config_ids
                    else [Command.link(self.config.id)]
                }
            ),
            "rule removed": lambda user: self.env["loyalty.rule"]
            .create({"program_id": self.program.id})
            .with_user(user)
            .unlink(),
            "reward removed": lambda user: self.env["loyalty.reward"]
            .create({"program_id": self.program.id})
            .with_user(user)
            .unlink(),
            "removed": lambda user: self.programs()
            .create(self.values(active=False))
            .with_user(user)
            .unlink(),
        }.items():
            with self.subTest(name):
                self.assertOnlyPolicy(call)

    def test_a_manager_is_told_who(self):
        manager = self.people["manager"]
        program = self.program.with_user(manager)
        self.assertRefused(lambda: self.programs(manager).create(self.values()))
        self.assertRefused(lambda: program.write({"date_to": "2030-01-01"}))
        self.assertRefused(lambda: program.write({"program_type": "coupons"}))
        self.assertRefused(lambda: self.reward.with_user(manager).unlink())
        self.assertRefused(program.copy)
        self.assertRefused(
            lambda: self.programs(manager).create_from_template("coupons")
        )
        cards = self.gift_cards()
        self.assertRefused(
            lambda: cards.with_user(manager).write(
                {"trigger_product_ids": [Command.link(self.product.id)]}
            )
        )

    def test_a_manager_of_sales_who_sells_is_one(self):
        user = self.people["cashier"]
        user.group_ids |= self.env.ref("sales_team.group_sale_manager")
        self.assertRefused(lambda: self.reward.with_user(user).write({"discount": 90}))

    def test_a_manager_fills_in_a_form_and_is_refused_when_it_is_kept(self):
        form = Form(self.programs(self.people["manager"]))
        form.name = "Own"
        form.program_type = "promo_code"
        self.assertEqual(self.changes(), [])
        self.assertRefused(form.save)

    def test_what_says_nothing_of_prices_stays_a_managers(self):
        manager = self.people["manager"]
        program = self.program.with_user(manager)
        program.write({"name": "Week of frames", "sequence": 3, "portal_visible": True})
        program.write({"active": True, "trigger": "auto"})
        self.reward.with_user(manager).description = "Thank you"
        template = self.env.ref("loyalty.mail_template_loyalty_card")
        program.communication_plan_ids = [
            Command.create({"trigger": "create", "mail_template_id": template.id})
        ]
        self.assertEqual(self.changes(), [])

    def test_without_a_till_they_are_odoos(self):
        self.till.active = False
        self.till.unlink()
        manager = self.people["manager"]
        program = self.programs(manager).create(self.values(active=False))
        program.reward_ids.discount = 90
        program.unlink()

    # ------------------------------------------------------------------
    # Audit
    # ------------------------------------------------------------------

    def test_what_is_on_record(self):
        admin = self.people["admin"]
        program = self.programs(admin).create(self.values())
        made = self.changes()
        self.assertEqual({row[0] for row in made if row[3] is False}, {"made"})
        self.assertIn(("made", "loyalty.reward", "discount", False, "20"), made)
        self.assertIn(("made", "loyalty.rule", "minimum_amount", False, "100"), made)
        self.assertIn(
            ("loyalty.program", "pos_config_ids", self.config.display_name),
            [(row[1], row[2], row[4]) for row in made],
        )
        program.reward_ids.discount = 45
        program.write({"name": "Other", "limit_usage": True, "max_usage": 7})
        self.assertEqual(
            [row for row in self.changes() if row[0] == "changed"][-3:],
            [
                ("changed", "loyalty.reward", "discount", "20", "45"),
                ("changed", "loyalty.program", "limit_usage", "Нет", "Да"),
                ("changed", "loyalty.program", "max_usage", "0", "7"),
            ],
        )
        row = self.env["kkt.audit"].search([], limit=1)
        self.assertEqual((row.user_id, row.record_name), (admin, "Other"))
        self.assertEqual(row.field_label, program._fields["max_usage"].string)

    def test_what_goes_with_a_program(self):
        self.program.active = False
        self.program.unlink()
        removed = [row for row in self.changes() if row[0] == "removed"]
        self.assertEqual({row[1] for row in removed}, set(_MODELS))
        self.assertIn(("removed", "loyalty.reward", "discount", "20", False), removed)

    def test_another_type_of_program(self):
        self.program.with_user(self.people["admin"]).program_type = "loyalty"
        self.env.flush_all()
        changes = self.changes()
        self.assertIn(("removed", "loyalty.reward", "discount", "20", False), changes)
        self.assertIn(("made", "loyalty.reward", "discount", False, "5"), changes)

    def test_every_template_of_odoo(self):
        programs = self.programs(self.people["admin"])
        for menu in ("discount_loyalty", "gift_ewallet"):
            programs = programs.with_context(menu_type=menu)
            for name in programs.get_program_templates():
                with self.subTest(name):
                    action = programs.create_from_template(name)
                    program = programs.browse(action["res_id"])
                    told = {(row[1], row[2]): row[4] for row in self.changes()}
                    self.assertIn(("loyalty.program", "program_type"), told)
                    self.assertTrue(program.reward_ids)

    # ------------------------------------------------------------------
    # What people do with programs every day
    # ------------------------------------------------------------------

    def test_a_manager_issues_coupons(self):
        program = self.programs().create(
            self.values(program_type="coupons", trigger="with_code", rule_ids=[])
        )
        wizard = self.env["loyalty.generate.wizard"].with_user(self.people["manager"])
        known = len(self.changes())
        cards = wizard.create(
            {"program_id": program.id, "coupon_qty": 3, "points_granted": 1}
        ).generate_coupons()
        self.assertEqual(len(cards), 3)
        self.assertEqual(len(self.changes()), known)

    def test_a_cashiers_sale_moves_points(self):
        """What pos_loyalty does after a sale, with a cashier's own rights."""
        self.open_new_session()
        customer = self.env["res.partner"].create({"name": "Customer"})
        program = self.programs().create(
            self.values(program_type="loyalty", applies_on="both")
        )
        gift = self.gift_cards()
        card, paid = self.env["loyalty.card"].create(
            [
                {"program_id": program.id, "partner_id": customer.id, "points": 5},
                {"program_id": gift.id, "points": 900},
            ]
        )
        uuid, data = self.blob_data()
        cashier = self.people["cashier"]
        self.env["pos.order"].with_user(cashier).sync_from_ui([data])
        order = self.env["pos.order"].search([("uuid", "=", uuid)])
        known = len(self.changes())
        order = order.with_user(cashier)
        self.assertTrue(
            order.validate_coupon_programs({str(card.id): -2}, [])["successful"]
        )
        answer = order.confirm_coupon_programs(
            {
                str(card.id): {
                    "points": 7,
                    "won": 7,
                    "spent": 0,
                    "program_id": program.id,
                    "coupon_id": card.id,
                    "line_codes": [],
                },
                str(paid.id): {
                    "points": -400,
                    "won": 0,
                    "spent": 400,
                    "program_id": gift.id,
                    "coupon_id": paid.id,
                    "line_codes": [],
                },
                "-1": {
                    "points": 1,
                    "won": 1,
                    "spent": 0,
                    "program_id": self.program.id,
                    "coupon_id": -1,
                    "line_codes": [],
                },
            }
        )
        self.env.flush_all()
        self.assertEqual((card.points, paid.points), (12, 500))
        self.assertEqual(len(answer["program_updates"]), 2)
        self.assertEqual(len(self.changes()), known)

    def test_the_page_of_a_cashier_loads_them(self):
        self.open_new_session()
        session = self.pos_session.with_user(self.people["cashier"])
        data = session.load_data(list(_MODELS))
        for model, record in zip(
            _MODELS, (self.program, self.rule, self.reward), strict=True
        ):
            self.assertIn(record.id, [row["id"] for row in data[model]])

    def test_a_claimed_reward_is_archived(self):
        """As pos_loyalty does it: an order names it."""
        self.open_new_session()
        uuid, data = self.blob_data()
        self.env["pos.order"].sync_from_ui([data])
        line = self.env["pos.order"].search([("uuid", "=", uuid)]).lines[:1]
        self.env.cr.execute(
            "UPDATE pos_order_line SET reward_id = %s WHERE id = %s",
            (self.reward.id, line.id),
        )
        self.assertRefused(self.reward.with_user(self.people["manager"]).unlink)
        self.reward.with_user(self.people["admin"]).unlink()
        self.assertFalse(self.reward.active)
        self.assertIn(
            ("changed", "loyalty.reward", "active", "Да", "Нет"), self.changes()
        )
