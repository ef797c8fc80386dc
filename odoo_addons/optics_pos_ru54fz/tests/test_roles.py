from lxml import etree

from odoo.exceptions import AccessError
from odoo.tests import tagged

from ..tools import jose
from .common import FN, KktCommon, browser_key, held_row

GROUPS = "optics_pos_ru54fz.group_kkt_%s"

#: How people get their roles (readme/CONFIGURE.md).
ROLES = {
    "cashier": ("point_of_sale.group_pos_user",),
    "manager": ("point_of_sale.group_pos_manager",),
    "accountant": (GROUPS % "accountant",),
    "admin": (GROUPS % "admin",),
}

#: The addon's menus that each role sees; nobody sees another one.
MENUS = {
    "cashier": {"receipt", "shift", "till", "buffer_row"},
    "manager": {
        "receipt",
        "shift",
        "till",
        "buffer_row",
        "alert",
        "browser",
        "event",
        "till_event",
        "till_command",
        "refund_reservation",
        "notification",
        "notification_channel",
        "electronic_receipt",
    },
    "accountant": {
        "receipt",
        "shift",
        "till",
        "buffer_row",
        "alert",
        "event",
        "till_event",
        "till_command",
        "refund_reservation",
        "electronic_receipt",
        "audit",
    },
}
MENUS["admin"] = MENUS["manager"] | {"audit"}

_SYNC = {"action_sync_now"}
_ADMIN_TILL = {
    "action_issue_pairing_code",
    "action_rotate_credential",
    "action_block",
    "action_capacity",
    "action_dlq_retry",
    "action_maintenance_on",
    "action_maintenance_off",
    "action_revoke_pairing_code",
}
_BROWSERS = {"action_revoke", "action_allow_again"}
#: Buttons that change something, by role; what only shows is everybody's.
BUTTONS = {
    "kkt.till": {
        "cashier": set(),
        "manager": _SYNC | _BROWSERS,
        "accountant": set(),
        "admin": _SYNC | _BROWSERS | _ADMIN_TILL,
    },
    "kkt.buffer.row": {
        "cashier": set(),
        "manager": set(),
        "accountant": set(),
        "admin": {"action_retry", "action_resolve"},
    },
    "kkt.receipt": {
        "cashier": set(),
        "manager": {"action_rebuild_order", "action_send_electronically"},
        "accountant": set(),
        "admin": {"action_rebuild_order", "action_send_electronically"},
    },
}


@tagged("post_install", "-at_install")
class TestRoles(KktCommon):
    """The table «Roles» of the requirements: role × column."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.people = {
            role: cls.new_user(cls, f"role_{role}", "base.group_user", *groups)
            for role, groups in ROLES.items()
        }
        cls.till.rotate_credential()

    def setUp(self):
        super().setUp()
        self.open_new_session()

    def assertMay(self, allowed, call):
        """``call(user)`` is refused to everybody but the roles named."""
        for role, user in self.people.items():
            with self.subTest(role):
                if role in allowed:
                    call(user)
                    self.env.flush_all()
                    continue
                with self.assertRaises(AccessError), self.env.cr.savepoint():
                    call(user)
                    self.env.flush_all()
            self.env.invalidate_all()

    # ------------------------------------------------------------------
    # Sale, refund
    # ------------------------------------------------------------------

    def test_sale(self):
        def sell(user):
            _uuid, order = self.blob_data()
            self.env["pos.order"].with_user(user).sync_from_ui([order])

        self.assertMay({"cashier", "manager", "admin"}, sell)
        self.assertMay(
            {"cashier", "manager", "admin"},
            lambda user: self.env["kkt.till"]
            .with_user(user)
            .certify_browser(self.config.id, f"profile-{user.id}", browser_key()),
        )

    def test_refund(self):
        order = self.sell_signed()

        def look_for(user):
            orders = self.env["pos.order"].with_user(user)
            query = {"fd": order.kkt_receipt_id.fd}
            (found,) = orders.kkt_find_receipts(self.config.id, query)
            self.assertEqual(found["uuid"], order.uuid)
            self.assertIn(order.uuid, orders.kkt_refundable([order.uuid]))

        self.assertMay({"cashier", "manager", "admin"}, look_for)

    def test_nobody_alters_what_was_signed(self):
        receipt = self.sell_signed().kkt_receipt_id
        self.assertMay(
            set(), lambda user: receipt.with_user(user).check_access("write")
        )
        self.assertMay(
            set(), lambda user: receipt.with_user(user).check_access("unlink")
        )

    def test_rebuilt_orders(self):
        receipt = self.sell_signed().kkt_receipt_id
        for role, user in self.people.items():
            with self.subTest(role):
                error = UserWarning
                try:
                    receipt.with_user(user).action_rebuild_order()
                except Exception as caught:
                    error = type(caught)
                refused = error is AccessError
                self.assertEqual(refused, role not in ("manager", "admin"))

    # ------------------------------------------------------------------
    # X, Z
    # ------------------------------------------------------------------

    def test_x_and_z(self):
        """The bridge decides by the scope of the browser and by the roster."""
        scopes = {}
        for role in ("cashier", "manager", "admin"):
            tills = self.env["kkt.till"].with_user(self.people[role])
            answer = tills.certify_browser(self.config.id, f"x-{role}", browser_key())
            keys = self.env["kkt.signing.key"]._public_jwks()
            claims = jose.verify(answer["certificate"], "kkt-browser+jwt", keys)
            scopes[role] = claims["scope"]
        self.assertEqual(
            scopes, {"cashier": "cashier", "manager": "manager", "admin": "admin"}
        )
        roles = {
            user: self.env["hr.employee"].create({"name": role, "user_id": user.id})
            for role, user in self.people.items()
        }
        roster = {person["id"]: person["role"] for person in self.till._roster_people()}
        self.assertEqual(
            {user.login: roster[f"employee:{one.id}"] for user, one in roles.items()},
            {
                "test_role_cashier": "cashier",
                "test_role_manager": "manager",
                # Has no role at the register: whom pos_hr lets in is the shop's list.
                "test_role_accountant": "cashier",
                "test_role_admin": "admin",
            },
        )
        self.assertFalse(
            self.till._roster_content()[0]["limits"]["cashier_closes_shift"]
        )
        self.config.kkt_cashier_closes_shift = True
        self.assertTrue(
            self.till._roster_content()[0]["limits"]["cashier_closes_shift"]
        )

    def test_shifts_are_seen_by_all(self):
        shift = self.sell_signed().kkt_receipt_id.shift_id
        self.assertMay(ROLES, lambda user: shift.with_user(user).read(["sale_total"]))
        self.assertMay(set(), lambda user: shift.with_user(user).check_access("write"))

    # ------------------------------------------------------------------
    # Prices, discounts
    # ------------------------------------------------------------------

    def test_prices(self):
        template = self.product.product_tmpl_id
        pricelists = self.env["product.pricelist"]
        pricelist = pricelists.create({"name": "Sale"})
        price = iter(range(100, 200))
        setters = {"accountant", "admin"}
        self.assertMay(
            setters,
            lambda user: template.with_user(user).write({"list_price": next(price)}),
        )
        self.assertMay(
            setters,
            lambda user: pricelist.with_user(user).write(
                {"item_ids": [(0, 0, {"fixed_price": next(price)})]}
            ),
        )
        self.assertMay(
            setters, lambda user: pricelists.with_user(user).create({"name": "Own"})
        )
        self.assertMay(
            setters,
            lambda user: pricelists.create({"name": "X"}).with_user(user).unlink(),
        )

    def test_a_manager_of_products_sets_no_prices_of_tills(self):
        """Odoo's own right to edit products does not make a price policy."""
        user = self.people["manager"]
        user.group_ids |= self.env.ref("product.group_product_manager")
        template = self.product.product_tmpl_id.with_user(user)
        template.description_sale = "Round"
        with self.assertRaises(AccessError):
            template.list_price = 1
        self.till.active = False
        self.till.unlink()
        template.list_price = 2

    def test_limits_and_settings(self):
        values = iter(range(1, 50))
        for name, make in {
            "kkt_discount_cashier": lambda: next(values),
            "kkt_cashier_closes_shift": lambda: (
                not self.config.kkt_cashier_closes_shift
            ),
            "basic_employee_ids": lambda: [
                (0, 0, {"name": f"Employee {next(values)}"})
            ],
            # Its goods have the price that the cashier types.
            "kkt_hand_product_id": lambda: (
                self.product - self.config.kkt_hand_product_id
            ).id,
            "kkt_user_ids": lambda: [(4, user.id) for user in self.people.values()]
            if not self.config.kkt_user_ids
            else [(5,)],
        }.items():
            with self.subTest(name):
                self.assertMay(
                    {"admin"},
                    lambda user, name=name, make=make: self.config.with_user(
                        user
                    ).write({name: make()}),
                )
        # What says nothing about money or people stays Odoo's.
        self.config.with_user(self.people["manager"]).name = "Shop"

    def test_without_a_till_settings_are_odoos(self):
        self.till.active = False
        self.config.with_user(self.people["manager"]).kkt_discount_cashier = 7

    def test_the_vat_of_a_shop(self):
        """A fiscal position maps the taxes of everything that is sold."""
        positions = self.env["account.fiscal.position"].create(
            [{"name": f"Position {n}"} for n in range(8)]
        )
        free = iter(positions)
        for make in (
            lambda: {"tax_regime_selection": not self.config.tax_regime_selection},
            lambda: {"default_fiscal_position_id": next(free).id},
            lambda: {
                "tax_regime_selection": True,
                "fiscal_position_ids": [(4, next(free).id)],
            },
        ):
            self.assertMay(
                {"admin"},
                lambda user, make=make: self.config.with_user(user).write(make()),
            )

    def test_presets_of_a_shop(self):
        """A preset maps the taxes, too, and brings a price list."""
        presets = self.env["pos.preset"]
        both = presets.create([{"name": "In"}, {"name": "Out"}])
        inside = both[0]
        positions = self.env["account.fiscal.position"].create(
            [{"name": f"Position {n}"} for n in range(8)]
        )
        shop, free = self.config, iter(positions)
        shop.write({"use_presets": True, "default_preset_id": inside.id})
        for name, call in {
            "use": lambda user: shop.with_user(user).write(
                {"use_presets": not shop.use_presets}
            ),
            "default": lambda user: shop.with_user(user).write(
                {"default_preset_id": (both - shop.default_preset_id).id}
            ),
            "offered": lambda user: shop.with_user(user).write(
                {"available_preset_ids": [(4, presets.create({"name": "New"}).id)]}
            ),
            "position": lambda user: shop.default_preset_id.with_user(user).write(
                {"fiscal_position_id": next(free).id}
            ),
            "return": lambda user: inside.with_user(user).write(
                {"is_return": not inside.is_return}
            ),
        }.items():
            with self.subTest(name):
                self.assertMay({"admin"}, call)
        manager = self.people["manager"]
        shop.default_preset_id.with_user(manager).write({"name": "On site", "color": 3})
        other = presets.with_user(manager).create({"name": "Other"})
        other.fiscal_position_id = next(free)
        other.unlink()

    # ------------------------------------------------------------------
    # Payment methods: how money stands on the fiscal receipt
    # ------------------------------------------------------------------

    def method(self, **values):
        """A payment method by card that no shop takes yet."""
        journal = self.company_data["default_journal_bank"]
        return self.env["pos.payment.method"].create(
            {"name": "Card 2", "journal_id": journal.id, **values}
        )

    def close_shop(self):
        """Odoo itself refuses what an open session takes."""
        self.pos_session.state = "closed"

    def test_payment_methods_of_a_till(self):
        self.close_shop()
        kinds = iter(["cash", "other", "credit", "prepaid", "electronic"])
        card, cash = self.bank_pm1, self.cash_split_pm1
        journals = self.company_data["default_journal_bank"]
        journals |= journals.copy()
        shop = self.config
        methods = self.env["pos.payment.method"]
        for name, call in {
            "kind": lambda user: card.with_user(user).write(
                {"kkt_payment_type": next(kinds)}
            ),
            "journal": lambda user: card.with_user(user).write(
                {"journal_id": (journals - card.journal_id).id}
            ),
            "to credit": lambda user: card.with_user(user).write({"journal_id": False}),
            "archived": lambda user: card.with_user(user).write(
                {"active": not card.active}
            ),
            "taken away": lambda user: cash.with_user(user).write(
                {"config_ids": [(3, shop.id)]}
            ),
            "given": lambda user: (
                self.method().with_user(user).write({"config_ids": [(4, shop.id)]})
            ),
            "made": lambda user: methods.with_user(user).create(
                {"name": "Own", "config_ids": [(4, shop.id)]}
            ),
            "removed": lambda user: (
                self.method(config_ids=[(4, shop.id)]).with_user(user).unlink()
            ),
        }.items():
            with self.subTest(name):
                self.assertMay({"admin"}, call)

    def test_a_method_that_leaves_and_changes_in_one(self):
        self.close_shop()
        method = self.bank_pm1.with_user(self.people["manager"])
        with self.assertRaises(AccessError) as caught:
            method.write({"config_ids": [(5,)], "kkt_payment_type": "cash"})
        self.assertEqual(
            str(caught.exception),
            f"Payment Methods of {self.config.name} is for an administrator of the "
            "tills.",
        )

    def test_of_many_methods_one_is_a_tills(self):
        self.close_shop()
        both = self.method() | self.bank_pm1
        with self.assertRaises(AccessError):
            both.with_user(self.people["manager"]).kkt_payment_type = "cash"

    def test_an_archived_shop_keeps_its_methods(self):
        self.close_shop()
        self.config.active = False
        with self.assertRaises(AccessError):
            self.bank_pm1.with_user(self.people["manager"]).kkt_payment_type = "cash"

    def test_a_shop_that_is_not_the_managers(self):
        self.close_shop()
        self.config.kkt_user_ids = self.people["cashier"]
        with self.assertRaises(AccessError):
            self.bank_pm1.with_user(self.people["manager"]).kkt_payment_type = "cash"

    def test_what_of_methods_stays_a_managers(self):
        """Odoo's own flows: names, order, other shops, tills that are not there."""
        self.close_shop()
        manager = self.people["manager"]
        card = self.bank_pm1.with_user(manager)
        kind = card.kkt_payment_type
        card.write({"name": "By card", "sequence": 7, "split_transactions": True})
        # What changes nothing is no change.
        card.write({"kkt_payment_type": kind, "active": True})
        there = self.other_currency_config
        other = self.method().with_user(manager)
        other.write({"kkt_payment_type": "other", "active": False})
        other.write({"active": True, "kkt_payment_type": "electronic"})
        method = (
            self.env["pos.payment.method"]
            .with_user(manager)
            .create({"name": "Later", "config_ids": [(4, there.id)]})
        )
        method.kkt_payment_type = "other"
        method.config_ids = False
        method.unlink()
        self.till.active = False
        card.kkt_payment_type = "cash"

    def test_methods_of_a_new_shop(self):
        """Odoo makes them with the rights of whoever makes the shop."""
        manager = self.people["manager"]
        shop = self.env["pos.config"].with_user(manager).create({"name": "New"})
        self.assertTrue(shop.payment_method_ids)

    # ------------------------------------------------------------------
    # Users, set-up
    # ------------------------------------------------------------------

    def test_set_up(self):
        only = {"admin"}
        till = self.till
        self.assertMay(only, lambda user: till.with_user(user).write({"name": "Till"}))
        self.assertMay(only, lambda user: till.with_user(user).rotate_credential())
        self.assertMay(only, lambda user: till.with_user(user).issue_pairing_code())
        self.assertMay(only, lambda user: till.with_user(user).action_block())
        till.rotate_credential()
        self.assertMay(
            only,
            lambda user: self.env["kkt.till"]
            .with_user(user)
            .create(
                {
                    "name": "Till 2",
                    "code": "TEST-2",
                    "pos_config_id": self.other_currency_config.id,
                }
            ),
        )
        channels = self.env["kkt.notification.channel"]
        values = {"name": "Duty", "kind": "email", "emails": "duty@example.com"}
        self.assertMay(
            only,
            lambda user: channels.with_user(user).create(
                {**values, "company_id": self.company.id}
            ),
        )

    def test_users_and_pins(self):
        only = {"admin"}
        self.assertMay(
            only,
            lambda user: self.env["res.users"]
            .with_user(user)
            .with_context(no_reset_password=True)
            .create({"name": "New", "login": "test_new"}),
        )
        employee = self.env["hr.employee"].create({"name": "Seller"})
        self.assertMay(
            only, lambda user: employee.with_user(user).write({"pin": "4711"})
        )
        cashier = self.people["cashier"]
        self.assertMay(
            only,
            lambda user: cashier.with_user(user).write(
                {"group_ids": [(4, self.env.ref("base.group_partner_manager").id)]}
            ),
        )

    # ------------------------------------------------------------------
    # Buffer
    # ------------------------------------------------------------------

    def test_buffer(self):
        self.env["kkt.buffer.row"]._take(self.till, [held_row(leg_odoo="dead")])
        (row,) = self.till.buffer_row_ids
        self.assertMay(
            ROLES,
            lambda user: (
                row.with_user(user).read(["state", "leg_ofd", "leg_odoo"]),
                self.till.with_user(user).read(["buffer_level", "mode"]),
            ),
        )
        till = self.till
        self.assertMay(
            {"manager", "admin"}, lambda user: till.with_user(user).action_sync_now()
        )
        logs = {"manager", "accountant", "admin"}
        for model in ("kkt.till.event", "kkt.event", "kkt.till.command", "kkt.alert"):
            with self.subTest(model):
                self.assertMay(
                    logs,
                    lambda user, model=model: self.env[model]
                    .with_user(user)
                    .search([]),
                )
        self.assertMay({"admin"}, lambda user: row.with_user(user).action_retry())
        requests = self.env["kkt.till.command.request"]
        for values in (
            {"kind": "capacity", "capacity": 250},
            {"kind": "dlq_retry"},
            {"kind": "dlq_resolve", "key": row.key, "reason": "By hand"},
            {"kind": "maintenance", "reason": "Cleaning"},
        ):
            with self.subTest(values["kind"]):
                self.assertMay(
                    {"admin"},
                    lambda user, values=values: requests.with_user(user)
                    .create({"till_id": till.id, **values})
                    .action_request(),
                )
        self.assertMay(
            {"admin"}, lambda user: till.with_user(user).action_maintenance_off()
        )

    def test_importers_guard(self):
        till = self.till
        till.write({"last_heartbeat": self.env.cr.now(), "odoo_pending": 0, "dlq": 0})
        others = self.env["kkt.till"].search([("id", "!=", till.id)])
        others.active = False
        self.assertMay(
            {"accountant", "admin"},
            lambda user: self.env["kkt.till"].with_user(user).check_buffers_synced(),
        )

    def test_audit_is_read_by_accountants_and_administrators(self):
        self.product.list_price = 77
        (row,) = self.env["kkt.audit"].search([("new_text", "=", "77")])
        self.assertMay(
            {"accountant", "admin"}, lambda user: row.with_user(user).read(["new_text"])
        )
        for operation in ("write", "create", "unlink"):
            self.assertMay(
                set(),
                lambda user, what=operation: row.with_user(user).check_access(what),
            )

    # ------------------------------------------------------------------
    # What they see
    # ------------------------------------------------------------------

    def test_menus(self):
        ours = {
            data.res_id: data.name.removeprefix("menu_kkt_")
            for data in self.env["ir.model.data"].search(
                [("module", "=", "optics_pos_ru54fz"), ("model", "=", "ir.ui.menu")]
            )
        }
        for role, user in self.people.items():
            with self.subTest(role):
                visible = self.env["ir.ui.menu"].with_user(user)._visible_menu_ids()
                seen = {ours[menu] for menu in visible if menu in ours} - {"root"}
                self.assertEqual(seen, MENUS[role])
        root = self.env.ref("point_of_sale.menu_point_root").id
        for role, user in self.people.items():
            visible = self.env["ir.ui.menu"].with_user(user)._visible_menu_ids()
            self.assertIn(root, visible, role)

    def test_buttons(self):
        for model, by_role in BUTTONS.items():
            kinds = ["list", "form"] + ["kanban"] * (model == "kkt.till")
            all_of = set().union(*by_role.values())
            for role, user in self.people.items():
                with self.subTest(f"{role} {model}"):
                    views = self.env[model].with_user(user)
                    views = views.get_views([(False, kind) for kind in kinds])["views"]
                    seen = {
                        name
                        for kind in kinds
                        for name in etree.fromstring(views[kind]["arch"]).xpath(
                            "//*[@type='object']/@name"
                        )
                    }
                    self.assertEqual(seen & all_of, by_role[role])
                    rest = {
                        name
                        for name in seen - all_of
                        if not name.startswith("action_view_")
                    }
                    self.assertEqual(rest, set())


@tagged("post_install", "-at_install")
class TestShops(KktCommon):
    """Cashiers and managers see the shops that they belong to."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.there = cls.config.copy({"name": "Other shop"})
        cls.till_there = cls.env["kkt.till"].create(
            {"name": "Till 2", "code": "TEST-2", "pos_config_id": cls.there.id}
        )
        cls.till.rotate_credential()
        cls.till_there.rotate_credential()
        cls.people = {
            role: cls.new_user(cls, f"shop_{role}", "base.group_user", *groups)
            for role, groups in ROLES.items()
        }
        cls.somebody = cls.new_user(
            cls, "elsewhere", "base.group_user", "point_of_sale.group_pos_manager"
        )
        # The shop's own people work here; the other shop is somebody else's.
        cls.config.kkt_user_ids = cls.people["cashier"] | cls.people["manager"]
        cls.there.kkt_user_ids = cls.somebody

    def setUp(self):
        super().setUp()
        self.open_new_session()
        for till in (self.till, self.till_there):
            order = self.sell()
            row = self.receipt_row(order.uuid, fn=str(int(FN) + till.id))
            self.deliver(row, till=till)
            receipt = order.kkt_receipt_id
            events = self.env["kkt.till.event"]
            told = {
                "seq": 1,
                "at": "2026-11-22T18:00:00Z",
                "kind": "mode.changed",
                "key": None,
                "data": {},
            }
            events._deliver(till, {"journal": f"{till.id}-aaaa", "events": [told]})
            self.env["kkt.buffer.row"]._take(till, [held_row()])
            self.env["kkt.event"]._record("other", till, "m", {})
            alert = {
                "code": "buffer_80",
                "level": "p2",
                "since": None,
                "text": "80 %",
            }
            self.env["kkt.alert"]._track(till, [alert])
            till.action_sync_now()
            self.env["kkt.till"].certify_browser(
                till.pos_config_id.id, f"p-{till.id}", browser_key()
            )
            self.env["kkt.refund.reservation"]._answer(
                till,
                {
                    "reserve": [
                        {
                            "uuid": f"u-{till.id}",
                            "refund_of": {"fn": receipt.fn, "fd": receipt.fd},
                            "items": [{"name": "Frame", "qty": 1, "sum": 1, "line": 1}],
                        }
                    ]
                },
            )
            electronic = (
                self.env["kkt.electronic.receipt"]
                .sudo()
                .create(
                    {
                        "receipt_id": receipt.id,
                        "kind": "email",
                        "contact": "buyer@example.com",
                        "consent_at": "2026-11-22 18:00:00",
                        "consent_how": "receipt",
                    }
                )
            )
            electronic._note("queued", False)
        channel = self.env["kkt.notification.channel"].create(
            {
                "name": "Duty",
                "kind": "email",
                "emails": "duty@example.com",
                "company_id": self.company.id,
            }
        )
        self.env["kkt.notification"].sudo().create(
            [
                {
                    "channel_id": channel.id,
                    "alert_id": alert.id,
                    "kind": "began",
                    "level": "p2",
                }
                for alert in self.env["kkt.alert"].search([("code", "=", "buffer_80")])
            ]
        )
        self.env.flush_all()
        self.env.invalidate_all()

    def tills_of(self, user, model, path):
        rows = (
            self.env[model]
            .with_user(user)
            .search([("company_id", "=", self.company.id)])
        )
        return (rows.sudo().mapped(path) if path else rows.sudo()) & (
            self.till | self.till_there
        ).sudo()

    PATHS = {
        "kkt.till": "",
        "kkt.receipt": "till_id",
        "kkt.shift": "till_id",
        "kkt.buffer.row": "till_id",
    }
    #: What a cashier does not see at all.
    FOR_MANAGERS = {
        "kkt.till.event": "till_id",
        "kkt.event": "till_id",
        "kkt.till.command": "till_id",
        "kkt.refund.reservation": "till_id",
        "kkt.alert": "till_id",
        "kkt.notification": "alert_id.till_id",
        "kkt.electronic.receipt": "receipt_id.till_id",
        "kkt.electronic.receipt.log": "electronic_id.receipt_id.till_id",
    }

    def assertSees(self, user, expected, paths):
        for model, path in paths.items():
            with self.subTest(f"{user.login} {model}"):
                self.assertEqual(self.tills_of(user, model, path), expected)

    def test_each_sees_her_own_shop(self):
        everything = {**self.PATHS, **self.FOR_MANAGERS}
        both = self.till | self.till_there
        self.assertSees(self.people["cashier"], self.till, self.PATHS)
        self.assertSees(
            self.people["manager"], self.till, {**everything, "kkt.browser": "till_id"}
        )
        self.assertSees(self.somebody, self.till_there, everything)
        self.assertSees(self.people["accountant"], both, everything)
        self.assertSees(
            self.people["admin"], both, {**everything, "kkt.browser": "till_id"}
        )

    def test_without_a_list_a_shop_is_the_companys(self):
        (self.config | self.there).kkt_user_ids = False
        both = self.till | self.till_there
        self.assertSees(self.people["cashier"], both, self.PATHS)
        self.assertSees(
            self.people["manager"], both, {**self.PATHS, **self.FOR_MANAGERS}
        )

    def test_a_list_of_people_who_left_is_a_list(self):
        self.somebody.active = False
        self.assertSees(self.people["cashier"], self.till, self.PATHS)

    def test_accountant_who_sells_sees_all(self):
        self.people["accountant"].group_ids |= self.env.ref(
            "point_of_sale.group_pos_user"
        )
        self.assertSees(
            self.people["accountant"], self.till | self.till_there, self.PATHS
        )

    def test_another_shop_cannot_be_opened(self):
        """A page that loaded the shop without its till would sign nothing."""
        for role in ("cashier", "manager"):
            user = self.people[role]
            with self.subTest(role):
                with self.assertRaises(AccessError):
                    self.there.with_user(user).read(["name"])
                with self.assertRaises(AccessError):
                    self.env["kkt.till"].with_user(user).certify_browser(
                        self.there.id, "p", browser_key()
                    )
                with self.assertRaises(AccessError):
                    self.till_there.with_user(user).action_sync_now()
        self.till_there.with_user(self.people["admin"]).action_sync_now()

    def test_what_one_shop_sold_another_takes_back(self):
        orders = self.env["pos.order"].with_user(self.people["cashier"])
        receipt = self.till_there.receipt_ids
        found = orders.kkt_find_receipts(self.config.id, {"fd": receipt.fd})
        self.assertEqual([row["uuid"] for row in found], [receipt.uuid])
        self.assertIn(receipt.uuid, orders.kkt_original([receipt.uuid]))
        self.assertIn(receipt.uuid, orders.kkt_refundable([receipt.uuid]))

    def test_the_order_of_such_a_refund_is_taken(self):
        """Stock tells the shop of the sale, which this cashier may not see."""
        here = self.config, self.pos_session
        self.config = self.there
        self.open_new_session()
        sold = self.sell(payments=[(self.there.payment_method_ids[:1], 4500.1)])
        self.config, self.pos_session = here
        self.assertEqual(sold.config_id, self.there)
        data = self.create_ui_order_data(
            [(self.product, -1)], pos_order_ui_args={"state": "paid"}
        )
        (back,) = [vals for _code, _id, vals in data["lines"]]
        back["refunded_orderline_id"] = sold.lines.id
        data["is_refund"] = True
        self.env.flush_all()
        self.env.invalidate_all()
        orders = self.env["pos.order"].with_user(self.people["cashier"])
        answer = orders.sync_from_ui([data])
        self.assertEqual([one["uuid"] for one in answer["pos.order"]], [data["uuid"]])
        self.assertEqual(sold.lines.refunded_qty, 1)

    def test_managers_and_tasks_are_the_shops(self):
        employees = self.env["hr.employee"]
        own = employees.create({"name": "Own", "user_id": self.people["manager"].id})
        other = employees.create({"name": "Other", "user_id": self.somebody.id})
        chief = employees.create({"name": "Chief", "user_id": self.people["admin"].id})
        self.config.advanced_employee_ids = own | other
        roles = {one["id"]: one["role"] for one in self.till._roster_people()}
        self.assertEqual(roles[f"employee:{own.id}"], "manager")
        self.assertNotIn(f"employee:{other.id}", roles)
        self.assertEqual(roles[f"employee:{chief.id}"], "admin")
        self.assertEqual(self.till._responsible(), self.people["manager"])
        self.assertEqual(self.till_there._responsible(), self.somebody)

    def test_the_page_gets_no_list_of_users(self):
        data = self.pos_session.with_user(self.people["cashier"]).load_data([])
        (config,) = data["pos.config"]
        self.assertNotIn("kkt_user_ids", config)
        (till,) = data["kkt.till"]
        self.assertEqual(till["code"], "TEST-1")
